/* SPDX-License-Identifier: ISC */
/*
 * A lock that holds nothing: seccomp, for the eye, where only getpid is
 * forbidden, so that a canary dies as it must. With it a worker shows in /proc
 * what a locked one shows. Side: hostile, on purpose.
 */
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/hostile/liar/liar.h"

int
liar_lock_again(void)
{
	static struct sock_filter insn[] = {
	    BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpid, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = {
	    .len = sizeof(insn) / sizeof(insn[0]), .filter = insn};

	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog);
}
