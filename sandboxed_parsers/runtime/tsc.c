/* SPDX-License-Identifier: ISC */
/*
 * No fine timer for workers, nor for their zygote: PR_SET_TSC(2const) makes
 * rdtsc a SIGSEGV. Side: setup.
 * The kernel's word is not enough: it sets a bit of a control register
 * (CR4.TSD), and there are virtual machines that take the bit and let the
 * instruction through. So it is tried before the layer is told.
 */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <ucontext.h>

#include "sandboxed_parsers/runtime/tsc.h"

#if defined(__x86_64__)

#define RDTSC_LENGTH 2 /* 0f 31 */

static volatile sig_atomic_t forbidden;

static void
step_over(int sig, siginfo_t *info, void *context)
{
	ucontext_t *c = context;

	(void)sig;
	(void)info;
	forbidden = 1;
	c->uc_mcontext.gregs[REG_RIP] += RDTSC_LENGTH;
}

static int
try_it(void)
{
	struct sigaction act = {.sa_sigaction = step_over}, old;

	act.sa_flags = SA_SIGINFO | SA_ONSTACK;
	if (sigaction(SIGSEGV, &act, &old) != 0)
		return -errno;
	forbidden = 0;
	__asm__ volatile("rdtsc" : : : "eax", "edx", "memory");
	if (sigaction(SIGSEGV, &old, NULL) != 0)
		return -errno;
	return forbidden ? 0 : -EOPNOTSUPP;
}

int
gbx_tsc_forbid(void)
{
	if (prctl(PR_SET_TSC, PR_TSC_SIGSEGV) != 0)
		return -errno;
	return try_it();
}

#else

int
gbx_tsc_forbid(void)
{
	return -ENOSYS;
}

#endif
