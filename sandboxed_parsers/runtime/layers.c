/* SPDX-License-Identifier: ISC */
/*
 * What a zygote takes away from itself, once, for all its workers.
 * Side: setup. A layer that fails is told, never passed over in silence.
 */
#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/capabilities.h"
#include "sandboxed_parsers/runtime/layers.h"
#include "schemas/limits.h"

/* linux/landlock.h of 6.12; the headers of Debian 12 end at 6.1. */
struct landlock_attr {
	uint64_t fs;
	uint64_t net;	 /* ABI 4 */
	uint64_t scoped; /* ABI 6 */
};
#define LANDLOCK_CREATE	  444
#define LANDLOCK_RESTRICT 446
#define LANDLOCK_VERSION  1U

static void
hold(struct gbx_report *report, enum gbx_layer layer, int err)
{
	if (err == 0)
		report->bits |= 1U << layer;
	report->why[layer] = (uint32_t)err;
}

static int
limit(int resource, rlim_t n)
{
	struct rlimit r = {.rlim_cur = n, .rlim_max = n}, old;

	if (setrlimit((__rlimit_resource_t)resource, &r) == 0)
		return 0;
	/* Lower already, by the administrator: as good. */
	if (getrlimit((__rlimit_resource_t)resource, &old) == 0 &&
	    old.rlim_cur <= n)
		return 0;
	return -errno;
}

/* The stack's limit is also what overflow.c reckons with. */
#define GBX_RLIMIT(name, number, why) \
	enum { \
		KEPT_##name = (number) \
	};
#include "schemas/rlimits.def"
_Static_assert(KEPT_STACK == GBX_STACK_MAX, "rlimits.def and limits.h");

static int
enter_rlimits(uint32_t cpu_s)
{
	static const struct {
		int resource;
		rlim_t n;
	} table[] = {
#define GBX_RLIMIT(name, number, why) {RLIMIT_##name, number},
#include "schemas/rlimits.def"
	};
	int err = limit(RLIMIT_CPU, cpu_s);
	size_t i;

	for (i = 0; err == 0 && i < sizeof(table) / sizeof(table[0]); i++)
		err = limit(table[i].resource, table[i].n);
	return err;
}

/* Deny all that this kernel's Landlock can name. 0 or errno. */
static int
enter_landlock(uint32_t *ret_abi)
{
	struct landlock_attr attr = {0};
	long abi, fd;
	size_t size;
	int err;

	abi = syscall(LANDLOCK_CREATE, NULL, 0, LANDLOCK_VERSION);
	*ret_abi = abi > 0 ? (uint32_t)abi : 0;
	if (abi <= 0)
		return abi == 0 ? ENOSYS : errno;
	attr.fs = abi >= 5   ? 0xffff
		  : abi >= 3 ? 0x7fff
		  : abi == 2 ? 0x3fff
			     : 0x1fff;
	attr.net = abi >= 4 ? 3 : 0;
	attr.scoped = abi >= 6 ? 3 : 0;
	size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
	fd = syscall(LANDLOCK_CREATE, &attr, size, 0);
	if (fd < 0)
		return errno;
	err = syscall(LANDLOCK_RESTRICT, fd, 0) == 0 ? 0 : errno;
	close((int)fd);
	return err;
}

/* Forking and warming up must not push aside the host that just woke us
 * (sched(7), SCHED_BATCH: no preemption on wake-up). Best effort. */
static void
step_back(void)
{
	struct sched_param none = {0};

	(void)sched_setscheduler(0, SCHED_BATCH, &none);
}

int
gbx_layers_enter(uint32_t cpu_s, struct gbx_report *report)
{
	int err;

	err = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno;
	if (err == 0 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		err = EPERM;
	hold(report, GBX_LAYER_NNP, err);
	if (err != 0)
		return -err;
	hold(report, GBX_LAYER_LANDLOCK, enter_landlock(&report->extra));
	err = gbx_drop_capabilities();
	if (err == 0)
		err = enter_rlimits(cpu_s);
	step_back();
	return err;
}

int
gbx_layers_seal(void)
{
	return prctl(PR_SET_DUMPABLE, 0) == 0 ? 0 : -errno;
}
