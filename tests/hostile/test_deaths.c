/* SPDX-License-Identifier: ISC */
/*
 * Processes of the sandbox that die or freeze by themselves, as under memory
 * pressure or by an administrator's hand: idle workers, busy ones, zygotes,
 * init. Jobs that were hit get a true verdict, the next ones are fine.
 * Side: tests; public header, and signals to the broker's own processes.
 *
 * Fails if taken out: EPIPE in not_started of broker/schedule.c; o->again
 * in gbx_deliver_failure of broker/deliver.c, or in gbx_judge_suspect of
 * broker/judge.c; by_seccomp in killed_by_seccomp there.
 */
#include "tests/support/cmocka.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/liar.h"
#include "tests/support/proc.h"
#include "tests/support/slow.h"

/* The test kills what this finds, and it finds only what is below the test. */
static pid_t
only_zygote(void)
{
	struct proc_list list;

	proc_zygotes(&list);
	assert_int_equal(list.n, 1);
	return list.pid[0];
}

static void
signal_all(const struct proc_list *list, int sig)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		assert_true(kill(list->pid[i], sig) == 0 || errno == ESRCH);
}

static void
wait_state(pid_t pid, const char *states)
{
	int i;

	for (i = 0; i < 30000; i++) {
		char c = proc_state(pid);

		if (c == '\0' || strchr(states, c) != NULL)
			return;
		sleep_ms(1);
	}
	fail_msg("process %d did not get there", (int)pid);
}

/* A frozen or killed idle worker means "replace": no verdict of any job, and
 * no new zygote for it. */
static void
test_idle_killed(void **state)
{
	struct gbx_broker *broker = *state;
	struct proc_list workers;
	uint64_t before, began, slow = 0;
	size_t i;
	int round;

	liar_expect_fine(broker, LIAR_PNG);
	before = liar_zygotes_started(broker);
	for (round = 0; round < 10; round++) {
		proc_workers_settled(only_zygote(), &workers);
		assert_in_range(workers.n, 1, PROC_LIST_MAX);
		signal_all(&workers, SIGKILL);
		for (i = 0; i < workers.n; i++)
			wait_state(workers.pid[i], "ZX");
		began = now_ms();
		liar_expect_fine(broker, LIAR_PNG);
		/* Half of what a zygote may be silent, for the clock of a busy
		 * machine is not the broker's. */
		slow += now_ms() - began >= 500;
	}
	assert_in_range(liar_zygotes_started(broker), before, before + slow);
}

/* Stopped, it can't be told from a slow one: the job ends at its wall limit,
 * and not later; no other one waits for it. */
static void
test_idle_stopped(void **state)
{
	struct gbx_broker *broker = *state;
	struct proc_list workers;
	struct gbx_result *r;
	struct gbx_job job;
	uint64_t began;
	size_t late = 0, i;

	liar_expect_fine(broker, LIAR_PNG);
	proc_workers_settled(only_zygote(), &workers);
	signal_all(&workers, SIGSTOP);
	for (i = 0; i < workers.n; i++)
		wait_state(workers.pid[i], "TZX");
	liar_job(&job, GBX_OP_DECODE);
	job.limit[GBX_LIMIT_WALL] = 200;
	for (i = 0; i <= workers.n; i++) {
		began = now_ms();
		r = liar_run(broker, LIAR_PNG, "image 1 1 1", &job);
		assert_in_range(now_ms() - began, 0, in_time(2000));
		if (gbx_result_verdict(r) != GBX_VERDICT_OK)
			assert_int_equal(
			    gbx_result_verdict(r), GBX_VERDICT_DEADLINE);
		late += gbx_result_verdict(r) == GBX_VERDICT_DEADLINE;
		gbx_result_free(r);
	}
	assert_in_range(late, 1, workers.n);
	liar_expect_fine(broker, LIAR_PNG);
}

