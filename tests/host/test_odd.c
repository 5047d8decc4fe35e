/* SPDX-License-Identifier: ISC */
/*
 * Odd hosts: no standard descriptors, no folder, no rights by umask, signals
 * blocked, timers running, limits of nothing, threads that end. Each is tried
 * as root and as an ordinary user; it works and has its lock (trial.h), or says
 * clearly that it can't. Side: caller.
 *
 * Fails if taken out: the signals' reset in default_signals of broker/spawn.c;
 * the move to FIRST_FREE in place_fds there (holes); the lock of
 * runtime/worker.c (all of them).
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "tests/support/census.h"
#include "tests/support/cmocka.h"
#include "tests/support/host.h"
#include "tests/support/proc.h"
#include "tests/support/trial.h"

#define USER 1000

struct odd {
	const char *name;
	int (*spoil)(int);
	int arg;
	enum trial_kind kind;
};

/* ---- descriptors --------------------------------------------------------- */

/* As bits. What a check has to say goes to a copy high up. */
static int
close_standard(int which)
{
	int i, fd = fcntl(2, F_DUPFD_CLOEXEC, 100);
	FILE *out;

	CHECK(fd >= 0);
	for (i = 0; i < 3; i++)
		if (which & (1 << i))
			close(i);
	if (which & 4) {
		out = fdopen(fd, "w");
		CHECK(out != NULL);
		setlinebuf(out);
		stderr = out;
	}
	return 0;
}

/* ---- folders and masks --------------------------------------------------- */

static int
no_rights(int unused)
{
	(void)unused;
	umask(0777);
	return 0;
}

static int
no_folder(int unused)
{
	char dir[] = "/tmp/glovebox-gone-XXXXXX";

	(void)unused;
	CHECK(mkdtemp(dir) != NULL && chdir(dir) == 0 && rmdir(dir) == 0);
	return 0;
}

/* ---- signals and timers -------------------------------------------------- */

static int
block_all(int unused)
{
	sigset_t all;

	(void)unused;
	sigfillset(&all);
	CHECK(sigprocmask(SIG_SETMASK, &all, NULL) == 0);
	return 0;
}

static int
ignore_all(int unused)
{
	int sig;

	(void)unused;
	for (sig = 1; sig < NSIG; sig++)
		(void)signal(sig, SIG_IGN);
	return 0;
}

static void
do_nothing(int sig)
{
	(void)sig;
}

static int
run_timers(int unused)
{
	struct itimerval often = {{0, 2000}, {0, 2000}};
	struct sigaction act = {.sa_handler = do_nothing};

	(void)unused;
	sigaction(SIGALRM, &act, NULL);
	sigaction(SIGVTALRM, &act, NULL);
	sigaction(SIGPROF, &act, NULL);
	CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
	CHECK(setitimer(ITIMER_VIRTUAL, &often, NULL) == 0);
	CHECK(setitimer(ITIMER_PROF, &often, NULL) == 0);
	return 0;
}

/* ---- what a host may have set for itself --------------------------------- */

static int
set_prctl(int option)
{
	CHECK(prctl(option, option == PR_SET_DUMPABLE ? 0 : 1, 0, 0, 0) == 0);
	return 0;
}

/* The limit and no way back. */
static int
limit_to_nothing(int resource)
{
	struct rlimit none = {0, 0};

	/* What a test says may go to a file, and would end it. */
	if (resource == RLIMIT_FSIZE)
		CHECK(freopen("/dev/null", "w", stderr) != NULL);
	CHECK(setrlimit((__rlimit_resource_t)resource, &none) == 0);
	return 0;
}

static int
few_processes(int n)
{
	struct rlimit few = {(rlim_t)n, (rlim_t)n};

	CHECK(setrlimit(RLIMIT_NPROC, &few) == 0);
	return 0;
}

static int
little_memory(int mib)
{
	struct rlimit little = {(rlim_t)mib << 20, (rlim_t)mib << 20};

	CHECK(setrlimit(RLIMIT_AS, &little) == 0);
	return 0;
}

