# SPDX-License-Identifier: ISC
# glovebox: one Makefile, no recursion, nothing written outside $(B).
# The long tail lives in mk/: packages, checks, fuzzing, benches, install.

VARIANT ?= release
B       ?= build/$(VARIANT)

VERSION := 0.2.0
CC      ?= cc
PREFIX  ?= /usr/local
LIBDIR  ?= $(PREFIX)/lib
WORKERDIR ?= $(PREFIX)/libexec/glovebox
PROTOC  ?= protoc-c

include mk/formats.mk mk/config.mk

WARN = -Wall -Wextra -Wshadow -Wconversion -Wvla -Wstrict-prototypes \
       -Wmissing-prototypes -Wimplicit-fallthrough -Wpointer-arith \
       -Werror=conversion -Werror=implicit-function-declaration
HARDEN := -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 \
          $(HARDEN_FLAGS)
OPT.release := -O2 -g $(HARDEN)
OPT.asan    := -O1 -g -fno-omit-frame-pointer \
               -fsanitize=address,undefined -fno-sanitize-recover=all
OPT.cov     := -O0 -g --coverage
OPT.tsan    := -O1 -g -fsanitize=thread
ifeq ($(OPT.$(VARIANT)),)
$(error unknown VARIANT '$(VARIANT)': release, asan, cov or tsan)
endif

BASE_CFLAGS = -std=gnu17 -D_GNU_SOURCE -fvisibility=hidden -MMD -MP \
              -Iinclude -I. -I$(B)/gen
ALL_CFLAGS  = $(BASE_CFLAGS) $(WARN) $(OPT.$(VARIANT)) $(CPPFLAGS) $(CFLAGS)
ALL_LDFLAGS = $(OPT.$(VARIANT)) -Wl,-z,relro,-z,now $(LDFLAGS)
# Workers are the same code in every variant: hardened, static, no sanitizer
# (a sanitizer needs system calls, and a locked worker has none).
WORKER_CFLAGS  = $(BASE_CFLAGS) $(WARN) $(OPT.release) -fPIE -fno-builtin-malloc \
                 -fno-builtin-calloc $(CPPFLAGS) $(CFLAGS)
WORKER_LDFLAGS = $(OPT.release) -static-pie -Wl,-z,relro,-z,now $(LDFLAGS)

