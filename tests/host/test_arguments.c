/* SPDX-License-Identifier: ISC */
/*
 * Every argument that a caller can get wrong: the call says so, and nothing has
 * begun. Side: caller. Fails if taken out: any line of opts_valid, input_valid,
 * job_valid or settle_limits (broker/opts.c, broker/submit.c).
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <glovebox.h>

#include "tests/support/cmocka.h"
#include "tests/support/host.h"

static struct gbx_broker *broker;
static struct gbx_input input;
static struct gbx_job job;

static int
set_up(void **state)
{
	if (!host_prepare_quick())
		return -1;
	(void)state;
	broker = host_open();
	return broker == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
	gbx_broker_close(broker);
	return host_nothing_left(state);
}

static void
again(void)
{
	host_job(HOST_SMALL, &input, &job);
}

/* Neither way in takes it. */
static void
refused(void)
{
	struct gbx_result *r = NULL;
	uint64_t id = 77;

	assert_int_equal(gbx_run(broker, &input, &job, &r), GBX_ERR_ARG);
	assert_int_equal(gbx_submit(broker, &input, &job, &id), GBX_ERR_ARG);
	assert_null(r);
	assert_int_equal(id, 77);
	again();
}

static void
test_inputs(void **state)
{
	(void)state;
	again();
	input.size--;
	refused();
	input.data = NULL;
	refused();
	input.fd = 0; /* and bytes */
	refused();
	input.data = NULL;
	input.fd = 0; /* and a length */
	refused();
}

static void
test_jobs(void **state)
{
	(void)state;
	again();
	job.size--;
	refused();
	job.op = 0;
	refused();
	job.op = GBX_OP_EXTRACT + 1;
	refused();
	job.op = GBX_OP_LIST;
	job.first = 1;
	refused();
	job.op = GBX_OP_LIST;
	job.want = GBX_WANT_METADATA;
	refused();
	job.op = GBX_OP_EXTRACT;
	job.count = 2;
	refused();
	job.require = GBX_POSTURE_BATCH;
	refused();
	job.require = GBX_POSTURE_GUARD << 1;
	refused();
	job.first = 1;
	job.op = GBX_OP_PROBE;
	refused();
	job.count = 0;
	refused();
	job.want = GBX_WANT_METADATA; /* of a decode */
	refused();
	job.want = GBX_WANT_STORED_COLOUR;
	refused();
	job.op = GBX_OP_THUMBNAIL;
	job.want = GBX_WANT_STORED_COLOUR << 1;
	refused();
	job.op = GBX_OP_PROBE;
	job.want = GBX_WANT_METADATA | GBX_WANT_STORED_ORIENTATION;
	refused();
	job.whole = 2;
	refused();
	job.count = 2;
	job.op = GBX_OP_THUMBNAIL;
	refused();
	job.box_w = 0;
	refused();
	job.box_w = 16385;
	refused();
	job.box_h = 0;
	refused();
	job.box_h = 16385;
	refused();
	job.dpi = 0;
	refused();
	job.dpi = 2401;
	refused();
}

static void
test_limits(void **state)
{
	struct gbx_limit_info info = {.size = sizeof(info)};
	uint32_t i;

	(void)state;
	again();
	for (i = 1; gbx_limit_info((enum gbx_limit)i, &info) == GBX_OK; i++) {
		job.limit[i] = info.ceiling + 1;
		refused();
	}
	assert_true(i < GBX_LIMIT_ROOM);
	for (; i < GBX_LIMIT_ROOM; i++) {
		job.limit[i] = 1;
		refused();
	}
}

/* At the last number that is right. */
static void
test_just_right(void **state)
{
	struct gbx_result *r = NULL;

	(void)state;
	again();
	job.box_w = job.box_h = 16384;
	job.dpi = 2400;
	assert_int_equal(gbx_run(broker, &input, &job, &r), GBX_OK);
	assert_true(host_right(HOST_SMALL, r));
	gbx_result_free(r);
	job.box_w = job.box_h = job.dpi = 1;
	assert_int_equal(gbx_run(broker, &input, &job, &r), GBX_OK);
	assert_true(host_right(HOST_SMALL, r));
	gbx_result_free(r);
}

