/* SPDX-License-Identifier: ISC */
/* A block list as a filter; see denylist.h. Side: tests. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/support/denylist.h"

#define PROGRAM_MAX 4096

static struct sock_filter insn[PROGRAM_MAX];
static struct sock_fprog program = {.filter = insn};

static const struct denylist_rule rules[] = {
#define DENY(call, why) {#call, "", why},
#include "tests/support/denylist.def"
#define DENY_IF(call, arg, op, a, b, when, why) {#call, when, why},
#include "tests/support/denylist.def"
};
static const struct denylist_worth worths[] = {
#define WORTH(call, what) {call, what},
#include "tests/support/denylist.def"
};

static const struct {
	int nr;
	unsigned int n;
	struct scmp_arg_cmp arg;
} filter[] = {
#define DENY(call, why) {SCMP_SYS(call), 0, {0, 0, 0, 0}},
#include "tests/support/denylist.def"
#define DENY_IF(call, arg, op, a, b, when, why) \
	{SCMP_SYS(call), 1, {arg, op, a, b}},
#include "tests/support/denylist.def"
};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const struct denylist_rule *
denylist_rules(size_t *ret_n)
{
	*ret_n = COUNT(rules);
	return rules;
}

const struct denylist_worth *
denylist_worths(size_t *ret_n)
{
	*ret_n = COUNT(worths);
	return worths;
}

static int export(scmp_filter_ctx ctx)
{
	int fd = memfd_create("denylist", MFD_CLOEXEC), err;
	ssize_t n;

	if (fd < 0)
		return -errno;
	err = seccomp_export_bpf(ctx, fd);
	n = err == 0 ? pread(fd, insn, sizeof(insn), 0) : 0;
	close(fd);
	if (err == 0 && (n <= 0 || (size_t)n == sizeof(insn)))
		err = -E2BIG;
	program.len = (unsigned short)((size_t)n / sizeof(insn[0]));
	return err;
}

int
denylist_build(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	size_t i;
	int err;

	if (ctx == NULL)
		return -ENOMEM;
	err = seccomp_arch_add(ctx, SCMP_ARCH_X86);
	for (i = 0; err == 0 && i < COUNT(filter); i++) {
		err = seccomp_rule_add_array(ctx, SCMP_ACT_KILL_PROCESS,
		    filter[i].nr, filter[i].n, &filter[i].arg);
		/* Of another ABI only, as umount(2) is of i386. */
		if (err == -EDOM)
			err = 0;
	}
	if (err == 0)
		err = export(ctx);
	seccomp_release(ctx);
	return err;
}

int
denylist_load(void)
{
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
		return -errno;
	return 0;
}
