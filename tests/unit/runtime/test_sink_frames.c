/* SPDX-License-Identifier: ISC */
/*
 * The sink's frames, their durations, what they are in, and a probe's
 * properties: which blocks come out. Side: tests.
 *
 * Fails if taken out: the comparison of sides in gbx_sink_frame_reserve, the
 * cap in gbx_sink_duration, the rule for one frame in gbx_sink_frames_finish,
 * may_have in sink_records.c, `keep` in sink_colour.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/image.h"
#include "tests/support/job.h"

#define OUT 65536

/* What the parser of this test does: a byte a step. */
static const char *script;
static uint64_t duration;

static bool
frame(struct gbx_sink *s, uint32_t w, uint32_t h, uint8_t value)
{
	uint8_t *row;
	uint32_t y;

	if (!gbx_sink_image_begin(s, w, h, 0))
		return false;
	if (duration > 0)
		gbx_sink_duration(s, duration);
	for (y = 0; gbx_sink_wants_pixels(s) && y < h; y++) {
		row = gbx_sink_row(s, y);
		if (row == NULL)
			return false;
		memset(row, value, (size_t)w * 4);
		if (!gbx_sink_row_done(s, y))
			return false;
	}
	return gbx_sink_image_end(s);
}

static enum gbx_wire_status
run(const struct gbx_task *task, struct gbx_sink *s)
{
	const char *p;
	uint8_t value = 0;
	bool good = true;

	(void)task;
	gbx_sink_format(s, GBX_FORMAT_PNG);
	gbx_sink_total(s, 9);
	for (p = script; good && *p != '\0'; p++)
		switch (*p) {
		case 'a': /* 8 x 8 */
			good = frame(s, 8, 8, ++value);
			break;
		case 'b':
			good = frame(s, 3, 3, ++value);
			break;
		case 'i':
			gbx_sink_format(s, GBX_FORMAT_ICO);
			break;
		case '3':
			gbx_sink_cicp(s, 12, 13);
			break;
		case 's':
			gbx_sink_cicp(s, 1, 13);
			break;
		case 'o':
			gbx_sink_cicp(s, 5, 5);
			break;
		case 'p':
			good = gbx_sink_property(s, "name", "value", 5);
			break;
		default: /* a number, for those that follow */
			duration = *p == '-' ? 0 : 1000U * (unsigned char)*p;
			break;
		}
	return good ? GBX_WIRE_OK : GBX_WIRE_MALFORMED;
}

const struct gbx_parser gbx_parser = {.worker = GBX_WORKER_PNG, .run = run};

static uint32_t
go(struct job *job, uint32_t op, uint32_t count, uint32_t want,
    const char *what)
{
	uint32_t status;

	script = what;
	duration = 0;
	job_init(job, op, OUT);
	job->task.count = count;
	job->task.want = want;
	status = job_run(job, "", 0);
	if (status == GBX_WIRE_OK)
		assert_null(image_fault(&job->task, &job->sink, 0));
	return status;
}

static void
test_joined(void **state)
{
	const struct gbx_sink_block *b;
	struct job job;
	uint32_t i;

	(void)state;
	assert_int_equal(
	    go(&job, GBX_WIRE_OP_DECODE, 9, 0, "aaabba"), GBX_WIRE_OK);
	b = job.sink.block;
	assert_int_equal(job.sink.n_blocks, 3);
	assert_int_equal(b[0].frames, 3);
	assert_int_equal(b[0].length, 3 * 256);
	assert_int_equal(b[1].frames, 2);
	assert_int_equal(b[1].index, 3);
	assert_int_equal(b[1].length, 2 * 36);
	assert_int_equal(b[2].frames, 1);
	assert_int_equal(b[2].index, 5);
	assert_int_equal(job_frames(&job), 6);
	for (i = 0; i < 6; i++)
		assert_int_equal(job_frame(&job, i)[35], i + 1);
	job_free(&job);
	/* eight sides, and no room for more */
	assert_int_equal(
	    go(&job, GBX_WIRE_OP_DECODE, 9, 0, "abababab"), GBX_WIRE_OK);
	assert_int_equal(job.sink.n_blocks, 8);
	job_free(&job);
	assert_int_equal(
	    go(&job, GBX_WIRE_OP_DECODE, 9, 0, "ababababa"), GBX_WIRE_LIMIT);
	assert_int_equal(job.sink.limit, GBX_WIRE_LIMIT_RECORDS);
	job_free(&job);
}

