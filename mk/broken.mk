# SPDX-License-Identifier: ISC
# Workers that don't get as far as their first job (tests/hostile/test_broken.c):
# the real runtime, in the places of real workers, with nothing behind it.

BROKEN_SRC    := tests/hostile/broken
BROKEN_DIR    := $(B)/broken/libexec
BROKEN_SHARED := jpeg webp tiff
BROKEN_WRAP.bmp := gbx_lockdown_prepare gbx_lockdown_canary
# Zygotes that send other descriptors than belong to a message.
SURPLUS       := jxl pnm tga jp2 avif heif
SURPLUS_OBJS  := $(call pie,$(BROKEN_SRC)/surplus/surplus.c)
$(foreach f,$(SURPLUS),$(eval BROKEN_WRAP.$(f) := gbx_ipc_send))
BROKEN        := $(patsubst $(BROKEN_SRC)/%.c,%,$(call srcs,$(BROKEN_SRC)))
# One that is whole, for the broker to start with.
BROKEN_WHOLE  := $(patsubst %,$(BROKEN_DIR)/glovebox-%,init copy qoi)
BROKEN_KIT    := $(BROKEN:%=$(BROKEN_DIR)/glovebox-%) $(BROKEN_WHOLE)

define broken
$(BROKEN_DIR)/glovebox-$(1): $(call pie,$(BROKEN_SRC)/$(1).c $(RUNTIME) \
    $(if $(filter $(1),$(BROKEN_SHARED)),sandboxed_parsers/runtime/shared/abort.c)) \
    $(if $(filter $(1),$(SURPLUS)),$(SURPLUS_OBJS)) $(B)/pie/gen.o $(B)/pie/libbase.a
	$$(exec_dir)
	$$(call say_exec,LD)$$(CC) $(if $(filter $(1),$(BROKEN_SHARED)),$$(SHARED_LDFLAGS),$$(WORKER_LDFLAGS)) \
	    $(BROKEN_WRAP.$(1):%=-Wl,--wrap=%) -o $$@ $$^ -lprotobuf-c -lseccomp -lm
endef
$(foreach f,$(BROKEN),$(eval $(call broken,$(f))))
$(BROKEN_WHOLE): $(BROKEN_DIR)/%: $(B)/libexec/%
	$(exec_dir)
	$(call say_exec,CP)cp -f $< $@
check-programs: broken-kit
broken-kit: $(BROKEN_KIT)

.PHONY: broken-kit
