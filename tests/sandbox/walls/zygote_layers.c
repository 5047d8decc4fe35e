/* SPDX-License-Identifier: ISC */
/*
 * Between the product's runtime and the calls that make its layers, as
 * init_layers.c. Side: tests, in the place of setup code.
 */
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/capabilities.h"
#include "sandboxed_parsers/runtime/lockdown.h"
#include "tests/sandbox/walls/layers.h"

#define LANDLOCK_RESTRICT 446

long __real_syscall(long nr, ...);
int __real_prctl(int option, ...);
int __real_setrlimit(__rlimit_resource_t which, const struct rlimit *r);
int __real_gbx_drop_capabilities(void);
int __real_gbx_lockdown_worker(void);
int __real_gbx_lockdown_canary(void);
long __wrap_syscall(long nr, ...);
int __wrap_prctl(int option, ...);
int __wrap_setrlimit(__rlimit_resource_t which, const struct rlimit *r);
int __wrap_gbx_drop_capabilities(void);
int __wrap_gbx_lockdown_zygote(void);
int __wrap_gbx_lockdown_worker(void);
int __wrap_gbx_lockdown_canary(void);

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
	if (nr == LANDLOCK_RESTRICT && !walls_has(WALLS_LANDLOCK))
		return 0;
	if (nr == SYS_close_range && !walls_has(WALLS_FDS))
		return 0;
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
	switch (option) {
	case PR_SET_NO_NEW_PRIVS:
		return walls_has(WALLS_NNP) ? __real_prctl(option, arg, 0, 0, 0)
					    : 0;
	case PR_GET_NO_NEW_PRIVS:
		return walls_has(WALLS_NNP) ? __real_prctl(option, 0, 0, 0, 0)
					    : 1;
	case PR_SET_DUMPABLE:
		return walls_has(WALLS_DUMPABLE) ? __real_prctl(option, arg)
						 : 0;
	case PR_SET_TSC:
		return walls_has(WALLS_TSC) ? __real_prctl(option, arg) : 0;
	default:
		return __real_prctl(option, arg, 0, 0, 0);
	}
}

int
__wrap_setrlimit(__rlimit_resource_t which, const struct rlimit *r)
{
	return walls_has(WALLS_RLIMITS) ? __real_setrlimit(which, r) : 0;
}

int
__wrap_gbx_drop_capabilities(void)
{
	return walls_has(WALLS_CAPS) ? __real_gbx_drop_capabilities() : 0;
}

/* Never: a worker's own lock is to be seen alone. */
int
__wrap_gbx_lockdown_zygote(void)
{
	return 0;
}

int
__wrap_gbx_lockdown_worker(void)
{
	return walls_has(WALLS_SECCOMP) ? __real_gbx_lockdown_worker() : 0;
}

int
__wrap_gbx_lockdown_canary(void)
{
	return walls_has(WALLS_SECCOMP) ? __real_gbx_lockdown_canary() : 0;
}
