/* SPDX-License-Identifier: ISC */
/* A worker whose canary is killed under `strict` before it has locked itself,
 * as the kernel's OOM killer may do. Linked with --wrap (ld(1)). Side: tests.
 */
#include <signal.h>
#include <unistd.h>

#include "sandboxed_parsers/runtime/lockdown.h"
#include "sandboxed_parsers/runtime/parser.h"

int __real_gbx_lockdown_prepare(uint32_t mode);
int __wrap_gbx_lockdown_prepare(uint32_t mode);
int __real_gbx_lockdown_canary(void);
int __wrap_gbx_lockdown_canary(void);

static uint32_t lockdown;

int
__wrap_gbx_lockdown_prepare(uint32_t mode)
{
	lockdown = mode;
	return __real_gbx_lockdown_prepare(mode);
}

int
__wrap_gbx_lockdown_canary(void)
{
	if (lockdown == GBX_WIRE_LOCK_STRICT)
		(void)kill(getpid(), SIGKILL);
	return __real_gbx_lockdown_canary();
}

const struct gbx_parser gbx_parser = {.worker = GBX_WORKER_BMP};
