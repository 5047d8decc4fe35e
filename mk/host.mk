# SPDX-License-Identifier: ISC
# Host programs that stand between the library and what it calls: memcheck for
# valgrind (see tests/host/memcheck.c), test_sealed.
$(B)/tests/host/memcheck: TEST_LIBS += -Wl,--wrap=gbx_spawn -Wl,--wrap=syscall
# Looks at what is sealed and sent.
$(B)/tests/host/test_sealed: TEST_LIBS += -Wl,--wrap=fcntl \
    -Wl,--wrap=gbx_ipc_send
# Stops the library half way while it copies or checks.
$(B)/tests/host/test_unlocked: TEST_LIBS += $(addprefix -Wl$(,)--wrap=,\
    sendfile gbx_memfd_write gbx_gate_data gbx_list_append)
# Moves the library's clock on.
$(B)/tests/host/test_ages: TEST_LIBS += $(addprefix -Wl$(,)--wrap=,\
    clock_gettime timerfd_settime)
