# SPDX-License-Identifier: ISC
# Warm-up samples and seeds, made anew; the tree holds what comes out.
#   make samples              every format with a tests/samples/FORMAT.c
#   make samples SAMPLES=gif  one
# Formats whose encoder is a program: tests/samples/encoders.py.

SAMPLES      ?= $(filter-out print,$(patsubst tests/samples/%.c,%,\
                $(wildcard tests/samples/*.c)))
SAMPLE_PROGS := $(SAMPLES:%=$(B)/tests/make-samples-%)

define sample_prog
$(B)/tests/make-samples-$(1): $(call pic,tests/samples/$(1).c \
    tests/samples/print.c $(filter-out %.h,$(wildcard tests/unit/$(1)/mk*.c))) \
    $(AR.base)
	@mkdir -p $$(@D)
	$$(link_test) $(call format_libs,$(1)) -lm
endef
$(foreach f,$(SAMPLES),$(eval $(call sample_prog,$(f))))

samples: $(SAMPLE_PROGS)
	@for f in $(SAMPLES); do mkdir -p fuzz/$$f/seeds; \
	    $(B)/tests/make-samples-$$f fuzz/$$f/seeds \
	        >sandboxed_parsers/$$f/samples.h || exit 1; done

.PHONY: samples
