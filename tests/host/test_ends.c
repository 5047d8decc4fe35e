/* SPDX-License-Identifier: ISC */
/*
 * Ends: of the broker under load, of the host by kill -9, of one half of a
 * fork. Nothing is left but results. Side: caller.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/census.h"
#include "tests/support/cmocka.h"
#include "tests/support/host.h"

/* ---- close under load ---------------------------------------------------- */

#define KEPT 6

static void
test_close_under_load(void **state)
{
	struct gbx_result *kept[KEPT], *r;
	enum host_size size[KEPT];
	int i, fd, fds = census_fds();
	struct gbx_broker *broker = host_open();

	(void)state;
	assert_non_null(broker);
	for (i = 0; i < KEPT; i++) {
		size[i] = i & 1 ? HOST_LARGE : HOST_SMALL;
		assert_true(host_submit(broker, size[i], NULL));
		assert_int_equal(gbx_collect(broker, 60000, &kept[i]), GBX_OK);
	}
	for (i = 0; i < 60; i++)
		assert_true(host_submit(
		    broker, i % 10 == 0 ? HOST_HUGE : HOST_SMALL, NULL));
	for (i = 0; i < 5; i++) {
		assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
		gbx_result_free(r);
	}
	gbx_broker_close(broker);
	assert_true(census_none_after(0));
	/* Large ones are memfds; copied ones are plain memory. */
	assert_int_equal(census_fds(), fds + KEPT / 2);
	for (i = 0; i < KEPT; i++) {
		assert_true(host_right(size[i], kept[i]));
		assert_int_equal(gbx_result_memfd(kept[i], 0, &fd), GBX_OK);
		close(fd);
		gbx_result_free(kept[i]);
	}
	assert_int_equal(census_fds(), fds);
	assert_int_equal(census_memfds(), 0);
}

static void
test_close_while_copying(void **state)
{
	int pipes[2], i, fds = census_fds();
	struct gbx_broker *broker = host_open();
	struct gbx_input input;
	struct gbx_job job;

	(void)state;
	assert_non_null(broker);
	assert_int_equal(pipe(pipes), 0);
	for (i = 0; i < 4; i++) {
		host_job(HOST_SMALL, &input, &job);
		gbx_input_init(&input);
		input.fd = pipes[0];
		assert_int_equal(
		    gbx_submit(broker, &input, &job, NULL), GBX_OK);
	}
	gbx_broker_close(broker);
	assert_true(census_none_after(0));
	close(pipes[0]);
	close(pipes[1]);
	assert_int_equal(census_fds(), fds);
}

/* ---- kill -9 of the host ------------------------------------------------- */

static int said[2];

static void
load_for_ever(void)
{
	struct gbx_broker *broker = host_open();
	struct gbx_input slow;
	struct gbx_result *r;
	struct gbx_job job;
	int i, pipes[2];

	if (broker == NULL || pipe(pipes) != 0)
		_exit(1);
	host_job(HOST_SMALL, &slow, &job);
	gbx_input_init(&slow);
	slow.fd = pipes[0];
	if (gbx_submit(broker, &slow, &job, NULL) != GBX_OK)
		_exit(1);
	for (i = 0;; i++) {
		if (!host_submit(
			broker, i % 8 == 0 ? HOST_HUGE : HOST_SMALL, NULL))
			_exit(1);
		if (i < 8)
			continue;
		if (gbx_collect(broker, 60000, &r) != GBX_OK)
			_exit(1);
		gbx_result_free(r);
		if (i == 20 && write(said[1], "", 1) != 1)
			_exit(1);
	}
}

static pid_t
start_host(void)
{
	char byte;
	pid_t host;

	assert_int_equal(pipe(said), 0);
	host = fork();
	if (host == 0) {
		close(said[0]);
		load_for_ever();
	}
	close(said[1]);
	assert_int_equal(read(said[0], &byte, 1), 1);
	return host;
}

