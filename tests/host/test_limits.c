/* SPDX-License-Identifier: ISC */
/*
 * Hosts that are short of descriptors or of shared memory, and jobs that are
 * cancelled: clear answers, nothing lost, and all well again afterwards.
 * Side: caller.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/support/census.h"
#include "tests/support/cmocka.h"
#include "tests/support/fdroom.h"
#include "tests/support/host.h"
#include "tests/support/slow.h"

/* ---- RLIMIT_NOFILE ------------------------------------------------------- */

/* Open with room for 0, 1, 2, ... more descriptors. */
static int
open_with_few_fds(void)
{
	struct gbx_broker_opts opts;
	struct gbx_broker *broker;
	int room, opened = 0, fds = census_fds();
	enum gbx_err err;

	host_opts(&opts);
	for (room = 0; room < 40; room++) {
		CHECK(fdroom_leave(room));
		broker = NULL;
		errno = 0;
		err = gbx_broker_open(&opts, &broker);
		if (err != GBX_OK && errno != EMFILE)
			fprintf(stderr, "# room for %d: %s, %s\n", room,
			    gbx_err_name(err), strerror(errno));
		CHECK(err == GBX_OK ||
		      (err == GBX_ERR_SYSTEM && errno == EMFILE));
		opened += err == GBX_OK;
		gbx_broker_close(broker);
		CHECK(fdroom_give());
		CHECK(census_fds() == fds);
		CHECK(census_none_after(1000));
	}
	fprintf(stderr, "# opened with %d of 40\n", opened);
	CHECK(opened > 0 && opened < 40);
	return 0;
}

static void
test_open_with_few_fds(void **state)
{
	(void)state;
	assert_int_equal(host_in_child(open_with_few_fds, 120), 0);
}

/* An error of ours, or a verdict that says it is the system's. */
static int
one_job_or_clear_error(struct gbx_broker *broker, bool *ret_ok)
{
	struct gbx_result *r = NULL;
	struct gbx_input input;
	struct gbx_job job;
	enum gbx_err err;

	*ret_ok = false;
	host_job(HOST_LARGE, &input, &job);
	job.limit[GBX_LIMIT_WALL] = 3000;
	errno = 0;
	err = gbx_run(broker, &input, &job, &r);
	if (err != GBX_OK) {
		CHECK(err == GBX_ERR_SYSTEM && errno == EMFILE);
		return 0;
	}
	*ret_ok = gbx_result_verdict(r) == GBX_VERDICT_OK;
	if (*ret_ok) {
		CHECK(host_right(HOST_LARGE, r));
	} else {
		if (gbx_result_verdict(r) != GBX_VERDICT_ERROR ||
		    gbx_result_errno(r) != EMFILE)
			fprintf(stderr, "# %s: %s, %s\n",
			    gbx_verdict_name(gbx_result_verdict(r)),
			    gbx_result_detail(r),
			    strerror(gbx_result_errno(r)));
		CHECK(gbx_result_verdict(r) == GBX_VERDICT_ERROR);
	}
	gbx_result_free(r);
	return 0;
}

static int
jobs_with_few_fds(void)
{
	struct gbx_broker *broker = host_open();
	int room, ok = 0, fds;
	bool good;

	CHECK(broker != NULL);
	CHECK(host_many(broker, 20));
	fds = census_fds();
	for (room = 0; room < 24; room++) {
		CHECK(fdroom_leave(room));
		CHECK(one_job_or_clear_error(broker, &good) == 0);
		ok += good;
		CHECK(fdroom_give());
		CHECK(host_run(broker, HOST_LARGE));
		CHECK(host_many(broker, 8));
	}
	fprintf(stderr, "# %d of 24 were ok\n", ok);
	CHECK(ok > 0 && ok < 24);
	CHECK(census_fds() <= fds + 16);
	gbx_broker_close(broker);
	CHECK(census_none_after(1000));
	return 0;
}

static void
test_jobs_with_few_fds(void **state)
{
	(void)state;
	assert_int_equal(host_in_child(jobs_with_few_fds, 200), 0);
}

/* ---- shared memory ------------------------------------------------------- */

#define SHARED (8 << 20)

static struct gbx_broker *
open_small(void)
{
	struct gbx_broker_opts opts;
	struct gbx_broker *broker = NULL;

	host_opts(&opts);
	opts.max_shared = SHARED;
	assert_int_equal(host_open_with(&opts, &broker), GBX_OK);
	return broker;
}

