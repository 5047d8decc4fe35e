# SPDX-License-Identifier: ISC
# What is installed. mk/probe.sh asks the compiler once and writes
# $(B)/config.mk; it asks anew when the compiler, CPPFLAGS, the questions, or what
# is installed have changed. A question that gets no answer is an error.

# These goals compile nothing, or install packages and then run make anew: they
# work on a machine that has only make.
NO_COMPILER := help clean uninstall tcb format format-check man deps deps-% \
               demo demo-samples check check-6.1 fuzz fuzz-smoke coverage \
               mutants formats-table bench-thumbnails oracles bare bare-%
COMPILES    := $(filter-out $(NO_COMPILER),$(or $(MAKECMDGOALS),all))

ifneq ($(COMPILES),)
quoted = '$(subst ','\'',$(1))'
ASK    = $(foreach c,$(CORE),core:$(firstword $(subst =, ,$(c)))) $(MAY_LACK)
# A function, so that quotes in CC and CPPFLAGS are the shell's.
PROBED := $(shell compile() { $(CC) $(CPPFLAGS) "$$@"; }; \
          CC=$(call quoted,$(CC)) KEY=$(call quoted,$(strip $(CC) $(CPPFLAGS))) \
          FILE=$(call quoted,$(B)/config.mk) ASK=$(call quoted,$(strip $(ASK))); \
          . mk/probe.sh)
$(if $(filter-out ok,$(firstword $(PROBED) none)),$(error $(or $(PROBED),\
    mk/probe.sh gave no answer)))
include $(B)/config.mk
CORE_MISSING := $(strip $(foreach m,$(filter core:%,$(MISSING)),\
    $(patsubst $(m:core:%=%)=%,$(m:core:%=%) (package %),\
    $(filter $(m:core:%=%)=%,$(CORE)))))
$(if $(CORE_MISSING),$(error missing for the build: $(CORE_MISSING); \
    `make deps-build' installs them))
endif

ABSENT   := $(sort $(foreach m,$(MISSING),$(firstword $(subst :, ,$(m)))))
FORMATS  := $(filter-out $(ABSENT),$(ALL_FORMATS))
NO_EXIF  := $(filter exif:%,$(MISSING))

# Told once, not by each make that make starts; V=1 names the headers.
LEFT_OUT := $(strip $(filter-out $(FORMATS),$(ALL_FORMATS)) \
            $(if $(NO_EXIF),(list of EXIF tags)))
ifeq ($(GBX_LEFT_OUT_TOLD),)
export GBX_LEFT_OUT_TOLD := $(if $(COMPILES),yes)
$(if $(LEFT_OUT),$(info left out, not installed: $(LEFT_OUT); `make \
    deps-build' installs what they need))
$(if $(V),$(foreach m,$(MISSING),$(info \
    $(subst :, is left out: there is no ,$(m)))))
endif