static void
test_host_killed(void **state)
{
	pid_t host;
	int i;

	(void)state;
	for (i = 0; i < 5; i++) {
		host = start_host();
		host_sleep_ms((unsigned int)(rand() % 50));
		assert_true(census_some_within(3, 1000));
		assert_int_equal(kill(host, SIGKILL), 0);
		assert_int_equal(waitpid(host, NULL, 0), host);
		assert_true(census_none_after(1000));
		close(said[0]);
	}
}

/* A child that the host forked holds every descriptor of the broker: sockets,
 * pidfds, the one of init. */
static void
hold_everything(int sig)
{
	pid_t pid = fork();

	(void)sig;
	if (pid == 0) {
		alarm(60);
		for (;;)
			pause();
	}
	if (write(said[1], &pid, sizeof(pid)) != sizeof(pid))
		_exit(1);
}

static void
test_host_killed_child_holds(void **state)
{
	struct sigaction act = {
	    .sa_handler = hold_everything, .sa_flags = SA_RESTART};
	pid_t host, child = 0;

	(void)state;
	sigaction(SIGUSR1, &act, NULL);
	host = start_host();
	assert_int_equal(kill(host, SIGUSR1), 0);
	assert_int_equal(read(said[0], &child, sizeof(child)), sizeof(child));
	assert_true(census_some_within(3, 1000));
	assert_int_equal(kill(host, SIGKILL), 0);
	assert_int_equal(waitpid(host, NULL, 0), host);
	assert_true(census_none_after(1000));
	assert_int_equal(kill(child, 0), 0);
	assert_int_equal(kill(child, SIGKILL), 0);
	close(said[0]);
	signal(SIGUSR1, SIG_DFL);
}

/* ---- fork ---------------------------------------------------------------- */

static struct gbx_broker *shared;

static int
in_forked_child(void)
{
	struct gbx_stats stats = {.size = sizeof(stats)};
	struct gbx_result *r;
	struct gbx_input input;
	struct gbx_job job;

	host_job(HOST_SMALL, &input, &job);
	CHECK(gbx_run(shared, &input, &job, &r) == GBX_ERR_FORKED);
	CHECK(gbx_submit(shared, &input, &job, NULL) == GBX_ERR_FORKED);
	CHECK(gbx_collect(shared, 0, &r) == GBX_ERR_FORKED);
	CHECK(gbx_cancel(shared, 1) == GBX_ERR_FORKED);
	CHECK(gbx_broker_stats(shared, &stats) == GBX_ERR_FORKED);
	return 0;
}

static int
close_in_forked_child(void)
{
	struct gbx_broker *own;

	CHECK(in_forked_child() == 0);
	gbx_broker_close(shared);
	/* and one of its own works */
	own = host_open();
	CHECK(own != NULL);
	CHECK(host_run(own, HOST_SMALL));
	gbx_broker_close(own);
	return 0;
}

static void
test_fork(void **state)
{
	struct gbx_result *r;
	int i, fds;

	(void)state;
	shared = host_open();
	assert_non_null(shared);
	fds = census_fds();
	for (i = 0; i < 10; i++) {
		/* jobs queued, running and done while it forks */
		assert_true(host_submit(shared, HOST_HUGE, NULL));
		assert_true(host_submit(shared, HOST_SMALL, NULL));
		assert_true(host_submit(shared, HOST_LARGE, NULL));
		assert_int_equal(
		    host_in_child(
			i & 1 ? close_in_forked_child : in_forked_child, 60),
		    0);
		assert_true(host_run(shared, HOST_SMALL));
		assert_int_equal(gbx_collect(shared, 60000, &r), GBX_OK);
		assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_OK);
		gbx_result_free(r);
		assert_int_equal(gbx_collect(shared, 60000, &r), GBX_OK);
		assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_OK);
		gbx_result_free(r);
		assert_int_equal(gbx_collect(shared, 60000, &r), GBX_OK);
		assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_OK);
		gbx_result_free(r);
	}
	assert_in_range(census_fds(), 1, fds + 40);
	gbx_broker_close(shared);
}

