# SPDX-License-Identifier: ISC
# Programs that try the caller's side of the library: hard hosts (tests/host)
# and long runs (tests/soak). mk/check.mk builds them and runs them too.
#   make soak              every test that knows a long form, in that form:
#                          hours; 10^6 jobs with kills among them
#   make soak N=100000     the same with so many jobs in tests/soak/test_soak
#   make soak ONLY=tests/soak/test_chaos     some of them alone
#   make host              tests/host alone

HOST_PROGS := $(filter $(B)/tests/host/%,$(LIB_PROGS))

# They make pictures of their own.
$(HOST_PROGS) $(filter $(B)/tests/soak/%,$(LIB_PROGS)) \
    $(B)/tests/sandbox/test_stopped \
    $(B)/tests/sandbox/test_records: TEST_LIBS += -lz

# Who asks for the long form has one: by score_long_form in C, by GBX_SOAK
# elsewhere.
ONLY      ?=
SOAK_SRCS  = $(shell grep -lswE 'score_long_form|GBX_SOAK' \
             tests/*/test_*.c tests/unit/*/*.c tests/faults/*.c \
             tests/*/*.py tests/*/*.sh)
# A file without a main stands for the programs of its folder.
SOAK_OF    = $(if $(filter test_%,$(notdir $(1))),$(1),\
             $(wildcard $(dir $(1))test_*.c))
SOAK_NAMES = $(sort $(filter %.py %.sh,$(SOAK_SRCS)) $(patsubst %.c,%,\
             $(foreach s,$(filter %.c,$(SOAK_SRCS)),$(call SOAK_OF,$(s)))))
SOAK_PICK  = $(if $(ONLY),$(filter $(ONLY),$(SOAK_NAMES)),$(SOAK_NAMES))
SOAK_RUN   = $(foreach p,$(SOAK_PICK),$(if $(filter %.py %.sh,$(p)),$(p),$(B)/$(p)))

soak: all check-programs
	@$(if $(SOAK_PICK),,echo "no such test: $(ONLY)"; exit 1;) \
	    echo "the long form of: $(SOAK_PICK)"
	@GBX_SOAK=1 GBX_TEST_TIMEOUT=86400 SOAK_N='$(N)' $(RUN) $(SOAK_RUN)
host: all $(HOST_PROGS)
	@$(RUN) $(filter $(B)/tests/host/test_%,$(HOST_PROGS))

.PHONY: soak host
