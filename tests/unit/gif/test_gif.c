/* SPDX-License-Identifier: ISC */
/*
 * The GIF parser in-process: its samples, every way to spoil a file, rows and
 * passes, transparency, disposal, frames beside the canvas. Side: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/job.h"
#include "tests/support/samples.h"
#include "tests/unit/gif/mkgif.h"

#define OUT_SIZE 65536

static const uint8_t clear[4];

static uint32_t
run_op(struct job *job, uint32_t op, uint32_t first, const struct bytes *m)
{
	job_init(job, op, OUT_SIZE);
	job->task.first = first;
	return job_run(job, m->data, m->size);
}

static void
decode(struct job *job, uint32_t first, const struct bytes *m, bool degraded)
{
	assert_int_equal(
	    run_op(job, GBX_WIRE_OP_DECODE, first, m), GBX_WIRE_OK);
	assert_int_equal(job->sink.degraded, degraded);
	none(image_fault(&job->task, &job->sink, 0));
}

static void
expect_status(const struct bytes *m, uint32_t want)
{
	struct job job;

	assert_int_equal(run_op(&job, GBX_WIRE_OP_DECODE, 0, m), want);
	job_free(&job);
}

static const uint8_t *
at(const struct job *job, uint32_t x, uint32_t y)
{
	return job_pixels(job) + ((size_t)y * job->sink.block[0].width + x) * 4;
}

static void
expect_colour(const struct job *job, uint32_t x, uint32_t y, uint8_t i)
{
	uint8_t rgba[4];

	mkgif_colour(i, rgba);
	assert_memory_equal(at(job, x, y), rgba, 4);
}

/* A whole frame of one colour. */
static void
plain(struct bytes *m, uint32_t x, uint32_t y, uint32_t side, uint8_t colour)
{
	mkgif_frame(
	    m, x, y, side, side, false, false, (size_t)side * side, colour, 0);
}

/* ---- the samples -------------------------------------------------------- */

static void
test_samples(void **state)
{
	(void)state;
	samples_good(GBX_FORMAT_GIF, 4, OUT_SIZE);
}

/* Without its descriptor there is no image; without its data's end it is
 * `degraded`; without the trailer, or later frames, it is whole. */
static void
test_truncated(void **state)
{
	struct image_ends ends;
	size_t i;

	(void)state;
	for (i = 0; i < gbx_parser.n_samples; i++) {
		const struct gbx_sample *s = &gbx_parser.samples[i];

		image_truncate(s->data, s->size, OUT_SIZE, &ends);
		assert_true(ends.malformed > 70 && ends.degraded > 50);
		assert_int_equal(ends.ok + ends.malformed, s->size);
	}
}

static void
test_bit_flips(void **state)
{
	(void)state;
	samples_flipped(OUT_SIZE);
}

static void
test_limits(void **state)
{
	struct bytes m = {0};
	struct job job;
	int i;

	(void)state;
	mkgif_begin(&m, 10, 10, true);
	plain(&m, 0, 0, 10, 7);
	mkgif_end(&m);
	none(image_limits_fault(m.data, m.size, 10, 10));
	m.size--;
	for (i = 0; i < 9; i++)
		plain(&m, 0, 0, 1, 7);
	mkgif_end(&m);
	job_init(&job, GBX_WIRE_OP_PROBE, 0);
	job.task.limit[GBX_WIRE_LIMIT_FRAMES] = 9;
	assert_int_equal(job_run(&job, m.data, m.size), GBX_WIRE_LIMIT);
	assert_int_equal(job.sink.limit, GBX_WIRE_LIMIT_FRAMES);
	job.task.limit[GBX_WIRE_LIMIT_FRAMES] = 10;
	assert_int_equal(job_run(&job, m.data, m.size), GBX_WIRE_OK);
	assert_int_equal(job.sink.total, 10);
	job_free(&job);
	bytes_free(&m);
}

/* ---- one frame ---------------------------------------------------------- */

static void
test_rows(void **state)
{
	struct bytes m = {0};
	struct job job;
	uint32_t x, y;
	int own;

	(void)state;
	for (own = 0; own < 2; own++) {
		mkgif_begin(&m, 30, 20, own == 0);
		mkgif_frame(&m, 0, 0, 30, 20, false, own, 600, 5, 1);
		mkgif_end(&m);
		decode(&job, 0, &m, false);
		for (y = 0; y < 20; y++)
			for (x = 0; x < 30; x++)
				expect_colour(
				    &job, x, y, (uint8_t)(5 + y * 30 + x));
		job_free(&job);
	}
	bytes_free(&m);
}

