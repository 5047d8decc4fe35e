/* SPDX-License-Identifier: ISC */
/*
 * Zygotes that are ordered while jobs of another kind run: an answer of init's
 * that finds no room, one that comes too late, and whose turn it is. Side:
 * caller.
 *
 * Fails if taken out: the EMFILE branch of gbx_sandbox_event (no room for the
 * answer); sandbox.owed, counted in broker/sandbox.c (late answer); b->turn in
 * gbx_schedule (turns).
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/cmocka.h"
#include "tests/support/docx.h"
#include "tests/support/fdroom.h"
#include "tests/support/host.h"
#include "tests/support/proc.h"

static const char said[] = "a word of one's own";
static uint8_t *document;
static size_t document_size;

static int
set_up(void **state)
{
	(void)state;
	document = test_docx(said, &document_size);
	return document != NULL && host_prepare_quick() ? 0 : -1;
}

static bool
submit_text(struct gbx_broker *broker, uint64_t *ret_id)
{
	struct gbx_input input;
	struct gbx_job job;

	gbx_input_init(&input);
	input.data = document;
	input.length = document_size;
	gbx_job_init(&job, GBX_OP_TEXT);
	job.limit[GBX_LIMIT_WALL] = 60000;
	return gbx_submit(broker, &input, &job, ret_id) == GBX_OK;
}

static bool
is_text(const struct gbx_result *r)
{
	struct gbx_block b = {.size = sizeof(b)};

	if (gbx_result_verdict(r) != GBX_VERDICT_OK)
		fprintf(stderr, "# not ok but %s: %s (%s)\n",
		    gbx_verdict_name(gbx_result_verdict(r)),
		    gbx_result_detail(r), strerror(gbx_result_errno(r)));
	return gbx_result_verdict(r) == GBX_VERDICT_OK &&
	       gbx_result_block(r, 0, &b) == GBX_OK &&
	       memmem(b.data, b.length, said, strlen(said)) != NULL;
}

static bool
run_text(struct gbx_broker *broker)
{
	struct gbx_result *r = NULL;
	bool right;

	if (!submit_text(broker, NULL) ||
	    gbx_collect(broker, 60000, &r) != GBX_OK)
		return false;
	right = is_text(r);
	gbx_result_free(r);
	return right;
}

/* ---- no room for the answer ---------------------------------------------- */

/* The order is out; the answer brings a descriptor, and there is no room. */
static int
answer_without_room(void)
{
	struct gbx_broker *broker = host_open();
	struct gbx_result *r = NULL;
	bool left;

	CHECK(broker != NULL);
	CHECK(submit_text(broker, NULL));
	left = fdroom_leave(0);
	CHECK(left && gbx_collect(broker, 60000, &r) == GBX_OK);
	/* One zygote was lost, and not the sandbox; the idle one of the other
	 * kind gave way, and the job went on. */
	CHECK(is_text(r));
	gbx_result_free(r);
	CHECK(fdroom_give());
	CHECK(host_run(broker, HOST_SMALL));
	CHECK(run_text(broker));
	CHECK(host_many(broker, 20));
	gbx_broker_close(broker);
	return 0;
}

static void
test_answer_without_room(void **state)
{
	(void)state;
	assert_int_equal(host_in_child(answer_without_room, 120), 0);
}

/* ---- an answer that is late ---------------------------------------------- */

/* init is stopped until the order was given up. Its answer then is about that
 * one, and not about the next. */
static int
answer_too_late(void)
{
	struct gbx_stats stats = {.size = sizeof(stats)};
	struct gbx_broker *broker;
	struct gbx_result *r = NULL;
	pid_t init;
	int i;

	proc_adopt();
	broker = host_open();
	CHECK(broker != NULL);
	init = proc_init();
	CHECK(init > 0 && kill(init, SIGSTOP) == 0);
	CHECK(submit_text(broker, NULL));
	CHECK(gbx_collect(broker, 60000, &r) == GBX_OK);
	CHECK(gbx_result_verdict(r) == GBX_VERDICT_ERROR);
	CHECK(gbx_result_errno(r) == ETIMEDOUT);
	gbx_result_free(r);
	CHECK(kill(init, SIGCONT) == 0);
	for (i = 0; i < 5; i++)
		CHECK(run_text(broker));
	CHECK(host_many(broker, 20));
	/* PNG, the one given up, and its successor: none died of a mix-up. */
	CHECK(gbx_broker_stats(broker, &stats) == GBX_OK);
	CHECK(stats.zygotes_started == 3);
	gbx_broker_close(broker);
	return 0;
}

static void
test_answer_too_late(void **state)
{
	(void)state;
	assert_int_equal(host_in_child(answer_too_late, 120), 0);
}

/* ---- turns --------------------------------------------------------------- */

#define CROWD	4
#define BEFORE	(CROWD / 2) /* so many of the crowd may end first */
#define FILL_MS 60000
#define ROUNDS	5

static bool
submit_kind(struct gbx_broker *broker, bool text, uint64_t *ret_id)
{
	return text ? submit_text(broker, ret_id)
		    : host_submit(broker, HOST_SMALL, ret_id);
}

