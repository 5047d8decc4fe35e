# SPDX-License-Identifier: ISC
# Fuzzing. A target is a folder of fuzz/ with a target.c; see fuzz/README.md.
#   make fuzz TARGET=gate T=60   AFL++ for T seconds, then figures; fails on
#                                any crash or hang
#   make fuzz-smoke              every target for a few seconds, and replay
#   make fuzz-replay             seeds and old findings as plain tests
#   make fuzz-seeds              write the seeds anew
# The code under test is the very source of the product, with ASan and UBSan.

TARGET       ?= gate
T            ?= 60
SMOKE        ?= 10
FUZZ_TARGETS := $(patsubst fuzz/%/target.c,%,$(wildcard fuzz/*/target.c))
FUZZ_CC      ?= afl-clang-fast
FUZZ_CFLAGS   = $(BASE_CFLAGS) $(WARN) -O1 -g -fno-omit-frame-pointer \
                -fsanitize=address,undefined -fno-sanitize-recover=all
# Parsers run on the real sink; malloc is the sanitizer's, not the arena, and
# nothing is set up or locked.
FUZZ_COMMON  := $(filter-out %/arena.c %/main.c %/zygote.c %/worker.c \
                %/layers.c %/lockdown.c,$(RUNTIME)) \
                $(call srcs,broker/validate ipc tests/support) fuzz/image.c fuzz/archive.c \
                $(addprefix tests/unit/gate/,oracle.c oracle_data.c case.c judge.c)
FUZZ_LIBS     = $(call format_libs,$(1)) -lprotobuf-c -lm
fuzz_srcs     = fuzz/main.c $(call srcs,fuzz/$(1)) $(call room_srcs,$(1))

# $(1): a flavour, $(2): its compiler
define fuzz_flavour
$(B)/fuzz/$(1)/%.o: %.c Makefile mk/fuzz.mk | $(GEN)
	@mkdir -p $$(@D)
	$$(call say,CC)$(2) $$(FUZZ_CFLAGS) -c -o $$@ $$<
$(B)/fuzz/$(1)/gen.o: $(GEN)
	@mkdir -p $$(@D)
	$$(call say,CC)$(2) $$(filter-out $$(WARN),$$(FUZZ_CFLAGS)) -w -c -o $$@ $$<
$(B)/fuzz/$(1)/libcommon.a: $(FUZZ_COMMON:%.c=$(B)/fuzz/$(1)/%.o) $(B)/fuzz/$(1)/gen.o
	$$(call say,AR)rm -f $$@ && $(AR) rcs $$@ $$^
endef
# The loop's own file says which target it is, so that replay knows its seeds.
# $(1): a flavour, $(2): its compiler, $(3): the target
define fuzz_target
$(B)/fuzz/$(1)/$(3)/main.o: fuzz/main.c Makefile mk/fuzz.mk
	@mkdir -p $$(@D)
	$$(call say,CC)$(2) $$(FUZZ_CFLAGS) -DGBX_FUZZ_TARGET='"$(3)"' -c -o $$@ $$<
$(B)/fuzz/fuzz-$(3)-$(1): $(B)/fuzz/$(1)/$(3)/main.o \
    $(patsubst %.c,$(B)/fuzz/$(1)/%.o,$(filter-out fuzz/main.c,$(call fuzz_srcs,$(3)))) \
    $(B)/fuzz/$(1)/libcommon.a
	$$(call say,LD)$(2) $$(FUZZ_CFLAGS) -o $$@ $$^ $(call FUZZ_LIBS,$(3))
endef
$(eval $(call fuzz_flavour,afl,$(FUZZ_CC)))
$(eval $(call fuzz_flavour,replay,$(CC)))
$(foreach t,$(FUZZ_TARGETS),$(eval $(call fuzz_target,afl,$(FUZZ_CC),$(t))))
$(foreach t,$(FUZZ_TARGETS),$(eval $(call fuzz_target,replay,$(CC),$(t))))

FUZZ_PROGS   := $(FUZZ_TARGETS:%=$(B)/fuzz/fuzz-%-afl)
REPLAY_PROGS := $(FUZZ_TARGETS:%=$(B)/fuzz/fuzz-%-replay)

# Packages first, in a make of their own: the compiler may not be there yet.
fuzz: deps
	$(if $(filter $(TARGET),$(FUZZ_TARGETS)),,$(error no target '$(TARGET)': $(FUZZ_TARGETS)))
	@$(MAKE) --no-print-directory $(B)/fuzz/fuzz-$(TARGET)-afl
	@fuzz/run $(TARGET) $(T) $(B)/fuzz
fuzz-smoke: deps
	@$(MAKE) --no-print-directory fuzz-programs fuzz-replay
	@bad=0; for t in $(FUZZ_TARGETS); do \
	    fuzz/run $$t $(SMOKE) $(B)/fuzz || bad=1; done; exit $$bad
fuzz-programs: $(FUZZ_PROGS)
fuzz-replay: $(REPLAY_PROGS)
	@tests/run -l $(B)/test-logs $^
check-built: $(REPLAY_PROGS)

fuzz-seeds: $(B)/fuzz/make-seeds
	$< fuzz/gate/seeds fuzz/jobmsg/seeds
$(B)/fuzz/make-seeds: $(B)/fuzz/replay/fuzz/seeds/make.o $(B)/fuzz/replay/libcommon.a
	$(call say,LD)$(CC) $(FUZZ_CFLAGS) -o $@ $^ -lprotobuf-c -lm

.PHONY: fuzz fuzz-smoke fuzz-programs fuzz-replay fuzz-seeds