static void
test_nothing_given(void **state)
{
	struct gbx_host_posture posture = {.size = sizeof(posture)};
	struct gbx_stats stats = {.size = sizeof(stats)};
	struct gbx_result *r = NULL;

	(void)state;
	again();
	assert_int_equal(gbx_run(NULL, &input, &job, &r), GBX_ERR_ARG);
	assert_int_equal(gbx_run(broker, NULL, &job, &r), GBX_ERR_ARG);
	assert_int_equal(gbx_run(broker, &input, NULL, &r), GBX_ERR_ARG);
	assert_int_equal(gbx_run(broker, &input, &job, NULL), GBX_ERR_ARG);
	assert_int_equal(gbx_submit(NULL, &input, &job, NULL), GBX_ERR_ARG);
	assert_int_equal(gbx_submit(broker, NULL, &job, NULL), GBX_ERR_ARG);
	assert_int_equal(gbx_submit(broker, &input, NULL, NULL), GBX_ERR_ARG);
	assert_int_equal(gbx_collect(NULL, 0, &r), GBX_ERR_ARG);
	assert_int_equal(gbx_collect(broker, 0, NULL), GBX_ERR_ARG);
	assert_int_equal(gbx_collect(broker, -2, &r), GBX_ERR_ARG);
	assert_int_equal(gbx_collect(broker, 0, &r), GBX_ERR_AGAIN);
	assert_int_equal(gbx_cancel(NULL, 1), GBX_ERR_ARG);
	assert_int_equal(gbx_cancel(broker, 1000), GBX_ERR_NOTFOUND);
	assert_int_equal(gbx_broker_fd(NULL), -1);
	assert_int_equal(gbx_host_posture(NULL, &posture), GBX_ERR_ARG);
	assert_int_equal(gbx_host_posture(broker, NULL), GBX_ERR_ARG);
	assert_int_equal(gbx_host_posture(broker, &posture), GBX_OK);
	posture.size--;
	assert_int_equal(gbx_host_posture(broker, &posture), GBX_ERR_ARG);
	assert_int_equal(gbx_broker_stats(NULL, &stats), GBX_ERR_ARG);
	assert_int_equal(gbx_broker_stats(broker, NULL), GBX_ERR_ARG);
	assert_int_equal(gbx_broker_stats(broker, &stats), GBX_OK);
	stats.size--;
	assert_int_equal(gbx_broker_stats(broker, &stats), GBX_ERR_ARG);
	gbx_broker_close(NULL);
}

/* ---- opening ------------------------------------------------------------- */

static struct gbx_broker_opts opts;

static void
not_opened(enum gbx_err want)
{
	struct gbx_broker *b = NULL;

	assert_int_equal(gbx_broker_open(&opts, &b), want);
	assert_null(b);
	host_opts(&opts);
}

static void
test_opts(void **state)
{
	uint32_t i;

	(void)state;
	host_opts(&opts);
	assert_int_equal(gbx_broker_open(&opts, NULL), GBX_ERR_ARG);
	opts.size--;
	not_opened(GBX_ERR_ARG);
	opts.max_in_flight = 0;
	not_opened(GBX_ERR_ARG);
	opts.max_queued = 0;
	not_opened(GBX_ERR_ARG);
	opts.batch_max = 0;
	not_opened(GBX_ERR_ARG);
	opts.batch_max = 65;
	not_opened(GBX_ERR_ARG);
	opts.max_shared = (1 << 20) - 1;
	not_opened(GBX_ERR_ARG);
	opts.lockdown = 0;
	not_opened(GBX_ERR_ARG);
	opts.lockdown = GBX_LOCKDOWN_STRICT + 1;
	not_opened(GBX_ERR_ARG);
	opts.require = GBX_POSTURE_BATCH;
	not_opened(GBX_ERR_ARG);
	opts.require = GBX_POSTURE_GUARD << 1;
	not_opened(GBX_ERR_ARG);
	opts.require = GBX_POSTURE_FILTER | GBX_POSTURE_STRICT;
	not_opened(GBX_ERR_ARG);
	for (i = 1; i <= GBX_LIMIT_DEPTH; i++) {
		opts.ceiling[i] = 0;
		not_opened(GBX_ERR_ARG);
		opts.ceiling[i] = UINT64_MAX;
		not_opened(GBX_ERR_ARG);
	}
}

