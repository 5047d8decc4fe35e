/* SPDX-License-Identifier: ISC */
/*
 * The unlocked kit: the same worker without its lock, for what the broker must
 * refuse even then. Linked with --wrap (ld(1)) around the runtime:
 *   the zygote has no filter of its own;
 *   `filter`: a worker loads one that only forbids getpid. /proc shows of it
 *     what it shows of a locked worker, so that all behind the proof is tried;
 *   `strict`: the canary locks itself, a worker does not: the proof is tried;
 *   a worker keeps its descriptors, and that for documents floods its socket
 *   while it is idle.
 * Side: hostile, on purpose. Never installed.
 */
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandboxed_parsers/runtime/lockdown.h"
#include "sandboxed_parsers/runtime/worker.h"
#include "schemas/limits.h"
#include "tests/hostile/liar/liar.h"

/* More of them in flight would keep the zygote from handing over the next
 * worker (unix(7), ETOOMANYREFS): no lie, but an error, which is told. */
#define IDLE_FDS 16

static uint32_t lockdown;
static bool is_worker;

int __real_gbx_lockdown_prepare(uint32_t mode);
int __wrap_gbx_lockdown_prepare(uint32_t mode);
int __wrap_gbx_lockdown_zygote(void);
int __wrap_gbx_lockdown_worker(void);
_Noreturn void __real_gbx_worker_main(int sock, bool cold);
_Noreturn void __wrap_gbx_worker_main(int sock, bool cold);
long __real_syscall(long nr, ...);
long __wrap_syscall(long nr, ...);

int
__wrap_gbx_lockdown_prepare(uint32_t mode)
{
	lockdown = mode;
	return __real_gbx_lockdown_prepare(mode);
}

int
__wrap_gbx_lockdown_zygote(void)
{
	return 0;
}

int
__wrap_gbx_lockdown_worker(void)
{
	return lockdown == GBX_WIRE_LOCK_STRICT ? 0 : liar_lock_again();
}

_Noreturn void
__wrap_gbx_worker_main(int sock, bool cold)
{
	is_worker = true;
	if (gbx_parser.worker == GBX_WORKER_OOXML) {
		(void)liar_flood(sock, 64, 0);
		(void)liar_flood(sock, 1, IDLE_FDS);
	}
	__real_gbx_worker_main(sock, cold);
}

long
__wrap_syscall(long nr, ...)
{
	long a[6];
	va_list list;
	int i;

	if (nr == SYS_close_range && is_worker)
		return 0;
	va_start(list, nr);
	for (i = 0; i < 6; i++)
		a[i] = va_arg(list, long);
	va_end(list);
	return __real_syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
}
