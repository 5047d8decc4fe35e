/* SPDX-License-Identifier: ISC */
/*
 * Between the product's init and the calls that make its layers: what is not
 * wanted is left out and called done. Side: tests, in the place of setup code.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/capabilities.h"
#include "sandboxed_parsers/init/root.h"
#include "tests/sandbox/walls/layers.h"

#define NOBODY 65534

long __real_syscall(long nr, ...);
int __real_prctl(int option, ...);
int __real_open(const char *path, int flags, ...);
int __real_gbx_root_enter(void);
void __real_gbx_drop_bounding_set(void);
int __real_gbx_drop_capabilities(void);
long __wrap_syscall(long nr, ...);
int __wrap_prctl(int option, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_gbx_root_enter(void);
void __wrap_gbx_drop_bounding_set(void);
int __wrap_gbx_drop_capabilities(void);

static bool second_stage;

static const struct {
	enum walls_layer layer;
	long flag;
} namespaces[] = {
    {WALLS_USERNS, CLONE_NEWUSER},
    {WALLS_ROOT, CLONE_NEWNS},
    {WALLS_NETNS, CLONE_NEWNET},
    {WALLS_PIDNS, CLONE_NEWPID},
    {WALLS_IPCNS, CLONE_NEWIPC},
    {WALLS_UTSNS, CLONE_NEWUTS},
    {WALLS_CGROUPNS, CLONE_NEWCGROUP},
};

/* The first wish, less what is not wanted. A zygote is cloned with
 * CLONE_PIDFD and no such flag. */
static long
clone_with(const long a[6])
{
	long pid, flags = a[0];
	size_t i;

	for (i = 0; i < sizeof(namespaces) / sizeof(namespaces[0]); i++)
		if (!walls_has(namespaces[i].layer))
			flags &= ~namespaces[i].flag;
	pid = __real_syscall(SYS_clone, flags, a[1], a[2], a[3], a[4]);
	if (pid == 0)
		second_stage = true;
	return pid;
}

/* Without a user namespace root must stay root until the mounts are made:
 * then late_ids() does it. */
static bool
ids_now(void)
{
	if (!walls_has(WALLS_USERNS))
		return false;
	return second_stage || walls_has(WALLS_IDS);
}

static void
late_ids(void)
{
	if (!walls_has(WALLS_IDS) || walls_has(WALLS_USERNS))
		return;
	(void)__real_syscall(SYS_setresgid, NOBODY, NOBODY, NOBODY);
	(void)__real_syscall(SYS_setresuid, NOBODY, NOBODY, NOBODY);
}

static long
exec_with(const long a[6])
{
	char *argv[3] = {((char **)a[2])[0], walls_argument(), NULL};

	return __real_syscall(SYS_execveat, a[0], a[1], argv, a[3], a[4]);
}

long
__wrap_syscall(long nr, ...)
{
	long a[6];
	va_list ap;
	int i;

	va_start(ap, nr);
	for (i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	switch (nr) {
	case SYS_clone:
		return clone_with(a);
	case SYS_execveat:
		return exec_with(a);
	case SYS_setgroups:
		if (!walls_has(WALLS_IDS))
			return 0;
		break;
	case SYS_setresuid:
	case SYS_setresgid:
		if (!ids_now())
			return 0;
		break;
	case SYS_keyctl:
		if (!walls_has(WALLS_KEYRING))
			return 0;
		break;
	default:
		break;
	}
	return __real_syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int
__wrap_prctl(int option, ...)
{
	unsigned long arg;
	va_list ap;

	va_start(ap, option);
	arg = va_arg(ap, unsigned long);
	va_end(ap);
	if (option == PR_SET_NO_NEW_PRIVS && !walls_has(WALLS_NNP))
		return 0;
	return __real_prctl(option, arg, 0, 0, 0);
}

/* There is no map to write without a user namespace. */
int
__wrap_open(const char *path, int flags, ...)
{
	if (!walls_has(WALLS_USERNS) && second_stage)
		path = "/dev/null";
	return __real_open(path, flags, 0);
}

int
__wrap_gbx_root_enter(void)
{
	return walls_has(WALLS_ROOT) ? __real_gbx_root_enter() : 0;
}

/* Before exec: without them in the set, root's zygote would have none. */
void
__wrap_gbx_drop_bounding_set(void)
{
	if (walls_has(WALLS_CAPS))
		__real_gbx_drop_bounding_set();
}

int
__wrap_gbx_drop_capabilities(void)
{
	late_ids();
	return walls_has(WALLS_CAPS) ? __real_gbx_drop_capabilities() : 0;
}