/* Those that live, of the zygote that has the fewest. */
static size_t
fewest_workers(size_t *ret_all)
{
	struct proc_list zygotes, workers;
	size_t i, least = SIZE_MAX;

	*ret_all = 0;
	proc_zygotes(&zygotes);
	for (i = 0; i < zygotes.n; i++) {
		proc_workers(zygotes.pid[i], &workers);
		*ret_all += workers.n;
		least = workers.n < least ? workers.n : least;
	}
	return zygotes.n == 2 ? least : 0;
}

static bool
run_many(struct gbx_broker *broker, bool text)
{
	struct gbx_result *r;
	int i;

	for (i = 0; i < 5 * CROWD; i++)
		if (!submit_kind(broker, text, NULL))
			return false;
	for (i = 0; i < 5 * CROWD; i++) {
		if (gbx_collect(broker, 60000, &r) != GBX_OK)
			return false;
		gbx_result_free(r);
	}
	return true;
}

/* Both kinds have a worker at hand, and the broker knows of all that there are.
 * (The crowd is the more likely to have one for each of its jobs the quicker
 * the machine is: who looks at no turns is seen in one of the rounds.) */
static bool
fill_pools(struct gbx_broker *broker)
{
	struct gbx_stats stats = {.size = sizeof(stats)};
	uint64_t until = host_now_ms() + FILL_MS;
	struct gbx_result *r;
	size_t least = 0, all = 0;
	int i;

	while (host_now_ms() < until) {
		if (!run_many(broker, false) || !run_many(broker, true))
			return false;
		/* What was ordered comes, and those that are done go. */
		for (i = 0; i < 20; i++) {
			if (gbx_collect(broker, 10, &r) != GBX_ERR_AGAIN ||
			    gbx_broker_stats(broker, &stats) != GBX_OK)
				return false;
			least = fewest_workers(&all);
			if (least > 0 && stats.idle == all)
				return true;
		}
	}
	fprintf(stderr, "# %u idle workers, of %zu; %zu of one kind\n",
	    (unsigned int)stats.idle, all, least);
	return false;
}

static int
collect_crowd(struct gbx_broker *broker, bool crowd_is_text, uint64_t last)
{
	int i, place = -1;
	struct gbx_result *r;
	bool lone;

	for (i = 0; i <= CROWD; i++) {
		CHECK(gbx_collect(broker, 60000, &r) == GBX_OK);
		lone = gbx_result_id(r) == last;
		CHECK(lone != crowd_is_text ? is_text(r)
					    : host_right(HOST_SMALL, r));
		if (lone)
			place = i;
		gbx_result_free(r);
	}
	fprintf(stderr, "# behind %d of the other kind it was number %d\n",
	    CROWD, place + 1);
	CHECK(place >= 0 && place <= BEFORE);
	return 0;
}

/* A crowd of one kind, and behind it one of the other: where does it end? */
static int
behind(bool crowd_is_text)
{
	struct gbx_broker_opts opts;
	struct gbx_broker *broker = NULL;
	uint64_t last;
	int i, round;

	proc_adopt();
	host_opts(&opts);
	opts.preload = "png,docx";
	opts.max_in_flight = 1;
	opts.max_idle = 2 * CROWD;
	CHECK(host_open_with(&opts, &broker) == GBX_OK);
	for (round = 0; round < ROUNDS; round++) {
		CHECK(fill_pools(broker));
		for (i = 0; i < CROWD; i++)
			CHECK(submit_kind(broker, crowd_is_text, NULL));
		CHECK(submit_kind(broker, !crowd_is_text, &last));
		CHECK(collect_crowd(broker, crowd_is_text, last) == 0);
	}
	gbx_broker_close(broker);
	return 0;
}

static int
behind_pictures(void)
{
	return behind(false);
}

static int
behind_texts(void)
{
	return behind(true);
}

static void
test_turns(void **state)
{
	(void)state;
	assert_int_equal(host_in_child(behind_pictures, 90), 0);
	assert_int_equal(host_in_child(behind_texts, 90), 0);
}

/* Another type than declared is told by the first bytes: no worker is asked. */
static void
test_mismatch_unseen(void **state)
{
	struct gbx_stats stats = {.size = sizeof(stats)};
	struct gbx_broker *broker = host_open();
	struct gbx_result *r = NULL;
	struct gbx_input input;
	uint64_t workers;
	struct gbx_job job;

	(void)state;
	assert_non_null(broker);
	host_job(HOST_SMALL, &input, &job);
	assert_int_equal(gbx_run(broker, &input, &job, &r), GBX_OK);
	gbx_result_free(r);
	input.type = "docx";
	job.op = GBX_OP_PROBE;
	assert_int_equal(gbx_broker_stats(broker, &stats), GBX_OK);
	workers = stats.zygotes_started;
	assert_int_equal(gbx_run(broker, &input, &job, &r), GBX_OK);
	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_MISMATCH);
	assert_int_equal(gbx_result_posture(r), 0);
	assert_int_equal(gbx_broker_stats(broker, &stats), GBX_OK);
	assert_int_equal(stats.zygotes_started, workers);
	gbx_result_free(r);
	gbx_broker_close(broker);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		test_answer_without_room, host_nothing_left),
	    cmocka_unit_test_teardown(test_answer_too_late, host_nothing_left),
	    cmocka_unit_test_teardown(test_turns, host_nothing_left),
	    cmocka_unit_test_teardown(test_mismatch_unseen, host_nothing_left),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("answers", tests, set_up, NULL);
}
