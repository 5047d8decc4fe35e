/* SPDX-License-Identifier: ISC */
/* System calls by three ABIs; see calls.h. Side: tests. */
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glovebox.h>

#include "tests/support/calls.h"

struct act {
	enum calls_abi abi;
	int nr;
	const char *name;
};

static const struct act filter_acts[] = {
    {CALLS_NATIVE, 231, "exit_group"},
    {CALLS_NATIVE, 335, "uretprobe"},
    {CALLS_NATIVE, 336, "uprobe"},
};
static const struct act strict_acts[] = {
    {CALLS_NATIVE, 0, "read"},
    {CALLS_NATIVE, 1, "write"},
    {CALLS_NATIVE, 15, "rt_sigreturn"},
    {CALLS_NATIVE, 60, "exit"},
    {CALLS_NATIVE, 335, "uretprobe"},
    {CALLS_NATIVE, 336, "uprobe"},
    {CALLS_I386, 1, "exit"},
    {CALLS_I386, 3, "read"},
    {CALLS_I386, 4, "write"},
    {CALLS_I386, 119, "sigreturn"},
};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const char *
calls_abi_name(enum calls_abi abi)
{
	static const char *const names[CALLS_ABIS] = {"x86-64", "x32", "i386"};

	return names[abi];
}

static long
by_syscall(uint64_t nr, const uint64_t arg[6])
{
	const uint64_t d = arg[3], e = arg[4], f = arg[5];
	register uint64_t r10 __asm__("r10") = d;
	register uint64_t r8 __asm__("r8") = e;
	register uint64_t r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(arg[0]), "S"(arg[1]), "d"(arg[2]),
			 "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

static long
by_int80(uint64_t nr, const uint64_t arg[6])
{
	long ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "a"(nr), "b"(arg[0]), "c"(arg[1]), "d"(arg[2]),
			 "S"(arg[3]), "D"(arg[4])
			 : "r8", "r9", "r10", "r11", "memory");
	return ret;
}

long
calls_make(enum calls_abi abi, uint64_t nr, const uint64_t arg[6])
{
	if (abi == CALLS_I386)
		return by_int80(nr, arg);
	return by_syscall(abi == CALLS_X32 ? nr | CALLS_X32_BIT : nr, arg);
}

bool
calls_has_i386(void)
{
	static const uint64_t none[6];
	int status = 0;
	pid_t pid = fork();

	/* Where it is not built in, int $0x80 is a fault: SIGSEGV, which a test
	 * program may have a handler for. */
	if (pid == 0)
		(void)signal(SIGSEGV, SIG_DFL);
	if (pid == 0)
		_exit(calls_make(CALLS_I386, 20, none) == getpid() ? 0 : 1);
	return pid > 0 && waitpid(pid, &status, 0) == pid &&
	       WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static const struct act *
acts(uint32_t lockdown, size_t *ret_n)
{
	if (lockdown == GBX_LOCKDOWN_STRICT) {
		*ret_n = COUNT(strict_acts);
		return strict_acts;
	}
	*ret_n = COUNT(filter_acts);
	return filter_acts;
}

const char *
calls_may_act(uint32_t lockdown, enum calls_abi abi, int nr)
{
	size_t n;
	const struct act *a = acts(lockdown, &n);

	for (; n > 0; n--, a++)
		if (a->abi == abi && a->nr == nr)
			return a->name;
	return NULL;
}

size_t
calls_may_act_count(uint32_t lockdown)
{
	size_t n;

	(void)acts(lockdown, &n);
	return n;
}

/* Newer than the libseccomp of Debian 12 (arch/x86/entry/syscalls); the same in
 * all ABIs from 424 on. */
static const char *
newer_name(int nr)
{
	static const char *const names[] = {"set_mempolicy_home_node",
	    "cachestat", "fchmodat2", "map_shadow_stack", "futex_wake",
	    "futex_wait", "futex_requeue", "statmount", "listmount",
	    "lsm_get_self_attr", "lsm_set_self_attr", "lsm_list_modules",
	    "mseal", "setxattrat", "getxattrat", "listxattrat", "removexattrat",
	    "open_tree_attr", "file_getattr", "file_setattr"};

	if (nr == 335 || nr == 336)
		return nr == 335 ? "uretprobe" : "uprobe";
	if (nr < 450 || (size_t)nr - 450 >= COUNT(names))
		return "?";
	return names[nr - 450];
}

const char *
calls_name(enum calls_abi abi, int nr)
{
	static const uint32_t arch[CALLS_ABIS] = {
	    SCMP_ARCH_X86_64, SCMP_ARCH_X32, SCMP_ARCH_X86};
	static char *last;

	free(last);
	last = seccomp_syscall_resolve_num_arch(
	    arch[abi], abi == CALLS_X32 ? nr | (int)CALLS_X32_BIT : nr);
	return last != NULL ? last : newer_name(nr);
}
