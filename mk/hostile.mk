# SPDX-License-Identifier: ISC
# The hostile kit: worker directories whose workers do and say what their input
# tells them, the table of lies as data, and a program that tells them to a
# broker of anybody's (tests/hostile/README.md).
#   make hostile-kit      build/release/hostile, and as one archive beside it

, := ,

KIT          := $(B)/hostile
HOSTILE_DIR  := $(KIT)/libexec
UNLOCKED_DIR := $(KIT)/unlocked
LIAR_KINDS   := $(wildcard tests/hostile/liar/kind_*.c)
LIARS_BUILT  := $(LIAR_KINDS:tests/hostile/liar/kind_%.c=$(HOSTILE_DIR)/glovebox-%)
LIAR_OBJS    := $(call pie,$(filter-out $(LIAR_KINDS),\
                $(call srcs,tests/hostile/liar)))
UNLOCKED     := $(LIARS_BUILT:$(HOSTILE_DIR)/%=$(UNLOCKED_DIR)/%)
UNLOCK_OBJS  := $(call pie,$(call srcs,tests/hostile/liar/unlocked))
UNLOCK_WRAP  := $(addprefix -Wl$(,)--wrap=,syscall gbx_lockdown_prepare \
                gbx_lockdown_zygote gbx_lockdown_worker gbx_worker_main)
KIT_HELPERS  := glovebox-init glovebox-copy
HOSTILE_KIT  := $(LIARS_BUILT) $(UNLOCKED) \
                $(KIT_HELPERS:%=$(HOSTILE_DIR)/%) \
                $(KIT_HELPERS:%=$(UNLOCKED_DIR)/%) \
                $(KIT)/lies.jsonl $(KIT)/try-broker $(KIT)/README.md

# The real runtime, flag by flag as a real worker; only the parser is ours.
# --wrap: the liar looks at the nonce, which the runtime does not show.
link_liar = $(call say_exec,LD)$(CC) $(WORKER_LDFLAGS) $(1) -o $@ $^ \
    -Wl,--wrap=gbx_reply_open -lprotobuf-c -lseccomp -lm
$(LIARS_BUILT): $(HOSTILE_DIR)/glovebox-%: \
    $(B)/pie/tests/hostile/liar/kind_%.o $(LIAR_OBJS) $(call pie,$(RUNTIME)) \
    $(B)/pie/gen.o $(B)/pie/libbase.a
	$(exec_dir)
	$(call link_liar)
# The same without its lock: what a broker must refuse even then.
$(UNLOCKED): $(UNLOCKED_DIR)/glovebox-%: \
    $(B)/pie/tests/hostile/liar/kind_%.o $(LIAR_OBJS) $(UNLOCK_OBJS) \
    $(call pie,$(RUNTIME)) $(B)/pie/gen.o $(B)/pie/libbase.a
	$(exec_dir)
	$(call link_liar,$(UNLOCK_WRAP))
# Copies: the broker follows no link out of a worker directory.
copy = @umask go-w && mkdir -p $(@D) && chmod go-w $(@D) && cp -f $< $@
$(KIT_HELPERS:%=$(HOSTILE_DIR)/%): $(HOSTILE_DIR)/%: $(B)/libexec/%
	$(copy)
$(KIT_HELPERS:%=$(UNLOCKED_DIR)/%): $(UNLOCKED_DIR)/%: $(B)/libexec/%
	$(copy)
$(KIT)/lies.jsonl: $(B)/tests/hostile/lies
	@mkdir -p $(@D)
	$(call say,GEN)$< >$@
$(KIT)/try-broker: tests/hostile/kit/try_broker.py
	$(copy)
$(KIT)/README.md: tests/hostile/README.md
	$(copy)
$(B)/hostile-kit.tar.gz: $(HOSTILE_KIT)
	$(call say,TAR)tar -C $(B) --owner=0 --group=0 -czf $@ hostile

hostile-kit: $(B)/hostile-kit.tar.gz
	@echo "$(abspath $(KIT)): worker directories libexec/ and unlocked/;" \
	    "the same in $(abspath $<)"
	@echo "try a broker of your own with it:"
	@echo "  $(KIT)/try-broker --broker 'COMMAND {op} {limits} {dir} {file}'"
	@echo "its words, its lies and what is behind them: $(KIT)/README.md"
check-programs: $(B)/hostile-kit.tar.gz

.PHONY: hostile-kit
