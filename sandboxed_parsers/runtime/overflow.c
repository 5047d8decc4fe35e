/* SPDX-License-Identifier: ISC */
/*
 * A worker that runs out of stack says so, in place of a crash; so does one
 * that falls over the NULL of a malloc that had no more to give. C++ comes here
 * by abort(), which is a trap (shared/abort.c). A zygote that is not ready says
 * so to the broker first.
 * Side: setup; hostile from the lock on. A signal's handler is entered without
 * a system call. To return from it would take one, so it never does: it ends.
 * What an attacker gains who comes here with another fault, or with the note of
 * the arena set by himself: the choice between two refusals, `limit` and
 * `crashed`, which any exit status gives him.
 */
#include <errno.h>
#include <signal.h>
#include <stddef.h>

#include "sandboxed_parsers/runtime/arena.h"
#include "sandboxed_parsers/runtime/lastwords.h"
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

/* A wild pointer, and what compilers make of __builtin_trap(): the second on
 * x86, the third on ARM. Before the lock abort(3) of a static libc gets as far
 * as SIGABRT. Not SIGBUS, which no pointer of malloc's leads to. */
static const int faults[] = {SIGSEGV, SIGILL, SIGTRAP, SIGABRT};

/* SA_RESETHAND: the same fault once more has the default action. */
static _Noreturn void
fall(int sig)
{
#if defined(__x86_64__) || defined(__i386__)
	if (sig == SIGTRAP)
		__asm__ volatile("int3");
#endif
	if (sig != SIGSEGV)
		__builtin_trap();
	for (;;)
		*(volatile uint8_t *)nowhere = 0;
}

/* Where the stack may still grow no fault comes here. */
static void
on_fault(int sig, siginfo_t *info, void *context)
{
	uintptr_t at = (uintptr_t)info->si_addr;

	(void)context;
	gbx_last_words();
	if (sig == SIGSEGV && info->si_code == SEGV_MAPERR && at < stack_top &&
	    stack_top - at < GBX_STACK_MAX + REACH)
		gbx_lockdown_exit(GBX_EXIT_STACK);
	if (gbx_arena_exhausted())
		gbx_lockdown_exit(GBX_EXIT_MEMORY);
	fall(sig);
}

int
gbx_overflow_watch(uintptr_t top)
{
	struct sigaction act = {.sa_sigaction = on_fault};
	const stack_t stack = {
	    .ss_sp = handler_stack,
	    .ss_size = sizeof(handler_stack),
	};
	size_t i;

	stack_top = top;
	act.sa_flags = (int)(SA_SIGINFO | SA_ONSTACK | SA_NODEFER |
			     (unsigned int)SA_RESETHAND);
	if (sigaltstack(&stack, NULL) != 0)
		return -errno;
	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (sigaction(faults[i], &act, NULL) != 0)
			return -errno;
	return 0;
}