# One short line a command; the whole command with V=1.
say  = $(if $(V),,@echo '  $(1)  $(@:$(B)/%=%)' && )
srcs = $(sort $(wildcard $(addsuffix /*.c,$(1))))
pic  = $(patsubst %.c,$(B)/pic/%.o,$(1))
pie  = $(patsubst %.c,$(B)/pie/%.o,$(1))
# What the library executes: the umask may be 002, and nobody else may write to
# it or to its folder (broker/owner.c).
exec_dir = @umask go-w && mkdir -p $(@D) && chmod go-w $(@D)
say_exec = $(call say,$(1))umask go-w && 

include mk/workers.mk

GEN     := $(B)/gen/schemas/glovebox.pb-c.c
BROKER  := $(call srcs,broker broker/validate ipc)
RUNTIME := $(call srcs,sandboxed_parsers/runtime)
HELPERS := $(B)/libexec/glovebox-init $(B)/libexec/glovebox-copy

all: $(B)/glovebox $(B)/libglovebox.so $(B)/libglovebox.a $(WORKERS) $(HELPERS) \
     | no-stale-workers

# Other flags, compiler, folder of libraries or PREFIX than last time: compile
# anew.
FLAGS = $(CC) | $(ALL_CFLAGS) | $(WORKER_CFLAGS) | $(ALL_LDFLAGS) \
        | $(WORKER_LDFLAGS) | $(SHARED_LDFLAGS) | $(SYSLIBS) | $(EXIF) \
        | $(WORKERDIR) | $(LIBDIR)
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(FLAGS)' | cmp -s - $@ || echo '$(FLAGS)' >$@

# ---- generated code --------------------------------------------------------
$(B)/gen/%.pb-c.c $(B)/gen/%.pb-c.h: %.proto
	@mkdir -p $(@D)
	@command -v $(PROTOC) >/dev/null || \
	    { echo "$(PROTOC) is missing: \`make deps-build' installs it"; exit 1; }
	$(call say,GEN)$(PROTOC) --c_out=$(B)/gen $<
# As hard as the rest, without warnings about code that is not ours. No
# sanitizer: the workers have the same file.
GEN_CFLAGS = -std=gnu17 -D_GNU_SOURCE -fvisibility=hidden $(OPT.release) \
             -I$(B)/gen -MMD -MP $(CPPFLAGS) $(CFLAGS)
$(B)/pic/gen.o: $(GEN) $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(GEN_CFLAGS) -fPIC -c -o $@ $<
$(B)/pie/gen.o: $(GEN) $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(GEN_CFLAGS) -fPIE -c -o $@ $<

# ---- the trusted side: library and command ---------------------------------
$(B)/pic/%.o: %.c $(B)/flags | $(GEN)
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(ALL_CFLAGS) -fPIC -DGBX_LIBEXEC='"$(WORKERDIR)"' \
	    -DGBX_SYSLIBS='"$(SYSLIBS)"' -c -o $@ $<

NO_UNDEFINED := -Wl,-z,defs
LIBRARY_SRCS := $(BROKER) base/cgroup.c
LIB_OBJS := $(call pic,$(LIBRARY_SRCS)) $(B)/pic/gen.o
$(B)/libglovebox.a: $(LIB_OBJS)
	$(call say,AR)rm -f $@ && $(AR) rcs $@ $^
$(B)/libglovebox.so.0: $(LIB_OBJS) broker/glovebox.map
	$(call say,LD)$(CC) -shared $(ALL_LDFLAGS) -Wl,-soname,libglovebox.so.0 \
	    -Wl,--version-script=broker/glovebox.map -o $@ $(LIB_OBJS) \
	    $(NO_UNDEFINED) -lprotobuf-c -lpthread
$(B)/libglovebox.so: $(B)/libglovebox.so.0
	@ln -sf $(<F) $@
CMD_OBJS := $(call pic,$(call srcs,cmd base))
$(B)/glovebox: $(CMD_OBJS) $(B)/libglovebox.a
	$(call say,LD)$(CC) $(ALL_LDFLAGS) -o $@ $^ -lprotobuf-c -lpng16 -lz -lpthread

# ---- the hostile side: a worker is the runtime, one parser and the wire ----
$(B)/pie/%.o: %.c $(B)/flags | $(GEN)
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(WORKER_CFLAGS) -c -o $@ $<
# An archive: each program takes only what it calls.
$(B)/pie/libbase.a: $(call pie,$(call srcs,base ipc))
	$(call say,AR)rm -f $@ && $(AR) rcs $@ $^
$(B)/pie/libruntime.a: $(call pie,$(RUNTIME))
	$(call say,AR)rm -f $@ && $(AR) rcs $@ $^
$(B)/libexec/glovebox-init: $(call pie,$(call srcs,sandboxed_parsers/init)) $(B)/pie/libbase.a
$(B)/libexec/glovebox-copy: $(call pie,$(call srcs,sandboxed_parsers/copier)) \
    $(B)/pie/sandboxed_parsers/init/inherit.o
$(HELPERS):
	$(exec_dir)
	$(call say_exec,LD)$(CC) $(WORKER_LDFLAGS) -o $@ $^

clean:
	rm -rf build

.PHONY: all clean FORCE
.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := all
# In this order: each may use what those before it define, and one that is not
# there is an error.
MKS := check fuzz demo deps install help layers hostile broken walls sandbox \
       host soak faults cov mutants kernel bench formats-table oracles samples bare
include $(MKS:%=mk/%.mk)
MK_FORGOTTEN := $(filter-out $(patsubst %,mk/%.mk,formats config workers $(MKS)),\
                $(wildcard mk/*.mk))
$(if $(MK_FORGOTTEN),$(error $(MK_FORGOTTEN) is not in MKS of the Makefile))
-include $(shell find $(B) -name '*.d' 2>/dev/null)
