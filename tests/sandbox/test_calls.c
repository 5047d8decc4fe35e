/* SPDX-License-Identifier: ISC */
/*
 * Every system call number from 0 to 1023 by every ABI with every kind of
 * argument, under the locks that the runtime itself builds (lockdown.c is
 * linked in), in processes that share our memory: one costs a tenth of a
 * worker. test_sweep.c tries the same numbers from real workers.
 * Side: tests. It runs in a cage, where nothing is lost if a lock is broken.
 *
 * Fails if taken out: the row GBX_LAST(exit_group) of schemas/calls.def, or if
 * there is one more; the seccomp call of load() in runtime/lockdown.c (the
 * canary lives); the prctl of strict mode there.
 */
#include "tests/support/cmocka.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glovebox.h>

#include "sandboxed_parsers/runtime/lockdown.h"
#include "schemas/limits.h"
#include "tests/support/attempt.h"
#include "tests/support/cage.h"
#include "tests/support/proc.h"
#include "tests/support/score.h"

#define NUMBERS	   1024
#define GETPID	   39
#define EXIT_FIRST 3

struct sweep {
	uint32_t lockdown;
	bool is_i386;
	char end[16]; /* the call that must act: its own end */
	size_t tried, acted, surprises;
	size_t ends; /* how often that did */
};

static int
end_process(void)
{
	gbx_lockdown_exit(0);
}

/* Without that ABI the instruction itself faults. */
static bool
refused(const struct sweep *s, const struct attempt *a,
    const struct attempt_result *r)
{
	if (r->end == ATTEMPT_REFUSED)
		return true;
	return a->abi == CALLS_I386 && !s->is_i386 && r->end == ATTEMPT_DIED &&
	       WIFSIGNALED(r->status) && WTERMSIG(r->status) == SIGSEGV;
}

/* true: it acted. */
static bool
judge(struct sweep *s, const struct attempt *a, int nr, const char *pattern)
{
	const char *name = calls_may_act(s->lockdown, a->abi, nr);
	struct attempt_result r;

	attempt_run(a, &r);
	s->tried++;
	if (r.end == ATTEMPT_NO_LOCK) {
		s->surprises++;
		printf("# no lock for %s %d\n", calls_abi_name(a->abi), nr);
		return false;
	}
	if (refused(s, a, &r))
		return false;
	s->acted++;
	s->ends +=
	    name != NULL && strcmp(name, s->end) == 0 && a->abi == CALLS_NATIVE;
	s->surprises += name == NULL;
	if (name == NULL)
		printf("# %s %d (%s, %s) acts and must not\n",
		    calls_abi_name(a->abi), nr, calls_name(a->abi, nr),
		    pattern);
	return true;
}

/* The lock holds at all: or else the rest is not even tried. */
static bool
canary_dies(const struct attempt *like)
{
	struct attempt a = *like;
	struct attempt_result r;

	a.abi = CALLS_NATIVE;
	a.nr = GETPID;
	attempt_run(&a, &r);
	return r.end == ATTEMPT_REFUSED;
}

static void
sweep_abi(struct sweep *s, struct attempt *a)
{
	size_t before = s->acted;
	bool acted[NUMBERS] = {false};
	const char *name;
	int nr, pattern;

	for (pattern = 0; pattern < ATTEMPT_PATTERNS; pattern++)
		for (nr = 0; nr < NUMBERS; nr++) {
			a->nr = (uint64_t)nr;
			name = attempt_pattern(pattern, a);
			if (judge(s, a, nr, name))
				acted[nr] = true;
		}
	printf("# %s %s: %zu tried, %zu acted:",
	    s->lockdown == GBX_LOCKDOWN_STRICT ? "strict" : "filter",
	    calls_abi_name(a->abi), (size_t)ATTEMPT_PATTERNS * NUMBERS,
	    s->acted - before);
	for (nr = 0; nr < NUMBERS; nr++) {
		name = calls_may_act(s->lockdown, a->abi, nr);
		if (acted[nr])
			printf(" %s", name != NULL ? name : "UNEXPECTED");
	}
	printf("\n");
	fflush(stdout);
}

static int
sweep(void *arg)
{
	struct sweep *s = arg;
	bool strict = s->lockdown == GBX_LOCKDOWN_STRICT;
	struct attempt a = {
	    .lock = gbx_lockdown_worker,
	    .end = end_process,
	    .killer = strict ? SIGKILL : SIGSYS,
	};

	if (!attempt_init() ||
	    gbx_lockdown_prepare(
		strict ? GBX_WIRE_LOCK_STRICT : GBX_WIRE_LOCK_FILTER) != 0)
		return EXIT_FIRST;
	if (!canary_dies(&a))
		return EXIT_FIRST + 1;
	for (a.abi = CALLS_NATIVE; a.abi < CALLS_ABIS; a.abi++)
		sweep_abi(s, &a);
	return 0;
}

/* A host that refuses the cage gets the sweep all the same: after the canary
 * there is little that could go wrong. */
static void
run_caged(struct sweep *s)
{
	int status = 0, err;
	pid_t pid;

	err = cage_run(sweep, s, &status);
	if (err != 0) {
		printf("# no cage here (errno %d)\n", -err);
		fflush(stdout);
		pid = fork();
		if (pid == 0)
			exit(sweep(s));
		assert_int_equal(waitpid(pid, &status, 0), pid);
	}
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void
run_sweep(uint32_t lockdown)
{
	struct sweep *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t began = now_ms();

	assert_ptr_not_equal(s, MAP_FAILED);
	*s = (struct sweep){.lockdown = lockdown, .is_i386 = calls_has_i386()};
	strcpy(s->end, lockdown == GBX_LOCKDOWN_STRICT ? "exit" : "exit_group");
	run_caged(s);
	printf("# %zu tried, %zu acted, %zu not expected, %llu ms%s\n",
	    s->tried, s->acted, s->surprises,
	    (unsigned long long)(now_ms() - began),
	    s->is_i386 ? "" : "; no i386 ABI here");
	score("calls-tried", s->tried, ">=6144");
	score("calls-through-unexpected", s->surprises, "==0");
	assert_int_equal(
	    s->tried, (size_t)CALLS_ABIS * ATTEMPT_PATTERNS * NUMBERS);
	assert_int_equal(s->surprises, 0);
	assert_int_equal(s->ends, ATTEMPT_PATTERNS);
	assert_in_range(s->acted, ATTEMPT_PATTERNS,
	    ATTEMPT_PATTERNS * calls_may_act_count(lockdown));
	munmap(s, sizeof(*s));
}

static void
test_filter(void **state)
{
	(void)state;
	run_sweep(GBX_LOCKDOWN_FILTER);
}

static void
test_strict(void **state)
{
	(void)state;
	run_sweep(GBX_LOCKDOWN_STRICT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_filter),
	    cmocka_unit_test(test_strict),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("calls", tests, NULL, NULL);
}