/* Kill the worker that is busy, as soon as one is. */
static void
kill_busy(struct gbx_broker *broker)
{
	struct gbx_result *r = NULL;
	struct proc_list zygotes;
	pid_t busy = 0;
	size_t z;
	int i;

	for (i = 0; i < 4000 && busy == 0; i++) {
		assert_int_equal(gbx_collect(broker, 20, &r), GBX_ERR_AGAIN);
		proc_zygotes(&zygotes);
		for (z = 0; z < zygotes.n && busy == 0; z++)
			busy = proc_spinning(zygotes.pid[z], 3);
	}
	assert_true(busy > 0);
	assert_int_equal(kill(busy, SIGKILL), 0);
	wait_state(busy, "ZX");
}

static void
submit_long(struct gbx_broker *broker, const char *script)
{
	struct gbx_job job;

	liar_job(&job, GBX_OP_DECODE);
	job.limit[GBX_LIMIT_WALL] = job.limit[GBX_LIMIT_CPU] = 20000;
	liar_submit(broker, LIAR_PNG, script, &job);
}

/* Killed by the OOM killer, as here by hand: the input is not to be blamed. It
 * is tried once more; killed again, it ends as an error of the host's: no
 * crash, no violation (`strict` has the same signal), no limit. */
static void
test_busy_killed(void **state)
{
	struct gbx_broker *broker = *state;
	struct gbx_result *r = NULL;

	submit_long(broker, "spin");
	kill_busy(broker);
	kill_busy(broker);
	assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
	assert_string_equal(gbx_verdict_name(gbx_result_verdict(r)), "error");
	assert_int_equal(gbx_result_errno(r), ENOMEM);
	assert_int_equal(gbx_result_signal(r), 0);
	assert_non_null(strstr(gbx_result_detail(r), "killed from outside"));
	gbx_result_free(r);
	liar_expect_fine(broker, LIAR_PNG);
}

static void
test_busy_killed_once(void **state)
{
	struct gbx_broker *broker = *state;
	struct gbx_result *r = NULL;

	submit_long(broker, "delay 300000000 image 4 4 1");
	kill_busy(broker);
	assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
	assert_string_equal(gbx_verdict_name(gbx_result_verdict(r)), "ok");
	gbx_result_free(r);
	liar_expect_fine(broker, LIAR_PNG);
}

/* ---- a zygote is killed under load --------------------------------------- */

#define LOAD  300
#define WIDTH 3

struct load {
	size_t ok, lost, other;
};

/* Its end is not known, or not its lock: then nothing of it is believed. Or it
 * was killed twice. */
static bool
is_lost(const struct gbx_result *r)
{
	int err = gbx_result_errno(r);

	return gbx_result_verdict(r) == GBX_VERDICT_ERROR &&
	       (err == ECHILD || err == ESRCH || err == ENOMEM);
}

static void
judge(struct gbx_result *r, struct load *load)
{
	enum gbx_verdict verdict = gbx_result_verdict(r);

	if (verdict == GBX_VERDICT_OK)
		load->ok++;
	else if (is_lost(r))
		load->lost++;
	else
		load->other++;
	if (load->other > 0)
		print_error("# %s, signal %d, errno %d: %s\n",
		    gbx_verdict_name(verdict), gbx_result_signal(r),
		    gbx_result_errno(r), gbx_result_detail(r));
	gbx_result_free(r);
}

/* kills[i] of those left are due after so many more results. */
static void
kill_zygotes_at(size_t collected, unsigned int *next)
{
	struct proc_list zygotes;

	if (collected < *next)
		return;
	*next = (unsigned int)collected + 10 + (unsigned int)rand() % 10;
	/* Somewhere within the next job, not always at its beginning. */
	usleep((useconds_t)rand() % 4000);
	proc_zygotes(&zygotes);
	signal_all(&zygotes, SIGKILL);
}