static uint64_t
shared_bytes(struct gbx_broker *broker)
{
	struct gbx_stats stats = {.size = sizeof(stats)};

	assert_int_equal(gbx_broker_stats(broker, &stats), GBX_OK);
	return stats.shared_bytes;
}

/* Inputs that wait fill it: BUSY; when they are collected there is room. */
static void
test_inputs_fill_memory(void **state)
{
	struct gbx_broker *broker = open_small();
	struct gbx_result *r;
	struct gbx_input input;
	struct gbx_job job;
	enum gbx_err err = GBX_OK;
	int sent = 0, i;

	(void)state;
	host_job(HOST_LARGE, &input, &job);
	while (sent < 1000 && err == GBX_OK) {
		err = gbx_submit(broker, &input, &job, NULL);
		sent += err == GBX_OK;
	}
	assert_int_equal(err, GBX_ERR_BUSY);
	assert_int_equal(errno, ENOBUFS);
	assert_true(sent > 10);
	assert_true(shared_bytes(broker) <= SHARED);
	for (i = 0; i < sent; i++) {
		assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
		assert_true(host_right(HOST_LARGE, r));
		gbx_result_free(r);
	}
	assert_int_equal(shared_bytes(broker), 0);
	assert_true(host_many(broker, 20));
	gbx_broker_close(broker);
}

/* Inputs that arrive count for twice as much as has come, at most; what there
 * is no memory for waits, and is told in the end. All together leave half of
 * their share to others: a quarter of all is kept for outputs. */
#define SENDERS 12

static atomic_bool sending;

static void *
send_without_end(void *fd)
{
	static const char zeros[65536];

	while (atomic_load(&sending) &&
	       write(*(int *)fd, zeros, sizeof(zeros)) > 0)
		continue;
	return NULL;
}

static void
test_inputs_leave_room(void **state)
{
	struct gbx_broker *broker = open_small();
	int ends[SENDERS][2], i, seen[16] = {0};
	pthread_t thread[SENDERS];
	struct gbx_input input;
	struct gbx_result *r;
	struct gbx_job job;

	(void)state;
	(void)signal(SIGPIPE, SIG_IGN);
	atomic_store(&sending, true);
	gbx_input_init(&input);
	gbx_job_init(&job, GBX_OP_DECODE);
	job.limit[GBX_LIMIT_INPUT] = SHARED / 2;
	job.limit[GBX_LIMIT_WALL] = 1500;
	for (i = 0; i < SENDERS; i++) {
		assert_int_equal(pipe(ends[i]), 0);
		input.fd = ends[i][0];
		assert_int_equal(gbx_submit(broker, &input, &job, NULL), 0);
		close(ends[i][0]);
		assert_int_equal(pthread_create(&thread[i], NULL,
				     send_without_end, &ends[i][1]),
		    0);
	}
	assert_true(shared_bytes(broker) <= SHARED / 8);
	for (i = 0; i < SENDERS; i++) {
		assert_true(host_run(broker, HOST_LARGE));
		assert_true(shared_bytes(broker) <= SHARED / 4 * 3);
		assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
		seen[gbx_result_verdict(r)]++;
		if (gbx_result_verdict(r) == GBX_VERDICT_ERROR)
			assert_int_equal(gbx_result_errno(r), ENOBUFS);
		gbx_result_free(r);
	}
	print_message("# of %d endless inputs %d had no memory, %d were too "
		      "large, %d late\n",
	    SENDERS, seen[GBX_VERDICT_ERROR], seen[GBX_VERDICT_LIMIT],
	    seen[GBX_VERDICT_DEADLINE]);
	assert_true(seen[GBX_VERDICT_ERROR] > 0);
	assert_int_equal(seen[GBX_VERDICT_ERROR] + seen[GBX_VERDICT_LIMIT] +
			     seen[GBX_VERDICT_DEADLINE],
	    SENDERS);
	atomic_store(&sending, false);
	for (i = 0; i < SENDERS; i++) {
		pthread_join(thread[i], NULL);
		close(ends[i][1]);
	}
	assert_int_equal(shared_bytes(broker), 0);
	assert_true(host_many(broker, 20));
	gbx_broker_close(broker);
}

/* ---- inputs that stop half way ------------------------------------------- */

#define STALLED (SHARED / 8) /* of each, and none ends */

