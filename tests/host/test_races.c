/* SPDX-License-Identifier: ISC */
/*
 * Hosts whose other threads do what hurts: wait for any child, take every
 * SIGCHLD, fork and exec all the time, or are very many. Side: caller.
 *
 * Fails if taken out: SOCK_CLOEXEC of gbx_ipc_pair, MFD_CLOEXEC of
 * gbx_memfd_new, MSG_CMSG_CLOEXEC (programs that the host starts).
 */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/census.h"
#include "tests/support/cmocka.h"
#include "tests/support/host.h"
#include "tests/support/trial.h"

static atomic_bool over;
static atomic_int events, bad;

static int
use_brokers(int rounds)
{
	struct gbx_broker *broker;
	int i;

	for (i = 0; i < rounds; i++) {
		broker = host_open();
		CHECK(broker != NULL);
		CHECK(host_many(broker, 40));
		CHECK(host_run(broker, HOST_LARGE));
		gbx_broker_close(broker);
	}
	return 0;
}

static int
beside(void *(*thief)(void *), int threads, int rounds)
{
	pthread_t thread[8];
	int i, status;

	for (i = 0; i < threads; i++)
		CHECK(pthread_create(&thread[i], NULL, thief, NULL) == 0);
	status = use_brokers(rounds);
	over = true;
	for (i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	fprintf(stderr, "# %d times\n", (int)events);
	CHECK(bad == 0);
	return status;
}

/* ---- those who wait for any child ---------------------------------------- */

/* Even for those that have no SIGCHLD: only the helper of a moment is one. */
static void *
wait_for_any(void *unused)
{
	siginfo_t info;

	(void)unused;
	while (!over) {
		if (waitpid(-1, NULL, WNOHANG | __WALL) > 0)
			events++;
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | __WALL) == 0 &&
		    info.si_pid != 0)
			events++;
	}
	return NULL;
}

static int
with_thieves(void)
{
	uint32_t posture;

	CHECK(beside(wait_for_any, 2, 5) == 0);
	return trial_here("children are stolen", TRIAL_WORKS, NULL, &posture);
}

static void *
take_signals(void *unused)
{
	struct timespec nap = {0, 10000000};
	sigset_t set;

	(void)unused;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	while (!over) {
		if (sigtimedwait(&set, NULL, &nap) == SIGCHLD)
			events++;
		if (waitpid(-1, NULL, WNOHANG) > 0)
			bad++;
	}
	return NULL;
}

/* No SIGCHLD of ours for them either. */
static int
with_signal_takers(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
	CHECK(beside(take_signals, 2, 5) == 0);
	CHECK(events == 0);
	return 0;
}

static void
test_thieves(void **state)
{
	(void)state;
	assert_int_equal(host_in_child(with_thieves, 120), 0);
	assert_int_equal(host_in_child(with_signal_takers, 120), 0);
}

/* ---- those who start programs -------------------------------------------- */

extern char **environ;

/* What this program does then: how many descriptors came with it? */
static int
count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *e;
	int n = 0;

	while (dir != NULL && (e = readdir(dir)) != NULL)
		n += e->d_name[0] != '.' && atoi(e->d_name) > 2 &&
		     atoi(e->d_name) != dirfd(dir);
	if (dir == NULL)
		return 99;
	closedir(dir);
	return n;
}

static int usual; /* of the test itself, from whoever started it */

/* Its exit status: that number, or -1. */
static int
start_program(void)
{
	char name[] = "test_races", word[] = "count";
	char *argv[] = {name, word, NULL};
	int status;
	pid_t pid;

	if (posix_spawn(&pid, "/proc/self/exe", NULL, NULL, argv, environ) !=
		0 ||
	    waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static void *
start_programs(void *unused)
{
	int n;

	(void)unused;
	while (!over) {
		n = start_program();
		events++;
		bad += n != usual;
		if (n != usual)
			fprintf(stderr, "# %d came along, not %d\n", n, usual);
	}
	return NULL;
}

static int
with_starters(void)
{
	usual = start_program();
	CHECK(usual >= 0);
	CHECK(beside(start_programs, 2, 8) == 0);
	CHECK(events > 5);
	return 0;
}

static void *
fork_children(void *unused)
{
	int status;
	pid_t pid;

	(void)unused;
	while (!over) {
		pid = fork();
		if (pid == 0)
			_exit(7);
		events++;
		if (pid < 0 || waitpid(pid, &status, 0) != pid ||
		    status != 7 << 8)
			bad++;
	}
	return NULL;
}

static int
with_forkers(void)
{
	CHECK(beside(fork_children, 2, 5) == 0);
	CHECK(events > 5);
	return 0;
}

static void
test_starters(void **state)
{
	(void)state;
	assert_int_equal(host_in_child(with_starters, 120), 0);
	assert_int_equal(host_in_child(with_forkers, 120), 0);
}

/* ---- those who are many -------------------------------------------------- */

#define MANY 64

static void *
run_some(void *broker)
{
	int i;

	for (i = 0; i < 5; i++)
		bad += !host_run(broker, i == 0 ? HOST_LARGE : HOST_SMALL);
	return NULL;
}

static void
test_many_threads(void **state)
{
	struct gbx_broker *broker = host_open();
	pthread_attr_t attr;
	pthread_t thread[MANY];
	int i;

	(void)state;
	assert_non_null(broker);
	pthread_attr_init(&attr);
	assert_int_equal(pthread_attr_setstacksize(&attr, 65536), 0);
	for (i = 0; i < MANY; i++)
		assert_int_equal(
		    pthread_create(&thread[i], &attr, run_some, broker), 0);
	for (i = 0; i < MANY; i++)
		pthread_join(thread[i], NULL);
	pthread_attr_destroy(&attr);
	assert_int_equal(bad, 0);
	gbx_broker_close(broker);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(test_thieves, host_nothing_left),
	    cmocka_unit_test_teardown(test_starters, host_nothing_left),
	    cmocka_unit_test_teardown(test_many_threads, host_nothing_left),
	};
	int failed;

	if (argc == 2 && strcmp(argv[1], "count") == 0)
		return count_fds();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed =
	    cmocka_run_group_tests_name("races", tests, trial_set_up, NULL);
	trial_score();
	return failed;
}
