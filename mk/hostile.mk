# SPDX-License-Identifier: ISC
# The hostile kit: a worker directory whose workers do and say what their input
# tells them (tests/hostile/README.md). Point any broker at it:
#   make hostile-kit      build/release/hostile/libexec

HOSTILE_DIR  := $(B)/hostile/libexec
LIAR_KINDS   := $(wildcard tests/hostile/liar/kind_*.c)
LIARS_BUILT  := $(LIAR_KINDS:tests/hostile/liar/kind_%.c=$(HOSTILE_DIR)/glovebox-%)
HOSTILE_KIT  := $(LIARS_BUILT) $(HOSTILE_DIR)/glovebox-init \
                $(HOSTILE_DIR)/glovebox-copy
LIAR_OBJS    := $(call pie,$(filter-out $(LIAR_KINDS),\
                $(call srcs,tests/hostile/liar)))

# The real runtime, flag by flag as a real worker; only the parser is ours.
# --wrap: the liar looks at the nonce, which the runtime does not show.
$(LIARS_BUILT): $(HOSTILE_DIR)/glovebox-%: \
    $(B)/pie/tests/hostile/liar/kind_%.o $(LIAR_OBJS) $(call pie,$(RUNTIME)) \
    $(B)/pie/gen.o $(B)/pie/libbase.a
	@mkdir -p $(@D)
	$(call say,LD)$(CC) $(WORKER_LDFLAGS) -Wl,--wrap=gbx_reply_open -o $@ \
	    $^ -lprotobuf-c -lseccomp -lm
# Copies: the broker follows no link out of a worker directory.
$(HOSTILE_DIR)/glovebox-init $(HOSTILE_DIR)/glovebox-copy: $(HOSTILE_DIR)/%: \
    $(B)/libexec/%
	@mkdir -p $(@D)
	$(call say,CP)cp -f $< $@

hostile-kit: $(HOSTILE_KIT)
check-programs: $(HOSTILE_KIT)

.PHONY: hostile-kit
