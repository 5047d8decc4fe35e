/* SPDX-License-Identifier: ISC */
/*
 * System calls by each of the three gates of an x86-64 kernel, and the few that
 * may act behind a worker's lock, by name.
 * Side: tests. x86-64 only.
 */
#ifndef GBX_TESTS_SUPPORT_CALLS_H
#define GBX_TESTS_SUPPORT_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum calls_abi {
	CALLS_NATIVE, /* syscall */
	CALLS_X32,    /* syscall, bit 30 of the number set */
	CALLS_I386,   /* int 0x80 */
	CALLS_ABIS
};

#define CALLS_X32_BIT 0x40000000U

const char *calls_abi_name(enum calls_abi abi);

/* One call, without libc between. Whatever rax holds above the number's 32
 * bits is the caller's: the kernel must not look at it. x32: the bit is set
 * here. int 0x80 takes no sixth argument. */
long calls_make(enum calls_abi abi, uint64_t nr, const uint64_t arg[6]);

/* Does int 0x80 enter this kernel at all? Asked in a child. */
bool calls_has_i386(void);

/* Why a call may act under this lockdown (GBX_LOCKDOWN_*): its name; NULL if
 * it must not.
 *   filter   exit_group, and 335/336 (uretprobe, uprobe), which kernels from
 *            6.14 exempt from seccomp by design (kernel/seccomp.c)
 *   strict   read, write, exit, rt_sigreturn, and their i386 forms
 *            (kernel/seccomp.c, mode1_syscalls), and those two */
const char *calls_may_act(uint32_t lockdown, enum calls_abi abi, int nr);
/* How many there are at most. */
size_t calls_may_act_count(uint32_t lockdown);

/* A call's name in that ABI, as libseccomp has it, or "?" for a number that it
 * does not know. The text lives until the next call. */
const char *calls_name(enum calls_abi abi, int nr);

#endif