static void *
send_and_stall(void *fd)
{
	static const char zeros[4096];
	size_t sent;

	for (sent = 0; sent < STALLED - sizeof(zeros); sent += sizeof(zeros))
		if (write(*(int *)fd, zeros, sizeof(zeros)) < 0)
			break;
	return NULL;
}

/* Until what arrives gets no more memory: no change for a second. */
static void
settle(struct gbx_broker *broker)
{
	struct gbx_result *r;
	uint64_t last = 0, now;
	int calm;

	for (calm = 0; calm < 50; calm++) {
		assert_int_equal(gbx_collect(broker, 20, &r), GBX_ERR_AGAIN);
		now = shared_bytes(broker);
		if (now != last)
			calm = 0;
		last = now;
	}
	print_message("# inputs that stalled have %llu KiB of %u\n",
	    (unsigned long long)last >> 10, SHARED >> 10);
}

/* Of what inputs may have (three quarters of all) they get half, and the oldest
 * what it needs: an input that is there has room. */
static void
test_stalled_leave_half(void **state)
{
	struct gbx_broker *broker = open_small();
	int ends[SENDERS][2], i;
	pthread_t thread[SENDERS];
	static char there[SHARED / 4];
	uint64_t id[SENDERS];
	struct gbx_input input;
	struct gbx_result *r;
	struct gbx_job job;

	(void)state;
	gbx_input_init(&input);
	gbx_job_init(&job, GBX_OP_DECODE);
	job.limit[GBX_LIMIT_INPUT] = STALLED;
	job.limit[GBX_LIMIT_WALL] = 120000;
	for (i = 0; i < SENDERS; i++) {
		assert_int_equal(pipe(ends[i]), 0);
		input.fd = ends[i][0];
		assert_int_equal(gbx_submit(broker, &input, &job, &id[i]), 0);
		close(ends[i][0]);
		assert_int_equal(pthread_create(&thread[i], NULL,
				     send_and_stall, &ends[i][1]),
		    0);
	}
	settle(broker);
	gbx_input_init(&input);
	input.data = there;
	input.length = sizeof(there);
	job.limit[GBX_LIMIT_INPUT] = sizeof(there);
	assert_int_equal(gbx_run(broker, &input, &job, &r), GBX_OK);
	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_UNSUPPORTED);
	gbx_result_free(r);
	for (i = 0; i < SENDERS; i++) {
		assert_int_equal(gbx_cancel(broker, id[i]), GBX_OK);
		assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
		gbx_result_free(r);
	}
	for (i = 0; i < SENDERS; i++) {
		pthread_join(thread[i], NULL);
		close(ends[i][1]);
	}
	assert_int_equal(shared_bytes(broker), 0);
	gbx_broker_close(broker);
}

/* A sealed memfd counts with its whole size, holes too: reading fills them. */
static void
test_sealed_count(void **state)
{
	struct gbx_broker_opts opts;
	struct gbx_broker *broker = NULL;
	struct gbx_result *r;
	struct gbx_input input;
	struct gbx_job job;
	enum gbx_err err = GBX_OK;
	int sent = 0, i, fd;

	(void)state;
	host_opts(&opts);
	opts.max_shared = 256U << 20;
	opts.max_in_flight = 1;
	assert_int_equal(host_open_with(&opts, &broker), GBX_OK);
	host_job(HOST_SMALL, &input, &job);
	fd = memfd_create("sparse", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	assert_int_equal(write(fd, input.data, input.length), input.length);
	assert_int_equal(ftruncate(fd, 48 << 20), 0);
	assert_int_equal(
	    fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK),
	    0);
	gbx_input_init(&input);
	input.fd = fd;
	while (sent < 20 && err == GBX_OK) {
		errno = 0;
		err = gbx_submit(broker, &input, &job, NULL);
		sent += err == GBX_OK;
	}
	assert_int_equal(err, GBX_ERR_BUSY);
	assert_int_equal(errno, ENOBUFS);
	assert_int_equal(sent, 4);
	assert_true(shared_bytes(broker) >= 4 * (48U << 20));
	for (i = 0; i < sent; i++) {
		assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
		assert_true(host_right(HOST_SMALL, r));
		gbx_result_free(r);
	}
	assert_int_equal(shared_bytes(broker), 0);
	close(fd);
	gbx_broker_close(broker);
}

/* Results that are held fill it: a job that finds no room in its time says
 * so, and one goes on as soon as there is some. */