/* fork(2) into a new pid namespace: the child's id is 1. */
static pid_t
fork_as_first(void)
{
	return (pid_t)syscall(
	    SYS_clone, CLONE_NEWPID | SIGCHLD, NULL, NULL, NULL, NULL);
}

/* A container's host is often its pid 1, and what it starts in a container of
 * its own has that id again: the id does not tell the two apart. */
static int
first_of_namespace(void)
{
	pid_t pid;
	int end;

	CHECK(getpid() == 1);
	shared = host_open();
	CHECK(shared != NULL);
	CHECK(host_submit(shared, HOST_SMALL, NULL));
	pid = fork_as_first();
	if (pid == 0)
		_exit(getpid() == 1 ? close_in_forked_child() : 2);
	CHECK(pid > 0);
	end = host_end_of(pid, 60000);
	if (end < 0)
		kill(pid, SIGKILL);
	CHECK(end == 0);
	CHECK(host_run(shared, HOST_SMALL));
	gbx_broker_close(shared);
	return 0;
}

static void
test_fork_same_id(void **state)
{
	pid_t pid = fork_as_first();
	int end;

	(void)state;
	if (pid < 0) {
		print_message("# no pid namespace: %s\n", strerror(errno));
		skip();
	}
	if (pid == 0)
		_exit(first_of_namespace());
	end = host_end_of(pid, 120000);
	if (end < 0)
		kill(pid, SIGKILL);
	assert_int_equal(end, 0);
}

/* The child of the host outlives the close: still no process may be left. */
static int
sleep_a_while(void)
{
	host_sleep_ms(3000);
	return 0;
}

static void
test_close_while_child_holds(void **state)
{
	struct gbx_broker *broker = host_open();
	pid_t pid;

	(void)state;
	assert_non_null(broker);
	assert_true(host_many(broker, 20));
	pid = fork();
	if (pid == 0)
		_exit(sleep_a_while());
	assert_true(host_many(broker, 20));
	gbx_broker_close(broker);
	assert_true(census_none_after(0));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Nothing of ours may be passed on to programs that the host starts. */
static void
test_nothing_inherited(void **state)
{
	struct gbx_broker *broker = host_open();
	struct gbx_result *r;
	char out[4096];
	size_t n;
	FILE *p;

	(void)state;
	assert_non_null(broker);
	assert_true(host_submit(broker, HOST_HUGE, NULL));
	assert_true(host_submit(broker, HOST_LARGE, NULL));
	p = popen("ls -l /proc/self/fd", "re");
	assert_non_null(p);
	n = fread(out, 1, sizeof(out) - 1, p);
	out[n] = '\0';
	pclose(p);
	assert_non_null(strstr(out, "pipe:"));
	assert_null(strstr(out, "memfd:"));
	assert_null(strstr(out, "anon_inode:"));
	assert_null(strstr(out, "socket:"));
	assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
	gbx_result_free(r);
	gbx_broker_close(broker);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(test_close_under_load, host_nothing_left),
	    cmocka_unit_test_teardown(
		test_close_while_copying, host_nothing_left),
	    cmocka_unit_test_teardown(test_host_killed, host_nothing_left),
	    cmocka_unit_test_teardown(
		test_host_killed_child_holds, host_nothing_left),
	    cmocka_unit_test_teardown(test_fork, host_nothing_left),
	    cmocka_unit_test_teardown(test_fork_same_id, host_nothing_left),
	    cmocka_unit_test_teardown(
		test_close_while_child_holds, host_nothing_left),
	    cmocka_unit_test_teardown(
		test_nothing_inherited, host_nothing_left),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("ends", tests, host_set_up, NULL);
}
