/* SPDX-License-Identifier: ISC */
/*
 * What a clock shows must not decide whether a worker starts. Constructors of
 * shared libraries run before main, on a malloc with little room: libhwy, which
 * libjxl brings in, reads the clock 131,000 times there and sorts what it saw
 * in vectors, which grow with the number of different answers: five instead of
 * four, and the room once was too small for it, so that it aborted.
 * Side: tests; the built workers without a broker, under ptrace(2).
 *
 * The time stamp counter is taken away from the worker (PR_SET_TSC), and each
 * read of it is answered here: every answer differs from the one before by an
 * amount of its own, which no real clock does.
 *
 * Fails if taken out: that free() works before main, in runtime/arena.c.
 */
#include "tests/support/cmocka.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ipc/control.h"
#include "tests/support/liar.h"

/* Of a worker that finds no socket: it came as far as its main. */
#define EXIT_CONTROL 1

#if defined(__x86_64__)

static struct clock {
	uint64_t now, noise;
	unsigned long reads;
} clock_of_ours;

static uint64_t
tick(struct clock *c)
{
	c->noise = c->noise * 6364136223846793005ULL + 1442695040888963407ULL;
	c->now += 20 + (c->noise >> 40) % 10000;
	c->reads++;
	return c->now;
}

/* rdtsc is 0f 31, rdtscp 0f 01 f9. False: it stopped at something else. */
static bool
answer(pid_t pid)
{
	struct user_regs_struct regs;
	uint64_t now;
	long code;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) != 0)
		return false;
	errno = 0;
	code = ptrace(PTRACE_PEEKTEXT, pid, (void *)regs.rip, NULL);
	if (errno != 0)
		return false;
	if ((code & 0xffff) == 0x310f)
		regs.rip += 2;
	else if ((code & 0xffffff) == 0xf9010f)
		regs.rip += 3;
	else
		return false;
	now = tick(&clock_of_ours);
	regs.rax = now & 0xffffffff;
	regs.rdx = now >> 32;
	if ((code & 0xffff) != 0x310f)
		regs.rcx = 0;
	return ptrace(PTRACE_SETREGS, pid, NULL, &regs) == 0;
}

/* The folder of the system's libraries, where zygotes start. */
static void
enter_libraries(void)
{
	char path[PATH_MAX];
	Dl_info libc;

	if (dladdr((void *)(uintptr_t)&strtoul, &libc) == 0 ||
	    realpath(libc.dli_fname, path) == NULL || chdir(dirname(path)) != 0)
		_exit(120);
}

static void
start_traced(const char *path)
{
	char name[] = "glovebox-zygote", *argv[] = {name, NULL};
	char *envp[] = {NULL};

	enter_libraries();
	close(GBX_CTL_FD);
	if (prctl(PR_SET_TSC, PR_TSC_SIGSEGV) != 0 ||
	    ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		_exit(121);
	execve(path, argv, envp);
	_exit(122);
}

/* How it ended, as of wait(2). */
static int
run_traced(const char *path)
{
	int status, sig;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		start_traced(path);
	for (;;) {
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (!WIFSTOPPED(status))
			return status;
		sig = WSTOPSIG(status);
		if (sig == SIGTRAP || (sig == SIGSEGV && answer(pid)))
			sig = 0;
		assert_int_equal(ptrace(PTRACE_CONT, pid, NULL, sig), 0);
	}
}

static void
test_uneven(void **state)
{
	char *dir = build_path("libexec"), path[PATH_MAX];
	struct dirent *entry;
	DIR *folder = opendir(dir);
	int status, n = 0;

	(void)state;
	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL) {
		if (strncmp(entry->d_name, "glovebox-", 9) != 0 ||
		    strcmp(entry->d_name, "glovebox-init") == 0 ||
		    strcmp(entry->d_name, "glovebox-copy") == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		clock_of_ours = (struct clock){.now = 1ULL << 40};
		status = run_traced(path);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 121) {
			print_message("# SKIP ptrace is not allowed here\n");
			skip();
		}
		print_message("# %s: %lu reads of the clock\n", entry->d_name,
		    clock_of_ours.reads);
		assert_false(WIFSIGNALED(status));
		assert_int_equal(WEXITSTATUS(status), EXIT_CONTROL);
		n++;
	}
	closedir(folder);
	free(dir);
	assert_true(n > 0);
}

#else

static void
test_uneven(void **state)
{
	(void)state;
	print_message("# SKIP no time stamp counter here\n");
	skip();
}

#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_uneven),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