static const struct odd odds[] = {
    {"no stdin", close_standard, 1, TRIAL_WORKS},
    {"no stdout", close_standard, 2, TRIAL_WORKS},
    {"no stdin, no stdout", close_standard, 3, TRIAL_WORKS},
    {"no stderr", close_standard, 4, TRIAL_WORKS},
    {"no stdin, no stderr", close_standard, 5, TRIAL_WORKS},
    {"no stdout, no stderr", close_standard, 6, TRIAL_WORKS},
    {"no standard descriptor", close_standard, 7, TRIAL_WORKS},
    {"umask 0777", no_rights, 0, TRIAL_WORKS},
    {"in a folder that is gone", no_folder, 0, TRIAL_WORKS},
    {"all signals blocked", block_all, 0, TRIAL_WORKS},
    {"all signals ignored", ignore_all, 0, TRIAL_WORKS},
    {"three timers", run_timers, 0, TRIAL_WORKS},
    {"no new privileges", set_prctl, PR_SET_NO_NEW_PRIVS, TRIAL_WORKS},
    {"not dumpable", set_prctl, PR_SET_DUMPABLE, TRIAL_WORKS},
    {"adopts orphans", set_prctl, PR_SET_CHILD_SUBREAPER, TRIAL_WORKS},
    {"no core", limit_to_nothing, RLIMIT_CORE, TRIAL_WORKS},
    {"no locked memory", limit_to_nothing, RLIMIT_MEMLOCK, TRIAL_WORKS},
    {"no queues", limit_to_nothing, RLIMIT_MSGQUEUE, TRIAL_WORKS},
    {"no nice", limit_to_nothing, RLIMIT_NICE, TRIAL_WORKS},
    {"no real time", limit_to_nothing, RLIMIT_RTPRIO, TRIAL_WORKS},
    {"no queued signals", limit_to_nothing, RLIMIT_SIGPENDING,
	TRIAL_MAY_REFUSE},
    {"no file size", limit_to_nothing, RLIMIT_FSIZE, TRIAL_MAY_REFUSE},
    {"no data", limit_to_nothing, RLIMIT_DATA, TRIAL_MAY_REFUSE},
    {"no stack", limit_to_nothing, RLIMIT_STACK, TRIAL_MAY_REFUSE},
    {"no memory", limit_to_nothing, RLIMIT_AS, TRIAL_MAY_REFUSE},
    {"no descriptors", limit_to_nothing, RLIMIT_NOFILE, TRIAL_MAY_REFUSE},
    {"no processes", limit_to_nothing, RLIMIT_NPROC, TRIAL_MAY_REFUSE},
    {"1 process", few_processes, 1, TRIAL_MAY_REFUSE},
    {"2 processes", few_processes, 2, TRIAL_MAY_REFUSE},
    {"3 processes", few_processes, 3, TRIAL_MAY_REFUSE},
    {"4 processes", few_processes, 4, TRIAL_MAY_REFUSE},
    {"32 MiB", little_memory, 32, TRIAL_MAY_REFUSE},
    {"256 MiB", little_memory, 256, TRIAL_MAY_REFUSE},
    {"1 GiB", little_memory, 1024, TRIAL_MAY_REFUSE},
};
#define ODDS (sizeof(odds) / sizeof(odds[0]))

static const struct odd *this_odd;
static bool as_user;

static int
try_odd(void)
{
	char name[80];
	uint32_t posture;

	if (as_user)
		CHECK(host_become(USER));
	snprintf(name, sizeof(name), "%s%s", this_odd->name,
	    as_user ? ", as a user" : "");
	CHECK(this_odd->spoil(this_odd->arg) == 0);
	return trial_here(name, this_odd->kind, NULL, &posture);
}

static void
test_odd(void **state)
{
	this_odd = *state;
	as_user = false;
	assert_int_equal(host_in_child(try_odd, 60), 0);
	as_user = geteuid() == 0;
	if (as_user)
		assert_int_equal(host_in_child(try_odd, 60), 0);
}

/* ---- what the library's own processes get of it -------------------------- */

/* Who ignores or blocks a signal leaves that to the programs he starts
 * (execve(2)); a worker's timer would then not end it. init alone ignores one,
 * SIGCHLD. */
static int
with_odd_signals(void)
{
	const long chld = 1L << (SIGCHLD - 1);
	struct gbx_broker *broker;
	long pid[64];
	int i, n;

	CHECK(ignore_all(0) == 0 && block_all(0) == 0);
	broker = host_open();
	CHECK(broker != NULL);
	CHECK(host_many(broker, 10));
	n = census_pids(pid, 64);
	CHECK(n >= 3);
	for (i = 0; i < n; i++) {
		CHECK(proc_status((pid_t)pid[i], "SigBlk", 16) == 0);
		CHECK((proc_status((pid_t)pid[i], "SigIgn", 16) & ~chld) == 0);
	}
	gbx_broker_close(broker);
	return 0;
}

static void
test_signals_not_passed_on(void **state)
{
	(void)state;
	assert_int_equal(host_in_child(with_odd_signals, 60), 0);
}

/* ---- holes --------------------------------------------------------------- */

#define LOW 6 /* what a program of ours gets: spawn.c, place_fds */

