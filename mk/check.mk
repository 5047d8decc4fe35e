# SPDX-License-Identifier: ISC
# Tests. `make check` is everything; every test prints TAP and tests/run adds
# up. A room's tests link that room's objects and nothing above them:
#   tests/unit/ROOM/test_*.c   cmocka, in-process; a format's folder is a room
#   tests/sandbox, hostile, host, soak
#                              test_*.c: programs on libglovebox.a and real
#                              workers (mk/hostile.mk builds those that lie)
#   tests/e2e/*.sh, *.py       scripts on the built tree
#   tests/project/*.sh, *.py   scripts on the tree itself: headers, layers,
#                              packages, installation, README, examples, man

CHECK_B := $(abspath $(B))
ASAN_B  := $(if $(filter build/release,$(B)),build/asan,$(B)-asan)
CORPUS  := $(wildcard $(or $(GBX_CORPUS),../shared/corpus))
TEST_ENV = B='$(B)' CC='$(CC)' MAKE='$(MAKE)' FORMATS='$(FORMATS)' \
    GLOVEBOX='$(CHECK_B)/glovebox' GLOVEBOX_LIBEXEC='$(CHECK_B)/libexec' \
    GBX_CORPUS='$(abspath $(or $(GBX_CORPUS),../shared/corpus))'

# ---- what tests link: archives, so that each takes only what it calls -------
SUPPORT_SRCS := $(call srcs,tests/support)
$(B)/tests/libsupport.a: $(call pic,$(SUPPORT_SRCS))
# The runtime without its malloc and its main: tests/support/noarena.c stands in.
$(B)/tests/libruntime.a: $(call pic,$(filter-out %/arena.c %/main.c,$(RUNTIME)))
$(B)/tests/libbase.a: $(call pic,$(call srcs,base))
$(B)/tests/libcmd.a: $(call pic,$(filter-out %/main.c,$(call srcs,cmd)))
$(B)/tests/lib%.a:
	@mkdir -p $(@D)
	$(call say,AR)rm -f $@ && $(AR) rcs $@ $^

AR.support := $(B)/tests/libsupport.a
AR.base    := $(AR.support) $(B)/tests/libbase.a $(B)/libglovebox.a
AR.ipc     := $(AR.base)
AR.broker  := $(AR.base)
AR.gate    := $(AR.base)
AR.cmd     := $(B)/tests/libcmd.a $(AR.base)
AR.runtime := $(B)/tests/libruntime.a $(AR.base)
$(foreach f,$(PARTS) $(FORMATS),$(eval AR.$(f) := $(AR.runtime)))
# Of what shared workers have besides, only the colours: abort() stays libc's.
colour      = $(if $(SHARED.$(1)),sandboxed_parsers/runtime/shared/colour.c)
room_srcs   = $(if $(filter $(1),$(FORMATS)),$(call format_srcs,$(1)) \
              $(call colour,$(1))) \
              $(if $(filter $(1),$(PARTS)),$(call part_srcs,$(1)))
LIBS.cmd   := -lpng16 -lz
LIBS.gate  := -lgmp
TEST_LIBS  := -lprotobuf-c -lcmocka -lseccomp -lpthread -lm
link_test   = $(call say,LD)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) \
              -Wl,--start-group $(filter %.a,$^) -Wl,--end-group

# ---- unit tests ------------------------------------------------------------
ROOMS := base ipc broker gate cmd runtime $(PARTS) $(FORMATS)
ASAN_ROOMS := base ipc gate runtime $(PARTS) $(FORMATS)
unit_progs = $(patsubst %.c,$(B)/%,$(sort $(foreach r,$(1),\
             $(wildcard tests/unit/$(r)/test_*.c))))
unit_help  = $(call pic,$(filter-out tests/unit/$(1)/test_%,\
             $(call srcs,tests/unit/$(1))))
define unit_room
$(call unit_progs,$(1)): $(B)/tests/unit/$(1)/%: $(B)/pic/tests/unit/$(1)/%.o \
    $(call unit_help,$(1)) $(call pic,$(call room_srcs,$(1))) \
    $(AR.$(1))
	@mkdir -p $$(@D)
	$$(link_test) $(call format_libs,$(1)) $$(TEST_LIBS)
