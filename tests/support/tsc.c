/* SPDX-License-Identifier: ISC */
/* Tried in a child, and never believed: see the header. Side: tests. */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/tsc.h"

bool
tsc_is_held(void)
{
	static const struct rlimit no_core = {0, 0};
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		(void)setrlimit(RLIMIT_CORE, &no_core);
		(void)signal(SIGSEGV, SIG_DFL);
#if defined(__x86_64__)
		if (prctl(PR_SET_TSC, PR_TSC_SIGSEGV) == 0)
			__asm__ volatile("rdtsc" : : : "eax", "edx");
#endif
		_exit(0);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid &&
	       WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
}
