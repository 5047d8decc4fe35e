/* SPDX-License-Identifier: ISC */
/*
 * Who waits for what: a job that another thread ends, one that comes behind
 * stalled inputs, a host that is away for long, a child that asks. Side:
 * caller. Fails if taken out: the gbx_arm at the end of gbx_request_finish, the
 * bounds of may_arrive, ordered_ns in patience(), the owner check of
 * gbx_host_posture.
 */
#include <errno.h>
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
	assert_int_equal(stall(broker, &end, 90000), GBX_OK);
	assert_int_equal(
	    pthread_create(&thread, NULL, submit_garbage, broker), 0);
	start = host_now_ms();
	assert_int_equal(gbx_collect(broker, -1, &r), GBX_OK);
	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_UNSUPPORTED);
	print_message("# heard of it after %d ms, due at 200\n",
	    (int)(host_now_ms() - start));
	assert_true(host_now_ms() - start < 80000);
	gbx_result_free(r);
	pthread_join(thread, NULL);
	close(end);
	gbx_broker_close(broker);
}

/* They count for what has arrived, which is nothing: silent pipes leave all but
 * a bound of their own to others. */
#define SILENT 160

static void
test_stalled_inputs_leave_room(void **state)
{
	struct gbx_broker *broker = host_open();
	int ends[SILENT], taken = 0, err = GBX_OK, i, n;

	(void)state;
	assert_non_null(broker);
	for (n = 0; n < SILENT && err == GBX_OK; n++) {
		errno = 0;
		err = stall(broker, &ends[n], 60000);
		taken += err == GBX_OK;
	}
	print_message("# %d silent pipes were taken\n", taken);
	assert_int_equal(err, GBX_ERR_BUSY);
	assert_int_equal(errno, EUSERS);
	assert_int_equal(taken, 128);
	assert_true(host_run(broker, HOST_SMALL));
	assert_true(host_run(broker, HOST_HUGE));
	assert_true(host_many(broker, 40));
	for (i = 0; i < n; i++)
		close(ends[i]);
	gbx_broker_close(broker);
}

static enum gbx_err
submit_pipe(struct gbx_broker *broker, int from, const char *client)
{
	struct gbx_input input;
	struct gbx_job job;

	host_job(HOST_SMALL, &input, &job);
	gbx_input_init(&input);
	input.fd = from;
	job.client = client;
	job.limit[GBX_LIMIT_WALL] = 60000;
	errno = 0;
	return gbx_submit(broker, &input, &job, NULL);
}

/* One client's silent pipes are not another's concern. */
static void
test_a_client_has_its_share(void **state)
{
	struct gbx_broker *broker = host_open();
	enum gbx_err err = GBX_OK;
	int silent[2], spoken[2], taken = 0;
	struct gbx_input input;
	struct gbx_result *r;
	struct gbx_job job;

	(void)state;
	assert_non_null(broker);
	assert_int_equal(pipe(silent), 0);
	for (; taken < SILENT && err == GBX_OK; taken += err == GBX_OK)
		err = submit_pipe(broker, silent[0], "mallory");
	assert_int_equal(err, GBX_ERR_BUSY);
	assert_int_equal(errno, EUSERS);
	assert_int_equal(taken, 32);
	assert_int_equal(pipe(spoken), 0);
	host_job(HOST_SMALL, &input, &job);
	assert_int_equal(
	    write(spoken[1], input.data, input.length), input.length);
	close(spoken[1]);
	assert_int_equal(submit_pipe(broker, spoken[0], "alice"), GBX_OK);
	assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
	assert_true(host_right(HOST_SMALL, r));
	gbx_result_free(r);
	close(spoken[0]);
	close(silent[0]);
	close(silent[1]);
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
	assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
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
	assert_int_equal(host_in_child(ask_in_child, 40), 0);
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
	    cmocka_unit_test_teardown(
		test_a_client_has_its_share, host_nothing_left),
	    cmocka_unit_test_teardown(test_host_away, host_nothing_left),
	    cmocka_unit_test_teardown(test_asked_by_a_child, host_nothing_left),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("waiting", tests, host_set_up, NULL);
}