/* Rows come 0, 8, 16, then 4, 12, then 2, 6, ..., then the odd ones. */
static void
test_passes(void **state)
{
	static const uint8_t order[20] = {0, 8, 16, 4, 12, 2, 6, 10, 14, 18, 1,
	    3, 5, 7, 9, 11, 13, 15, 17, 19};
	struct bytes m = {0};
	struct job job;
	uint32_t y;

	(void)state;
	mkgif_begin(&m, 3, 20, true);
	mkgif_frame(&m, 0, 0, 3, 20, true, false, 60, 0, 1);
	mkgif_end(&m);
	decode(&job, 0, &m, false);
	for (y = 0; y < 20; y++)
		expect_colour(&job, 0, order[y], (uint8_t)(y * 3));
	job_free(&job);
	bytes_free(&m);
}

/* Frames smaller than the canvas, over its edge, beside it, empty. */
static void
test_frame_places(void **state)
{
	struct bytes m = {0};
	struct job job;

	(void)state;
	mkgif_begin(&m, 8, 8, true);
	plain(&m, 6, 6, 5, 9);
	mkgif_end(&m);
	decode(&job, 0, &m, false);
	assert_memory_equal(at(&job, 5, 7), clear, 4);
	expect_colour(&job, 6, 6, 9);
	expect_colour(&job, 7, 7, 9);
	job_free(&job);
	mkgif_begin(&m, 8, 8, true);
	plain(&m, 65535, 65535, 5, 9);
	mkgif_end(&m);
	decode(&job, 0, &m, false);
	assert_memory_equal(at(&job, 7, 7), clear, 4);
	job_free(&job);
	mkgif_begin(&m, 8, 8, true);
	mkgif_frame(&m, 0, 0, 0, 5, false, false, 0, 0, 0);
	mkgif_end(&m);
	expect_status(&m, GBX_WIRE_MALFORMED);
	bytes_free(&m);
}

static void
test_cut_off(void **state)
{
	struct bytes m = {0};
	struct job job;

	(void)state;
	mkgif_begin(&m, 8, 8, true);
	mkgif_frame(&m, 0, 0, 8, 8, false, false, 30, 9, 0);
	mkgif_end(&m);
	decode(&job, 0, &m, true);
	expect_colour(&job, 7, 2, 9);
	assert_memory_equal(at(&job, 0, 6), clear, 4);
	job_free(&job);
	none(image_ops_fault(m.data, m.size, 0, OUT_SIZE));
	bytes_free(&m);
}

static void
test_no_frame(void **state)
{
	struct bytes m = {0};

	(void)state;
	mkgif_begin(&m, 8, 8, true);
	mkgif_extension(&m, 0xfe, "a comment", 9);
	mkgif_extension(&m, 0xfe, NULL, 0);
	mkgif_end(&m);
	expect_status(&m, GBX_WIRE_MALFORMED);
	bytes_free(&m);
}

/* ---- frames on frames --------------------------------------------------- */

static void
test_transparency(void **state)
{
	struct bytes m = {0};
	struct job job;

	(void)state;
	mkgif_begin(&m, 4, 4, true);
	mkgif_control(&m, 0, 3);
	mkgif_frame(&m, 0, 0, 4, 4, false, false, 16, 0, 1);
	mkgif_end(&m);
	decode(&job, 0, &m, false);
	expect_colour(&job, 2, 0, 2);
	assert_memory_equal(at(&job, 3, 0), clear, 4);
	expect_colour(&job, 0, 1, 4);
	job_free(&job);
	bytes_free(&m);
}

/* A control is for the frame after it and no other. */
static void
test_disposal(void **state)
{
	static const struct {
		int disposal;
		int below; /* what the third frame leaves in sight; -1: none */
	} cases[] = {{0, 20}, {1, 20}, {2, -1}, {3, 10}};
	struct bytes m = {0};
	struct job job;
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		mkgif_begin(&m, 8, 8, true);
		plain(&m, 0, 0, 8, 10);
		mkgif_control(&m, cases[i].disposal, -1);
		plain(&m, 2, 2, 4, 20);
		mkgif_control(&m, 0, 30);
		mkgif_frame(&m, 0, 0, 8, 8, false, false, 64, 30, 0);
		plain(&m, 0, 0, 1, 30);
		mkgif_end(&m);
		decode(&job, 1, &m, false);
		expect_colour(&job, 3, 3, 20);
		job_free(&job);
		decode(&job, 2, &m, false);
		expect_colour(&job, 1, 1, 10);
		if (cases[i].below < 0)
			assert_memory_equal(at(&job, 3, 3), clear, 4);
		else
			expect_colour(&job, 3, 3, (uint8_t)cases[i].below);
		job_free(&job);
		decode(&job, 3, &m, false);
		expect_colour(&job, 0, 0, 30);
		job_free(&job);
		none(image_ops_fault(m.data, m.size, 2, OUT_SIZE));
	}
	bytes_free(&m);
}

