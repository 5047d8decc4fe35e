# SPDX-License-Identifier: ISC
# Programs that try the caller's side of the library: hard hosts (tests/host)
# and long runs (tests/soak). mk/check.mk builds them and runs them too.
#   make soak N=100000     one broker, N jobs; `make check` runs 10000
#   make host              tests/host alone

N ?= 100000
HOST_PROGS := $(filter $(B)/tests/host/%,$(LIB_PROGS))
SOAK_PROG  := $(B)/tests/soak/test_soak

# They make pictures of their own.
$(HOST_PROGS) $(SOAK_PROG): TEST_LIBS += -lz

soak: all $(SOAK_PROG)
	@SOAK_N=$(N) $(TEST_ENV) $(SOAK_PROG)
host: all $(HOST_PROGS)
	@$(RUN) $(filter $(B)/tests/host/test_%,$(HOST_PROGS))

.PHONY: soak host
