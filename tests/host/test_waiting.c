/* SPDX-License-Identifier: ISC */
/*
 * Who waits for what: a job that another thread ends, one that comes behind
 * stalled inputs, a host that is away for long, a child that asks. Side:
 * caller. Fails if taken out: the gbx_arm at the end of gbx_request_finish, the
 * room for an output in charge(), ordered_ns in patience(), the owner check of
 * gbx_host_posture.
 */
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glovebox.h>

#include "tests/support/cmocka.h"
#include "tests/support/host.h"

/* A pipe that nobody ever writes to. */
static int
stall(struct gbx_broker *broker, int *ret_end, unsigned int wall_ms)
{
	struct gbx_input input;
	struct gbx_job job;
	int ends[2], err;

	assert_int_equal(pipe(ends), 0);
	gbx_input_init(&input);
	input.fd = ends[0];
	gbx_job_init(&job, GBX_OP_PROBE);
	job.limit[GBX_LIMIT_WALL] = wall_ms;
	err = gbx_submit(broker, &input, &job, NULL);
	close(ends[0]);
	*ret_end = ends[1];
	return err;
}

static void *
submit_garbage(void *broker)
{
	struct gbx_input input;
	struct gbx_job job;

	host_sleep_ms(200);
	gbx_input_init(&input);
	input.data = "garbage";
	input.length = 7;
	gbx_job_init(&job, GBX_OP_PROBE);
	assert_int_equal(gbx_submit(broker, &input, &job, NULL), GBX_OK);
	return NULL;
}

static void
test_ended_by_another_thread(void **state)
{
	struct gbx_broker *broker = host_open();
	struct gbx_result *r;
	pthread_t thread;
	uint64_t start;
	int end;

	(void)state;
	assert_non_null(broker);
	assert_int_equal(stall(broker, &end, 8000), GBX_OK);
	assert_int_equal(
	    pthread_create(&thread, NULL, submit_garbage, broker), 0);
	start = host_now_ms();
	assert_int_equal(gbx_collect(broker, -1, &r), GBX_OK);
	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_UNSUPPORTED);
	print_message("# heard of it after %d ms, due at 200\n",
	    (int)(host_now_ms() - start));
	assert_true(host_now_ms() - start < 4000);
	gbx_result_free(r);
	pthread_join(thread, NULL);
	close(end);
	gbx_broker_close(broker);
}

/* Each may grow to the input limit: too many are refused, at once, and those
 * that were taken leave room for a job. */
static void
test_stalled_inputs_leave_room(void **state)
{
	struct gbx_broker *broker = host_open();
	int ends[64], refused = 0, n, i;

	(void)state;
	assert_non_null(broker);
	for (n = 0; n < 20; n++)
		assert_int_equal(stall(broker, &ends[n], 8000), GBX_OK);
	assert_true(host_run(broker, HOST_SMALL));
	for (; n < 64; n++)
		refused += stall(broker, &ends[n], 8000) == GBX_ERR_BUSY;
	print_message("# of 64 stalled pipes %d were refused\n", refused);
	assert_in_range(refused, 1, 44);
	for (i = 0; i < n; i++)
		close(ends[i]);
	gbx_broker_close(broker);
}

/* The zygote answered long ago when the host comes back and looks. */
static void
test_host_away(void **state)
{
	struct gbx_broker_opts opts;
	struct gbx_broker *broker;
	struct gbx_input input;
	struct gbx_job job;
	struct gbx_result *r;

	(void)state;
	host_opts(&opts);
	opts.preload = "docx";
	assert_int_equal(host_open_with(&opts, &broker), GBX_OK);
	host_job(HOST_SMALL, &input, &job);
	assert_int_equal(gbx_submit(broker, &input, &job, NULL), GBX_OK);
	host_sleep_ms(11000);
	assert_int_equal(gbx_collect(broker, 20000, &r), GBX_OK);
	assert_true(host_right(HOST_SMALL, r));
	gbx_result_free(r);
	gbx_broker_close(broker);
}

static struct gbx_broker *parents;

static int
ask_in_child(void)
{
	struct gbx_host_posture posture = {.size = sizeof(posture)};
	struct gbx_stats stats = {.size = sizeof(stats)};

	CHECK(gbx_host_posture(parents, &posture) == GBX_ERR_FORKED);
	CHECK(gbx_broker_stats(parents, &stats) == GBX_ERR_FORKED);
	return 0;
}

static void
test_asked_by_a_child(void **state)
{
	(void)state;
	parents = host_open();
	assert_non_null(parents);
	assert_int_equal(host_in_child(ask_in_child, 10), 0);
	gbx_broker_close(parents);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		test_ended_by_another_thread, host_nothing_left),
	    cmocka_unit_test_teardown(
		test_stalled_inputs_leave_room, host_nothing_left),
	    cmocka_unit_test_teardown(test_host_away, host_nothing_left),
	    cmocka_unit_test_teardown(test_asked_by_a_child, host_nothing_left),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("waiting", tests, host_set_up, NULL);
}
