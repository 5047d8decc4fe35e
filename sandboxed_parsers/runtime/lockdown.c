/* SPDX-License-Identifier: ISC */
/*
 * The last door: from here on a worker may only exit.
 * Side: setup code. What an attacker gains if a line here is wrong: that
 * system call, in a process without descriptors.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "ipc/memfd.h"
#include "sandboxed_parsers/runtime/lockdown.h"
#include "schemas/limits.h"

#define PROGRAM_MAX 512 /* instructions; the setup filter needs about 80 */
#define ERRNO_LEAST 1024
#define ERRNO_MOST  4095 /* MAX_ERRNO of kernel/seccomp.c */

struct program {
	struct sock_filter insn[PROGRAM_MAX];
	unsigned short length;
};

static struct program worker_program, zygote_program;
static uint32_t mode;
static uint16_t canary_errno;

/* Rows of calls.def. */
struct allowed {
	int nr;
	unsigned int n_args;
	struct scmp_arg_cmp arg[2];
};

static const struct allowed setup_table[] = {
#define GBX_SETUP(call, why) {SCMP_SYS(call), 0, {{0}}},
#define GBX_SETUP_EQ(call, n, value, why) \
	{SCMP_SYS(call), 1, {{n, SCMP_CMP_EQ, value, 0}}},
#define GBX_SETUP_CLEAR(call, n, bits, why) \
	{SCMP_SYS(call), 1, {{n, SCMP_CMP_MASKED_EQ, bits, 0}}},
#include "schemas/calls.def"
};

static const struct allowed last_table[] = {
#define GBX_LAST(call, why) {SCMP_SYS(call), 0, {{0}}},
#include "schemas/calls.def"
};
#define ROWS(t) (sizeof(t) / sizeof((t)[0]))

static int export(scmp_filter_ctx ctx, struct program *ret)
{
	gbx_autoclose int fd = -1;
	off_t size;
	int err;

	fd = gbx_memfd_new("gbx-filter");
	if (fd < 0)
		return fd;
	err = seccomp_export_bpf(ctx, fd);
	if (err != 0)
		return err;
	/* It does not look whether all was written: RLIMIT_FSIZE may have cut
	 * the end off. */
	size = lseek(fd, 0, SEEK_END);
	if (size > 0 && (uint64_t)size >= gbx_memfd_most())
		return -EFBIG;
	if (size <= 0 || (size_t)size > sizeof(ret->insn) ||
	    (size_t)size % sizeof(ret->insn[0]) != 0)
		return -E2BIG;
	err = gbx_memfd_read(fd, ret->insn, (size_t)size, 0);
	if (err != 0)
		return err;
	ret->length = (unsigned short)((size_t)size / sizeof(ret->insn[0]));
	return 0;
}

/* Kill the process, whichever ABI the call came by: libseccomp's default for a
 * foreign one would only kill the thread. */
static int
build(const struct allowed *table, size_t n, struct program *ret)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	size_t i;
	int err;

	/* seccomp_init(3) says no more than NULL. Below level 3 of the API this
	 * kernel, or a filter around us, has no KILL_PROCESS. */
	if (ctx == NULL)
		return seccomp_api_get() < 3 ? -EPERM : -ENOMEM;
	err = seccomp_attr_set(
	    ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	for (i = 0; err == 0 && i < n; i++)
		err = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, table[i].nr,
		    table[i].n_args, table[i].arg);
	if (err == 0)
		err = export(ctx, ret);
	seccomp_release(ctx);
	return err;
}

/* What neither the kernel nor a filter around us answers by itself: above all
 * errnos that there are, at most what seccomp(2) lets through. */
static int
choose_errno(void)
{
	/* Not libc's: worker.c, reroll_stack_guard(). */
	if (syscall(SYS_getrandom, &canary_errno, sizeof(canary_errno), 0) !=
	    sizeof(canary_errno))
		return -EIO;
	canary_errno =
	    (uint16_t)(ERRNO_LEAST + canary_errno % (ERRNO_MOST - ERRNO_LEAST));
	return 0;
}

int
gbx_lockdown_prepare(uint32_t lockdown)
{
	int err;

	mode = lockdown;
	if (mode == GBX_WIRE_LOCK_STRICT)
		return 0;
	err = choose_errno();
	if (err != 0)
		return err;
	err = build(last_table, ROWS(last_table), &worker_program);
	if (err == 0)
		err = build(setup_table, ROWS(setup_table), &zygote_program);
	return err;
}

static int
load(struct program *p)
{
	struct sock_fprog prog = {.len = p->length, .filter = p->insn};

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog) != 0)
		return -errno;
	return 0;
}

int
gbx_lockdown_zygote(void)
{
	return mode == GBX_WIRE_LOCK_STRICT ? 0 : load(&zygote_program);
}

bool
gbx_lockdown_is_strict(void)
{
	return mode == GBX_WIRE_LOCK_STRICT;
}

int
gbx_lockdown_worker(void)
{
	if (mode != GBX_WIRE_LOCK_STRICT)
		return load(&worker_program);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0)
		return -errno;
	return 0;
}

/* Writes to the program that this process shares with nobody: it is a fork. */
int
gbx_lockdown_canary(void)
{
	struct sock_filter *i = worker_program.insn;
	struct sock_filter *end = i + worker_program.length;
	int kills = 0;

	if (mode == GBX_WIRE_LOCK_STRICT)
		return gbx_lockdown_worker();
	for (; i < end; i++)
		if (i->code == (BPF_RET | BPF_K) &&
		    i->k == SECCOMP_RET_KILL_PROCESS) {
			i->k = SECCOMP_RET_ERRNO | canary_errno;
			kills++;
		}
	return kills == 0 ? -EINVAL : load(&worker_program);
}

static bool
refuses(long nr, long first)
{
	return syscall(nr, first, 0, 0) == -1 && errno == canary_errno;
}

bool
gbx_lockdown_acts(bool shown)
{
	if (mode != GBX_WIRE_LOCK_STRICT)
		return refuses(SYS_close, -1) && refuses(SYS_getrandom, 0) &&
		       refuses(SYS_munmap, 0);
	if (!shown)
		syscall(SYS_getpid);
	return shown;
}

_Noreturn void
gbx_lockdown_exit(int status)
{
	long nr = mode == GBX_WIRE_LOCK_STRICT ? SYS_exit : SYS_exit_group;

	for (;;)
		syscall(nr, status);
}