/* By a pipe, so that a program is started for it. */
static bool
run_pipe(struct gbx_broker *broker)
{
	struct gbx_result *r = NULL;
	struct gbx_input input;
	struct gbx_job job;
	int ends[2], in, out;
	bool right;

	host_job(HOST_SMALL, &input, &job);
	if (pipe(ends) != 0)
		return false;
	/* They must not fill the holes. */
	in = fcntl(ends[0], F_DUPFD_CLOEXEC, 100);
	out = fcntl(ends[1], F_DUPFD_CLOEXEC, 100);
	close(ends[0]);
	close(ends[1]);
	right = write(out, input.data, input.length) == (ssize_t)input.length;
	close(out);
	input.data = NULL;
	input.length = 0;
	input.fd = in;
	right = right && gbx_run(broker, &input, &job, &r) == GBX_OK &&
		host_right(HOST_SMALL, r);
	close(in);
	gbx_result_free(r);
	return right;
}

/* Every set of the low descriptors, closed when a program is started. */
static int
with_holes(void)
{
	int i, mask, right = 0, null, err = fcntl(2, F_DUPFD_CLOEXEC, 100);
	struct gbx_broker *broker;

	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	CHECK(err >= 0 && null >= 0);
	null = fcntl(null, F_DUPFD_CLOEXEC, 100);
	for (mask = 0; mask < 1 << LOW; mask++) {
		for (i = 0; i < LOW; i++)
			dup2(null, i);
		broker = host_open();
		for (i = 0; i < LOW; i++)
			if (mask & 1 << i)
				close(i);
		/* What it opens now goes into the holes. */
		right += broker != NULL && run_pipe(broker);
		gbx_broker_close(broker);
	}
	dup2(err, 2);
	fprintf(stderr, "# with holes: %d of %d\n", right, mask);
	return right == mask ? 0 : 1;
}

static void
test_holes(void **state)
{
	(void)state;
	assert_int_equal(host_in_child(with_holes, 60), 0);
}

/* ---- threads that come and go -------------------------------------------- */

static struct gbx_broker *opened;

static void *
open_here(void *unused)
{
	(void)unused;
	opened = host_open();
	return NULL;
}

/* A signal at the death of the parent would follow the thread: prctl(2). */
static void
test_opened_by_a_thread_that_ended(void **state)
{
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, open_here, NULL), 0);
	pthread_join(thread, NULL);
	assert_non_null(opened);
	host_sleep_ms(100);
	assert_true(host_many(opened, 20));
	assert_true(host_run(opened, HOST_LARGE));
	gbx_broker_close(opened);
}

static pthread_t main_thread;

static void *
outlive_main(void *unused)
{
	uint32_t posture;

	(void)unused;
	pthread_join(main_thread, NULL);
	_exit(trial_here("main has returned", TRIAL_WORKS, NULL, &posture));
}

static int
main_ends(void)
{
	pthread_t thread;

	main_thread = pthread_self();
	CHECK(pthread_create(&thread, NULL, outlive_main, NULL) == 0);
	pthread_exit(NULL);
}

static void
test_main_thread_ends(void **state)
{
	(void)state;
	assert_int_equal(host_in_child(main_ends, 60), 0);
}

#define SMALL_STACK 65536

static void *
all_on_a_small_stack(void *ret_status)
{
	struct gbx_broker *broker = host_open();

	*(int *)ret_status = broker == NULL || !host_many(broker, 20) ||
			     !host_run(broker, HOST_LARGE);
	gbx_broker_close(broker);
	return NULL;
}

static void
test_small_stack(void **state)
{
	pthread_attr_t attr;
	pthread_t thread;
	int status = -1;

	(void)state;
	pthread_attr_init(&attr);
	assert_int_equal(pthread_attr_setstacksize(&attr, SMALL_STACK), 0);
	assert_int_equal(
	    pthread_create(&thread, &attr, all_on_a_small_stack, &status), 0);
	pthread_join(thread, NULL);
	pthread_attr_destroy(&attr);
	assert_int_equal(status, 0);
}

int
main(void)
{
	static struct CMUnitTest tests[ODDS + 5];
	size_t i, n = 0;
	int failed;

	for (i = 0; i < ODDS; i++)
		tests[n++] = (struct CMUnitTest){.name = odds[i].name,
		    .test_func = test_odd,
		    .teardown_func = host_nothing_left,
		    .initial_state = (void *)&odds[i]};
	tests[n++] = (struct CMUnitTest)cmocka_unit_test_teardown(
	    test_signals_not_passed_on, host_nothing_left);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test_teardown(
	    test_holes, host_nothing_left);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test_teardown(
	    test_opened_by_a_thread_that_ended, host_nothing_left);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test_teardown(
	    test_main_thread_ends, host_nothing_left);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test_teardown(
	    test_small_stack, host_nothing_left);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests_name("odd", tests, trial_set_up, NULL);
	trial_score();
	return failed;
}