/* Several frames in one job are the same as each alone, to the last one there
 * is or that is asked for. */
static void
test_several(void **state)
{
	struct bytes m = {0};
	struct job job, one;
	uint32_t count, i;

	(void)state;
	mkgif_begin(&m, 8, 8, true);
	plain(&m, 0, 0, 8, 10);
	mkgif_control(&m, 3, -1);
	plain(&m, 2, 2, 4, 20);
	mkgif_control(&m, 2, -1);
	plain(&m, 4, 4, 4, 30);
	plain(&m, 0, 0, 1, 40);
	mkgif_end(&m);
	for (count = 1; count < 6; count++) {
		job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
		job.task.first = 1;
		job.task.count = count;
		assert_int_equal(job_run(&job, m.data, m.size), GBX_WIRE_OK);
		none(image_fault(&job.task, &job.sink, 0));
		assert_false(job.sink.degraded);
		assert_int_equal(job_frames(&job), count < 3 ? count : 3);
		assert_int_equal(job.sink.n_blocks, 1);
		for (i = 0; i < job_frames(&job); i++) {
			decode(&one, 1 + i, &m, false);
			assert_memory_equal(
			    job_frame(&job, i), job_pixels(&one), 256);
			job_free(&one);
		}
		job_free(&job);
	}
	job_init(&job, GBX_WIRE_OP_THUMBNAIL, OUT_SIZE);
	job.task.count = 3; /* of thumbnails there is one */
	assert_int_equal(job_run(&job, m.data, m.size), GBX_WIRE_OK);
	none(image_fault(&job.task, &job.sink, 0));
	job_free(&job);
	/* two fit, the third is over the limit of them all */
	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	job.task.count = 3;
	job.task.limit[GBX_WIRE_LIMIT_OUTPUT] = 767;
	assert_int_equal(job_run(&job, m.data, m.size), GBX_WIRE_LIMIT);
	assert_int_equal(job.sink.limit, GBX_WIRE_LIMIT_OUTPUT);
	job_free(&job);
	/* no more than there are, in one block */
	mkgif_begin(&m, 8, 8, true);
	for (i = 0; i < 10; i++)
		plain(&m, 0, 0, 8, (uint8_t)i);
	mkgif_end(&m);
	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	job.task.count = 100;
	assert_int_equal(job_run(&job, m.data, m.size), GBX_WIRE_OK);
	assert_int_equal(job.sink.n_blocks, 1);
	assert_int_equal(job_frames(&job), 10);
	none(image_fault(&job.task, &job.sink, 0));
	job_free(&job);
	/* one that is cut off is the last, and the rest is missed */
	mkgif_begin(&m, 8, 8, true);
	plain(&m, 0, 0, 8, 10);
	mkgif_frame(&m, 0, 0, 8, 8, false, false, 30, 9, 0);
	plain(&m, 0, 0, 8, 10);
	mkgif_end(&m);
	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	job.task.count = 3;
	assert_int_equal(job_run(&job, m.data, m.size), GBX_WIRE_OK);
	assert_int_equal(job_frames(&job), 2);
	assert_true(job.sink.degraded);
	job_free(&job);
	bytes_free(&m);
}

/* Between blocks anything may stand that begins none. Fails if taken out:
 * skip_filler() in gif/gif.c. */
static void
test_filler(void **state)
{
	struct bytes m = {0};
	struct job job;
	uint32_t i;

	(void)state;
	mkgif_begin(&m, 8, 8, true);
	for (i = 0; i < 3; i++) {
		bytes_fill(&m, (uint8_t)i, 5);
		plain(&m, 0, 0, 8, (uint8_t)(7 + i));
	}
	bytes_fill(&m, 0, 1);
	mkgif_end(&m);
	for (i = 0; i < 3; i++) {
		decode(&job, i, &m, false);
		assert_int_equal(job.sink.total, 3);
		expect_colour(&job, 4, 4, (uint8_t)(7 + i));
		job_free(&job);
	}
	bytes_free(&m);
}