#define HELD 64

static int
hold_until_full(struct gbx_broker *broker, struct gbx_result **held)
{
	struct gbx_result *r;
	struct gbx_input input;
	struct gbx_job job;
	int n;

	for (n = 0; n < HELD; n++) {
		host_job(HOST_LARGE, &input, &job);
		job.limit[GBX_LIMIT_WALL] = 500 * slow_times();
		assert_int_equal(gbx_run(broker, &input, &job, &r), GBX_OK);
		if (gbx_result_verdict(r) != GBX_VERDICT_OK)
			break;
		held[n] = r;
	}
	assert_in_range(n, 4, HELD - 1);
	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_ERROR);
	assert_int_equal(gbx_result_errno(r), ENOBUFS);
	gbx_result_free(r);
	return n;
}

static void
test_results_fill_memory(void **state)
{
	struct gbx_broker *broker = open_small();
	struct gbx_result *held[HELD], *r;
	int i, n = hold_until_full(broker, held);
	uint64_t start;

	(void)state;
	/* This one waits for room ... */
	assert_true(host_submit(broker, HOST_LARGE, NULL));
	assert_int_equal(gbx_collect(broker, 50, &r), GBX_ERR_AGAIN);
	/* ... which comes. */
	for (i = 0; i < n; i++)
		gbx_result_free(held[i]);
	start = host_now_ms();
	assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
	assert_true(host_right(HOST_LARGE, r));
	assert_true(host_now_ms() - start < in_time(5000));
	gbx_result_free(r);
	assert_int_equal(shared_bytes(broker), 0);
	assert_true(host_many(broker, 20));
	gbx_broker_close(broker);
}

static void
test_queue_full(void **state)
{
	struct gbx_broker_opts opts;
	struct gbx_broker *broker = NULL;
	struct gbx_result *r;
	struct gbx_input input;
	struct gbx_job job;
	int i, sent = 0;
	enum gbx_err err = GBX_OK;

	(void)state;
	host_opts(&opts);
	opts.max_queued = 5;
	assert_int_equal(host_open_with(&opts, &broker), GBX_OK);
	host_job(HOST_SMALL, &input, &job);
	while (sent < 100 && err == GBX_OK) {
		err = gbx_submit(broker, &input, &job, NULL);
		sent += err == GBX_OK;
	}
	assert_int_equal(err, GBX_ERR_BUSY);
	assert_int_equal(errno, EAGAIN);
	assert_in_range(sent, 5, 20);
	assert_int_equal(gbx_run(broker, &input, &job, &r), GBX_ERR_BUSY);
	for (i = 0; i < sent; i++) {
		assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
		assert_true(host_right(HOST_SMALL, r));
		gbx_result_free(r);
	}
	assert_true(host_many(broker, 5));
	gbx_broker_close(broker);
}

/* ---- cancelling ---------------------------------------------------------- */

static enum gbx_verdict
collect_id(struct gbx_broker *broker, uint64_t id)
{
	struct gbx_result *r;
	enum gbx_verdict v;

	assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
	assert_int_equal(gbx_result_id(r), id);
	v = gbx_result_verdict(r);
	if (v == GBX_VERDICT_CANCELLED)
		assert_int_equal(gbx_result_blocks(r), 0);
	gbx_result_free(r);
	return v;
}

static void
test_cancel_copying(void **state)
{
	struct gbx_broker *broker = host_open();
	struct gbx_input input;
	struct gbx_job job;
	uint64_t id;
	int fd[2];

	(void)state;
	assert_non_null(broker);
	assert_int_equal(pipe(fd), 0);
	host_job(HOST_SMALL, &input, &job);
	gbx_input_init(&input);
	input.fd = fd[0];
	assert_int_equal(gbx_submit(broker, &input, &job, &id), GBX_OK);
	assert_int_equal(gbx_cancel(broker, id), GBX_OK);
	assert_int_equal(collect_id(broker, id), GBX_VERDICT_CANCELLED);
	assert_int_equal(gbx_cancel(broker, id), GBX_ERR_NOTFOUND);
	close(fd[0]);
	close(fd[1]);
	assert_true(host_run(broker, HOST_SMALL));
	gbx_broker_close(broker);
}

