# SPDX-License-Identifier: ISC
# Which lines and branches of the trusted side do the tests reach?
#   make coverage              runs what fits, prints a table
# In-process: the library is in the test programs, so what they reach is
# counted when they exit; a child that is killed does not count. Branches that
# only a failing system call or malloc takes are tests/faults' to reach.

COV_B     := $(B)-cov
COV_ROOMS := broker broker/validate ipc
COV_PROGS  = $(patsubst %.c,$(B)/%,$(sort $(wildcard $(addsuffix /test_*.c,\
             $(addprefix tests/,unit/gate unit/ipc unit/base unit/broker host \
             hostile sandbox soak faults)))))
COV_TESTS  = $(COV_PROGS) tests/e2e/cli.py

ifeq ($(VARIANT),cov)
$(UNIT) $(COV_PROGS): private override LDFLAGS += -Wl,--wrap=_exit
endif

coverage: deps
	@$(MAKE) --no-print-directory VARIANT=cov B=$(COV_B) coverage-run
coverage-run: all check-programs
	@find $(B) -name '*.gcda' -delete
	-@$(RUN) $(COV_TESTS)
	@mk/cov.py $(B) $(COV_ROOMS)

.PHONY: coverage coverage-run
