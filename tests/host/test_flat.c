/* SPDX-License-Identifier: ISC */
/*
 * What a call costs does not grow with the jobs that wait: counted in
 * instructions, step by step (ptrace(2)), not in time. Side: caller.
 *
 * Fails if taken out: the lanes of broker/queue.c (a walk over the queue), the
 * tree of ids in broker/request.c.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/cmocka.h"
#include "tests/support/host.h"

#define FEW	   100
#define MANY	   10000
#define TRIES	   7
#define MARK	   SIGWINCH /* ignored, but seen by the tracer */
#define STEPS_MOST 3000000L

enum deed {
	SUBMIT,
	CANCEL,
	DEEDS
};
static const char *const names[DEEDS] = {"gbx_submit", "gbx_cancel"};

/* ---- in the child: a broker with so many jobs waiting ---------------------
 */

static struct gbx_broker *
fill(int n, uint64_t *ret_middle)
{
	struct gbx_broker_opts opts;
	struct gbx_broker *broker;
	struct gbx_input input;
	struct gbx_job job;
	uint64_t id;
	int i;

	host_opts(&opts);
	opts.max_in_flight = 1;
	opts.max_queued = 200000;
	if (host_open_with(&opts, &broker) != GBX_OK)
		return NULL;
	host_job(HOST_SMALL, &input, &job);
	/* Other clients, inputs of one domain that can't travel together. */
	for (i = 0; i < n; i++) {
		job.domain = i % 2 == 0 ? "letters" : NULL;
		job.client = i % 4 == 3 ? "a client" : NULL;
		job.count = i % 4 == 0 ? 1 : 2;
		if (gbx_submit(broker, &input, &job, &id) != GBX_OK)
			return NULL;
		if (i == n / 2)
			*ret_middle = id;
	}
	return broker;
}

static int
child(int n, enum deed deed)
{
	struct gbx_broker *broker;
	struct gbx_input input;
	struct gbx_job job;
	uint64_t middle = 0;
	bool ok = true;
	int i;

	broker = fill(n, &middle);
	if (broker == NULL || ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		return 2;
	host_job(HOST_SMALL, &input, &job);
	for (i = 0; i < TRIES; i++) {
		raise(MARK);
		if (deed == SUBMIT)
			ok = gbx_submit(broker, &input, &job, NULL) == GBX_OK;
		else
			ok = gbx_cancel(broker, middle + 4 * (uint64_t)i) ==
			     GBX_OK;
		raise(MARK);
		if (!ok)
			return 3;
	}
	return 0;
}

/* ---- the tracer ---------------------------------------------------------- */

static bool
at_mark(int status)
{
	return WIFSTOPPED(status) && WSTOPSIG(status) == MARK;
}

/* Instructions until the next mark; -1: it ended. */
static long
count(pid_t pid)
{
	int status = 0;
	long n = 0;

	do {
		if (ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) != 0 ||
		    waitpid(pid, &status, 0) != pid || WIFEXITED(status) ||
		    WIFSIGNALED(status) || n++ > STEPS_MOST)
			return -1;
	} while (!at_mark(status));
	return n;
}

/* The least of some tries: now and then a call has more to do. */
static long
least(int jobs, enum deed deed)
{
	long n, best = -1;
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(child(jobs, deed));
	assert_true(pid > 0);
	for (;;) {
		if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
			break;
		if (at_mark(status)) {
			n = count(pid);
			if (n < 0)
				break;
			best = best < 0 || n < best ? n : best;
			status = 0; /* the second mark */
		}
		if (ptrace(PTRACE_CONT, pid, NULL,
			at_mark(status) ? 0 : WSTOPSIG(status)) != 0)
			break;
	}
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	return best;
}

static void
test_flat(void **state)
{
	long few, many;
	int deed;

	(void)state;
	for (deed = 0; deed < DEEDS; deed++) {
		few = least(FEW, (enum deed)deed);
		many = least(MANY, (enum deed)deed);
		print_message("# %s: %ld instructions with %d jobs waiting, "
			      "%ld with %d\n",
		    names[deed], few, FEW, many, MANY);
		assert_true(few > 100 && many > 100);
		/* The tree of ids is some levels deeper. */
		assert_true(many < few + few / 4 + 1500);
	}
}

static int
set_up(void **state)
{
	(void)state;
	return host_prepare_quick() ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(test_flat, host_nothing_left),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("flat", tests, set_up, NULL);
}