static void
test_cancel_queued_and_running(void **state)
{
	struct gbx_broker_opts opts;
	struct gbx_broker *broker = NULL;
	uint64_t running, queued, start = host_now_ms();

	(void)state;
	host_opts(&opts);
	opts.max_in_flight = 1;
	assert_int_equal(host_open_with(&opts, &broker), GBX_OK);
	assert_true(host_submit(broker, HOST_HUGE, &running));
	assert_true(host_submit(broker, HOST_SMALL, &queued));
	assert_int_equal(gbx_cancel(broker, queued), GBX_OK);
	assert_int_equal(collect_id(broker, queued), GBX_VERDICT_CANCELLED);
	assert_int_equal(gbx_cancel(broker, running), GBX_OK);
	assert_int_equal(gbx_cancel(broker, running), GBX_OK);
	assert_int_equal(collect_id(broker, running), GBX_VERDICT_CANCELLED);
	assert_true(host_now_ms() - start < in_time(5000));
	assert_true(host_run(broker, HOST_SMALL));
	gbx_broker_close(broker);
}

/* Finished and not collected: it keeps its verdict. */
static void
test_cancel_done(void **state)
{
	struct gbx_broker_opts opts;
	struct gbx_broker *broker = NULL;
	uint64_t first, id;

	(void)state;
	host_opts(&opts);
	opts.max_in_flight = 1; /* one after the other */
	assert_int_equal(host_open_with(&opts, &broker), GBX_OK);
	assert_true(host_submit(broker, HOST_SMALL, &first));
	assert_true(host_submit(broker, HOST_SMALL, &id));
	/* gbx_run of a third makes progress for all */
	do
		assert_true(host_run(broker, HOST_SMALL));
	while (shared_bytes(broker) > 100000);
	assert_int_equal(gbx_cancel(broker, id), GBX_OK);
	assert_int_equal(collect_id(broker, first), GBX_VERDICT_OK);
	assert_int_equal(collect_id(broker, id), GBX_VERDICT_OK);
	assert_int_equal(gbx_cancel(broker, 4711), GBX_ERR_NOTFOUND);
	gbx_broker_close(broker);
}

/* Out of a batch: the others are none the wiser. */
static void
test_cancel_in_batch(void **state)
{
	struct gbx_broker_opts opts;
	struct gbx_broker *broker = NULL;
	struct gbx_result *r;
	struct gbx_input input;
	struct gbx_job job;
	uint64_t id[20];
	int i, ok = 0, cancelled = 0;

	(void)state;
	host_opts(&opts);
	opts.max_in_flight = 1;
	assert_int_equal(host_open_with(&opts, &broker), GBX_OK);
	for (i = 0; i < 20; i++) {
		host_job(HOST_SMALL, &input, &job);
		job.domain = "mail";
		assert_int_equal(
		    gbx_submit(broker, &input, &job, &id[i]), GBX_OK);
	}
	for (i = 0; i < 20; i += 4)
		assert_int_equal(gbx_cancel(broker, id[i]), GBX_OK);
	for (i = 0; i < 20; i++) {
		assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
		if (gbx_result_verdict(r) == GBX_VERDICT_CANCELLED) {
			cancelled++;
		} else {
			assert_true(host_right(HOST_SMALL, r));
			ok++;
		}
		gbx_result_free(r);
	}
	assert_int_equal(ok, 15);
	assert_int_equal(cancelled, 5);
	assert_true(host_run(broker, HOST_SMALL));
	gbx_broker_close(broker);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		test_open_with_few_fds, host_nothing_left),
	    cmocka_unit_test_teardown(
		test_jobs_with_few_fds, host_nothing_left),
	    cmocka_unit_test_teardown(
		test_inputs_fill_memory, host_nothing_left),
	    cmocka_unit_test_teardown(
		test_inputs_leave_room, host_nothing_left),
	    cmocka_unit_test_teardown(
		test_stalled_leave_half, host_nothing_left),
	    cmocka_unit_test_teardown(test_sealed_count, host_nothing_left),
	    cmocka_unit_test_teardown(
		test_results_fill_memory, host_nothing_left),
	    cmocka_unit_test_teardown(test_queue_full, host_nothing_left),
	    cmocka_unit_test_teardown(test_cancel_copying, host_nothing_left),
	    cmocka_unit_test_teardown(
		test_cancel_queued_and_running, host_nothing_left),
	    cmocka_unit_test_teardown(test_cancel_done, host_nothing_left),
	    cmocka_unit_test_teardown(test_cancel_in_batch, host_nothing_left),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("limits", tests, host_set_up, NULL);
}