endef
$(foreach r,$(ROOMS),$(if $(call unit_progs,$(r)),$(eval $(call unit_room,$(r)))))
# A format whose library is missing has a room all the same: on a machine that
# has only make, `make deps` must parse.
KNOWN := $(sort $(ROOMS) $(ALL_FORMATS))
STRAY := $(sort $(filter-out $(KNOWN:%=tests/unit/%/),\
         $(dir $(wildcard tests/unit/*/test_*.c))))
$(if $(STRAY),$(error $(STRAY): no such room; mk/check.mk knows $(KNOWN)))

# ---- programs on the built library -----------------------------------------
LIB_ROOMS := tests/sandbox tests/hostile tests/host tests/soak tests/e2e
LIB_SRCS  := $(call srcs,$(LIB_ROOMS))
LIB_PROGS := $(LIB_SRCS:%.c=$(B)/%)
$(LIB_PROGS): $(B)/%: $(B)/pic/%.o $(AR.base)
	@mkdir -p $(@D)
	$(link_test) $(TEST_LIBS)

# ---- running ---------------------------------------------------------------
scripts   = $(sort $(wildcard $(addsuffix /*.sh,$(1)) $(addsuffix /*.py,$(1))))
UNIT     := $(call unit_progs,$(ROOMS))
WHOLE    := $(LIB_PROGS) $(filter-out %/lib.sh %/lib.py %/helper.py,\
            $(call scripts,$(LIB_ROOMS)))
# Built for a script's use and not run by itself: what is not test_*.
RUN_WHOLE = $(foreach p,$(WHOLE),$(if $(filter %.sh %.py,$(p))$(filter test_%,\
            $(notdir $(p))),$(p)))
PROJECT  := $(call scripts,tests/project)
ASAN_UNIT = $(patsubst $(B)/%,$(ASAN_B)/%,$(call unit_progs,$(ASAN_ROOMS)))
RUN       = $(TEST_ENV) tests/run -l $(B)/test-logs

# Packages first, then make anew: what was missing may have changed the flags.
check:
	@$(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory $(parallel) check-built
check-built: all check-programs check-asan-programs $(REPLAY_PROGS)
	@$(if $(CORPUS),,echo "no corpus at $(or $(GBX_CORPUS),../shared/corpus):" \
	    "its tests are skipped and counted";)
	@$(RUN) -s tests/scoreboard $(UNIT) $(ASAN_UNIT) $(REPLAY_PROGS) \
	    $(RUN_WHOLE) $(PROJECT)
check-programs: $(UNIT) $(LIB_PROGS)
check-asan-programs:
	@$(MAKE) --no-print-directory VARIANT=asan B=$(ASAN_B) asan-programs
asan-programs: $(call unit_progs,$(ASAN_ROOMS))
# For the impatient: make unit ROOM=gate; make e2e; make check-project.
unit: $(call unit_progs,$(or $(ROOM),$(ROOMS)))
	@$(RUN) $^
e2e: all check-programs
	@$(RUN) $(RUN_WHOLE)
check-project: all
	@$(RUN) $(PROJECT)

# ---- form ------------------------------------------------------------------
C_FILES = $(shell git ls-files -co --exclude-standard '*.c' '*.h' 2>/dev/null \
          || find * -name '*.[ch]' -not -path 'build/*')
CLANG_FORMAT ?= clang-format
format:
	$(CLANG_FORMAT) -i $(C_FILES)
format-check:
	$(CLANG_FORMAT) --dry-run -Werror $(C_FILES)
# Those two take what a function is given to fill for something it reads; the
# liar is wrong on purpose.
lint: $(GEN)
	@cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 \
	    --enable=warning,portability --suppress=missingIncludeSystem \
	    --suppress=ctuuninitvar --suppress=uninitdata \
	    -D_GNU_SOURCE -Iinclude -I. $(filter-out tests/hostile/liar/%,\
	    $(filter %.c,$(C_FILES)))
	@$(RUN) $(wildcard tests/project/headers.sh tests/project/man.sh)

.PHONY: check check-built check-programs check-asan-programs asan-programs \
        unit e2e check-project format format-check lint