/* A frame that ends too soon is there and the last: what the library would
 * take for the next begins within its data. Fails if taken out: `cut`
 * in paint_frames(). */
static void
test_after_cut(void **state)
{
	struct bytes m = {0}, hidden = {0};
	struct job job;

	(void)state;
	plain(&hidden, 0, 0, 1, 7);
	bytes_fill(&hidden, 0, 45 - hidden.size);
	assert_int_equal(hidden.data[0], 44); /* ',', and a length */
	mkgif_begin(&m, 8, 8, true);
	mkgif_frame(&m, 0, 0, 8, 8, false, false, 30, 9, 0);
	m.size--;
	bytes_put(&m, hidden.data, hidden.size);
	bytes_put(&m, "", 1);
	plain(&m, 0, 0, 8, 10);
	mkgif_end(&m);
	decode(&job, 0, &m, true);
	assert_int_equal(job.sink.total, 2);
	job_free(&job);
	assert_int_equal(
	    run_op(&job, GBX_WIRE_OP_DECODE, 1, &m), GBX_WIRE_MALFORMED);
	job_free(&job);
	bytes_free(&hidden);
	bytes_free(&m);
}

/* Without any table indices are gray levels, but for the one that is
 * transparent. */
static void
test_no_table(void **state)
{
	struct bytes m = {0};
	struct job job;

	(void)state;
	mkgif_begin(&m, 4, 4, false);
	mkgif_control(&m, 0, 3);
	mkgif_frame(&m, 0, 0, 4, 4, false, false, 16, 0, 1);
	mkgif_end(&m);
	decode(&job, 0, &m, false);
	assert_memory_equal(at(&job, 0, 0), "\0\0\0\xff", 4);
	assert_memory_equal(at(&job, 1, 2), "\x09\x09\x09\xff", 4);
	assert_memory_equal(at(&job, 3, 0), clear, 4);
	job_free(&job);
	none(image_ops_fault(m.data, m.size, 0, OUT_SIZE));
	bytes_free(&m);
}

/* A screen without width or height is as large as the first frame needs; a
 * frame without size is none. */
static void
test_no_screen(void **state)
{
	static const uint32_t sides[][2] = {{0, 0}, {0, 9}, {7, 0}};
	struct bytes m = {0};
	struct job job;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		mkgif_begin(&m, sides[i][0], sides[i][1], true);
		mkgif_extension(&m, 0xfe, "hi", 2);
		mkgif_frame(&m, 2, 1, 5, 8, false, false, 40, 9, 0);
		mkgif_end(&m);
		decode(&job, 0, &m, false);
		assert_int_equal(job.sink.block[0].width, 7);
		assert_int_equal(job.sink.block[0].height, 9);
		expect_colour(&job, 6, 8, 9);
		job_free(&job);
		none(image_ops_fault(m.data, m.size, 0, OUT_SIZE));
	}
	mkgif_begin(&m, 0, 0, true);
	mkgif_frame(&m, 0, 0, 0, 0, false, false, 0, 0, 0);
	mkgif_end(&m);
	expect_status(&m, GBX_WIRE_MALFORMED);
	mkgif_begin(&m, 0, 0, true);
	mkgif_end(&m);
	expect_status(&m, GBX_WIRE_MALFORMED);
	bytes_free(&m);
}

/* 4,096 codes, and thousands of pixels more without a clear code. */
static void
test_full_table(void **state)
{
	struct bytes m = {0};
	struct job job;
	uint32_t i;

	(void)state;
	mkgif_begin(&m, 100, 100, true);
	mkgif_full(&m, 100, 3);
	mkgif_end(&m);
	decode(&job, 0, &m, false);
	for (i = 0; i < 10000; i++)
		expect_colour(&job, i % 100, i / 100, (uint8_t)(i * 3));
	job_free(&job);
	bytes_free(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_samples),
	    cmocka_unit_test(test_truncated),
	    cmocka_unit_test(test_bit_flips),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_passes),
	    cmocka_unit_test(test_frame_places),
	    cmocka_unit_test(test_cut_off),
	    cmocka_unit_test(test_no_frame),
	    cmocka_unit_test(test_transparency),
	    cmocka_unit_test(test_disposal),
	    cmocka_unit_test(test_several),
	    cmocka_unit_test(test_filler),
	    cmocka_unit_test(test_after_cut),
	    cmocka_unit_test(test_no_table),
	    cmocka_unit_test(test_no_screen),
	    cmocka_unit_test(test_full_table),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