static void
test_preload(void **state)
{
	static const char *const bad[] = {"", "none", "png,", "png,,png",
	    "png,none", "png docx",
	    "a-name-that-is-longer-than-any-name-of-a-format-or-of-a-worker-is"};
	static const char *const good[] = {
	    "png", "png,ooxml", "docx,png", "image/png"};
	struct gbx_broker *b;
	size_t i;

	(void)state;
	host_opts(&opts);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		opts.preload = bad[i];
		not_opened(GBX_ERR_NOTFOUND);
	}
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		opts.preload = good[i];
		assert_int_equal(gbx_broker_open(&opts, &b), GBX_OK);
		gbx_broker_close(b);
	}
}

static void
test_no_worker_dir(void **state)
{
	(void)state;
	host_opts(&opts);
	opts.worker_dir = "/nonexistent";
	not_opened(GBX_ERR_NOTFOUND);
	opts.worker_dir = "/dev/null";
	not_opened(GBX_ERR_NOTFOUND);
	opts.worker_dir = "/proc/self/fd"; /* nothing of ours in it */
	not_opened(GBX_ERR_NOTFOUND);
}

/* Pixels that contradict themselves are not handed on. */
static void
test_encode(void **state)
{
	static const uint8_t rgba[2 * 40 + 8];
	const struct gbx_block good = {.size = sizeof(good),
	    .kind = GBX_BLOCK_PIXELS,
	    .data = rgba,
	    .length = sizeof(rgba),
	    .width = 2,
	    .height = 3,
	    .stride = 40,
	    .layout = GBX_LAYOUT_RGBA8};
	const struct gbx_encode png = {
	    .size = sizeof(png), .encoding = GBX_ENCODING_PNG};
	struct gbx_encode how;
	struct gbx_block b;
	int fd = -1;

	(void)state;
	assert_int_equal(gbx_encode_input(&good, &png, &fd), GBX_OK);
	assert_true(fd >= 0);
	close(fd);
#define REFUSED(struct_, field, value) \
	do { \
		b = good; \
		how = png; \
		struct_.field = (value); \
		assert_int_equal( \
		    gbx_encode_input(&b, &how, &fd), GBX_ERR_ARG); \
	} while (0)
	REFUSED(b, size, 1);
	REFUSED(b, kind, GBX_BLOCK_TEXT);
	REFUSED(b, layout, 2);
	REFUSED(b, data, NULL);
	REFUSED(b, width, 0);
	REFUSED(b, width, 11);
	REFUSED(b, height, 0);
	REFUSED(b, height, 4);
	REFUSED(b, height, UINT32_MAX);
	REFUSED(b, stride, 7);
	REFUSED(b, stride, SIZE_MAX);
	REFUSED(b, length, sizeof(rgba) - 1);
	REFUSED(how, size, 0);
	REFUSED(how, encoding, 0);
	REFUSED(how, encoding, 4);
	REFUSED(how, quality, 101);
#undef REFUSED
	assert_int_equal(gbx_encode_input(NULL, &png, &fd), GBX_ERR_ARG);
	assert_int_equal(gbx_encode_input(&good, NULL, &fd), GBX_ERR_ARG);
	assert_int_equal(gbx_encode_input(&good, &png, NULL), GBX_ERR_ARG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_inputs),
	    cmocka_unit_test(test_jobs),
	    cmocka_unit_test(test_encode),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_just_right),
	    cmocka_unit_test(test_nothing_given),
	    cmocka_unit_test(test_opts),
	    cmocka_unit_test(test_preload),
	    cmocka_unit_test(test_no_worker_dir),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down) != 0;
}