static void
test_durations(void **state)
{
	struct job job;
	uint32_t i;

	(void)state;
	/* 49 is '1'; the first two have none */
	assert_int_equal(
	    go(&job, GBX_WIRE_OP_DECODE, 9, 0, "aa1a-a2a"), GBX_WIRE_OK);
	assert_int_equal(job.sink.n_blocks, 2);
	assert_int_equal(job.sink.block[1].kind, GBX_WIRE_DURATIONS);
	for (i = 0; i < 5; i++)
		assert_int_equal(job_duration(&job, i), i == 2	 ? 49000
							: i == 4 ? 50000
								 : 0);
	job_free(&job);
	/* one: with its geometry */
	assert_int_equal(go(&job, GBX_WIRE_OP_DECODE, 9, 0, "1a"), GBX_WIRE_OK);
	assert_int_equal(job.sink.n_blocks, 1);
	assert_int_equal(job.sink.block[0].duration_ms, 49000);
	job_free(&job);
	assert_int_equal(
	    go(&job, GBX_WIRE_OP_THUMBNAIL, 1, 0, "1a"), GBX_WIRE_OK);
	assert_int_equal(job.sink.block[0].duration_ms, 49000);
	job_free(&job);
	/* none anywhere: no block; of a probe never */
	assert_int_equal(
	    go(&job, GBX_WIRE_OP_DECODE, 9, 0, "aaa"), GBX_WIRE_OK);
	assert_int_equal(job.sink.n_blocks, 1);
	job_free(&job);
	assert_int_equal(go(&job, GBX_WIRE_OP_PROBE, 1, 0, "1a"), GBX_WIRE_OK);
	assert_int_equal(job.sink.block[0].duration_ms, 0);
	job_free(&job);
	/* no room behind the frames: 2 x 256 and 8 */
	for (i = 519; i <= 520; i++) {
		script = "1aa";
		duration = 0;
		job_init(&job, GBX_WIRE_OP_DECODE, OUT);
		job.task.count = 2;
		job.task.limit[GBX_WIRE_LIMIT_OUTPUT] = i;
		assert_int_equal(job_run(&job, "", 0),
		    i < 520 ? GBX_WIRE_LIMIT : GBX_WIRE_OK);
		job_free(&job);
	}
}

static void
expect_colour(uint32_t op, uint32_t want, const char *what, uint32_t colour)
{
	struct job job;

	assert_int_equal(go(&job, op, 1, want, what), GBX_WIRE_OK);
	assert_int_equal(job.sink.block[0].colour, colour);
	job_free(&job);
}

static void
test_colours(void **state)
{
	(void)state;
	expect_colour(GBX_WIRE_OP_DECODE, 0, "a", GBX_WIRE_COLOUR_UNTOLD);
	expect_colour(GBX_WIRE_OP_DECODE, 0, "sa", GBX_WIRE_COLOUR_SRGB);
	expect_colour(GBX_WIRE_OP_DECODE, 0, "3a", GBX_WIRE_COLOUR_DISPLAY_P3);
	expect_colour(GBX_WIRE_OP_DECODE, 0, "oa", GBX_WIRE_COLOUR_OTHER);
	/* of a probe also behind its geometry */
	expect_colour(GBX_WIRE_OP_PROBE, 0, "a3", GBX_WIRE_COLOUR_DISPLAY_P3);
	expect_colour(GBX_WIRE_OP_THUMBNAIL, 0, "sa", GBX_WIRE_COLOUR_SRGB);
	expect_colour(GBX_WIRE_OP_THUMBNAIL, 0, "3a", GBX_WIRE_COLOUR_SRGB);
	/* what nothing can turn into sRGB says so */
	expect_colour(GBX_WIRE_OP_THUMBNAIL, 0, "oa", GBX_WIRE_COLOUR_OTHER);
	expect_colour(GBX_WIRE_OP_THUMBNAIL, GBX_WIRE_WANT_COLOUR, "3a",
	    GBX_WIRE_COLOUR_DISPLAY_P3);
	expect_colour(GBX_WIRE_OP_THUMBNAIL, GBX_WIRE_WANT_COLOUR, "oa",
	    GBX_WIRE_COLOUR_OTHER);
	expect_colour(GBX_WIRE_OP_THUMBNAIL, GBX_WIRE_WANT_ORIENTATION, "3a",
	    GBX_WIRE_COLOUR_SRGB);
}

static void
test_properties(void **state)
{
	struct job job;

	(void)state;
	assert_int_equal(
	    go(&job, GBX_WIRE_OP_PROBE, 1, GBX_WIRE_WANT_METADATA, "pap"),
	    GBX_WIRE_OK);
	assert_int_equal(job.sink.n_blocks, 2);
	assert_int_equal(job.sink.block[1].kind, GBX_WIRE_RECORDS);
	assert_int_equal(job.sink.block[1].records, 2);
	job_free(&job);
	assert_int_equal(
	    go(&job, GBX_WIRE_OP_PROBE, 1, GBX_WIRE_WANT_METADATA, "a"),
	    GBX_WIRE_OK);
	assert_int_equal(job.sink.n_blocks, 1);
	job_free(&job);
	/* not asked for; of a format that has none; when there are pixels */
	assert_int_equal(go(&job, GBX_WIRE_OP_PROBE, 1, 0, "pap"), GBX_WIRE_OK);
	assert_int_equal(job.sink.n_blocks, 1);
	job_free(&job);
	assert_int_equal(
	    go(&job, GBX_WIRE_OP_PROBE, 1, GBX_WIRE_WANT_METADATA, "ipap"),
	    GBX_WIRE_OK);
	assert_int_equal(job.sink.n_blocks, 1);
	job_free(&job);
	assert_int_equal(
	    go(&job, GBX_WIRE_OP_DECODE, 1, 0, "pap"), GBX_WIRE_OK);
	assert_int_equal(job.sink.n_blocks, 1);
	job_free(&job);
	/* over the limit by name */
	script = "ppppa";
	job_init(&job, GBX_WIRE_OP_PROBE, OUT);
	job.task.want = GBX_WIRE_WANT_METADATA;
	job.task.limit[GBX_WIRE_LIMIT_RECORDS] = 3;
	assert_int_equal(job_run(&job, "", 0), GBX_WIRE_LIMIT);
	assert_int_equal(job.sink.limit, GBX_WIRE_LIMIT_RECORDS);
	job_free(&job);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_joined),
	    cmocka_unit_test(test_durations),
	    cmocka_unit_test(test_colours),
	    cmocka_unit_test(test_properties),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
