# SPDX-License-Identifier: ISC
# The host program for valgrind: see tests/host/memcheck.c.
$(B)/tests/host/memcheck: TEST_LIBS += -Wl,--wrap=gbx_spawn -Wl,--wrap=syscall