static void
test_zygote_killed(void **state)
{
	struct gbx_broker *broker = *state;
	size_t submitted = 0, collected = 0;
	struct load load = {0, 0, 0};
	struct gbx_result *r;
	struct gbx_job job;
	unsigned int next = 4;
	uint64_t began = now_ms();

	srand(7);
	liar_job(&job, GBX_OP_DECODE);
	while (collected < LOAD) {
		for (; submitted < LOAD && submitted < collected + WIDTH;
		     submitted++)
			liar_submit(broker, LIAR_PNG,
			    "delay 1000000 image 4 4 1", &job);
		kill_zygotes_at(collected, &next);
		assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
		judge(r, &load);
		collected++;
	}
	printf("# zygotes killed under %d jobs: %zu ok, %zu lost, "
	       "%zu other, %llu ms, %llu zygotes\n",
	    LOAD, load.ok, load.lost, load.other,
	    (unsigned long long)(now_ms() - began),
	    (unsigned long long)liar_zygotes_started(broker));
	fflush(stdout);
	assert_int_equal(load.other, 0);
	/* Hit once, it runs again; only hit twice is it told. */
	assert_in_range(load.lost, 0, LOAD / 50);
	assert_in_range(liar_zygotes_started(broker), 8, 60);
	liar_expect_fine(broker, LIAR_PNG);
}

/* Nobody answers orders for workers any more. What waits for one must not wait
 * for ever, and the broker must come back by itself. */
static void
test_zygote_stopped(void **state)
{
	struct gbx_broker *broker = *state;
	struct gbx_result *r = NULL;
	struct proc_list zygotes;
	struct gbx_job job;
	uint64_t began;
	int i, verdict[16] = {0};

	liar_expect_fine(broker, LIAR_PNG);
	proc_zygotes(&zygotes);
	signal_all(&zygotes, SIGSTOP);
	liar_job(&job, GBX_OP_DECODE);
	job.limit[GBX_LIMIT_WALL] = 300;
	for (i = 0; i < 8; i++)
		liar_submit(broker, LIAR_PNG, "image 1 1 1", &job);
	began = now_ms();
	for (i = 0; i < 8; i++) {
		if (gbx_collect(broker, 100000, &r) != GBX_OK) {
			signal_all(&zygotes, SIGCONT);
			fail_msg(
			    "job %d waits for ever for a stopped zygote", i);
		}
		verdict[gbx_result_verdict(r)]++;
		gbx_result_free(r);
	}
	printf("# a stopped zygote held 8 jobs for %llu ms: %d ok, %d error\n",
	    (unsigned long long)(now_ms() - began), verdict[GBX_VERDICT_OK],
	    verdict[GBX_VERDICT_ERROR]);
	fflush(stdout);
	assert_in_range(now_ms() - began, 0, in_time(6000));
	signal_all(&zygotes, SIGCONT);
	liar_expect_fine(broker, LIAR_PNG);
}

/* With init all of the sandbox ends. The caller is told, at once, and closing
 * the broker still works. */
static void
test_init_killed(void **state)
{
	struct gbx_broker *broker = *state;
	struct gbx_result *r = NULL;
	pid_t init = proc_init();
	struct gbx_job job;
	int i;

	assert_true(init > 0);
	assert_int_equal(kill(init, SIGKILL), 0);
	liar_job(&job, GBX_OP_DECODE);
	for (i = 0; i < 4; i++) {
		liar_submit(broker, LIAR_PNG, "image 1 1 1", &job);
		assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
		/* A new sandbox, or none: but no result from a half one. */
		if (gbx_result_verdict(r) != GBX_VERDICT_OK)
			assert_int_equal(
			    gbx_result_verdict(r), GBX_VERDICT_ERROR);
		gbx_result_free(r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		test_idle_killed, liar_set_up, liar_tear_down),
	    cmocka_unit_test_setup_teardown(
		test_idle_stopped, liar_set_up, liar_tear_down),
	    cmocka_unit_test_setup_teardown(
		test_busy_killed, liar_set_up, liar_tear_down),
	    cmocka_unit_test_setup_teardown(
		test_busy_killed_once, liar_set_up, liar_tear_down),
	    cmocka_unit_test_setup_teardown(
		test_zygote_killed, liar_set_up, liar_tear_down),
	    cmocka_unit_test_setup_teardown(
		test_zygote_stopped, liar_set_up, liar_tear_down),
	    cmocka_unit_test_setup_teardown(
		test_init_killed, liar_set_up, liar_tear_down),
	};

	proc_adopt();
	return liar_run_both(
		   tests, sizeof(tests) / sizeof(tests[0]), NULL, NULL) > 0;
}
