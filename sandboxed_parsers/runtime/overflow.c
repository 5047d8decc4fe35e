/* SPDX-License-Identifier: ISC */
/*
 * A worker that runs out of stack says so, in place of a crash.
 * Side: setup; hostile from the lock on. A signal's handler is entered without
 * a system call. To return from it would take one, so it never does: it ends.
 * What an attacker gains who comes here with another fault: the choice between
 * two refusals, `limit` and `crashed`, which any exit status gives him.
 */
#include <errno.h>
#include <signal.h>
#include <stddef.h>

#include "sandboxed_parsers/runtime/lockdown.h"
#include "sandboxed_parsers/runtime/overflow.h"
#include "schemas/limits.h"

/* A frame with all registers of AVX-512 takes 3 KiB, AMX's 8 more. */
#define HANDLER_STACK 16384
/* The kernel leaves 128 MiB below the stack free (mmap_base, MIN_GAP), whatever
 * may be mapped there; one frame with large arrays can pass its end so far. */
#define REACH ((uintptr_t)8 << 20)

static _Alignas(16) uint8_t handler_stack[HANDLER_STACK];
static uintptr_t stack_top;
/* In the lowest page, which is never mapped. */
static volatile uintptr_t nowhere = 8;

/* Where the stack may still grow no fault comes here. */
static void
on_fault(int sig, siginfo_t *info, void *context)
{
	uintptr_t at = (uintptr_t)info->si_addr;

	(void)sig;
	(void)context;
	if (info->si_code == SEGV_MAPERR && at < stack_top &&
	    stack_top - at < GBX_STACK_MAX + REACH)
		gbx_lockdown_exit(GBX_EXIT_STACK);
	/* SA_RESETHAND: the next fault has the default action. */
	for (;;)
		*(volatile uint8_t *)nowhere = 0;
}

int
gbx_overflow_watch(uintptr_t top)
{
	struct sigaction act = {.sa_sigaction = on_fault};
	const stack_t stack = {
	    .ss_sp = handler_stack,
	    .ss_size = sizeof(handler_stack),
	};

	stack_top = top;
	act.sa_flags = (int)(SA_SIGINFO | SA_ONSTACK | SA_NODEFER |
			     (unsigned int)SA_RESETHAND);
	if (sigaltstack(&stack, NULL) != 0 ||
	    sigaction(SIGSEGV, &act, NULL) != 0)
		return -errno;
	return 0;
}
