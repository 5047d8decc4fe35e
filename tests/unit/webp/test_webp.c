/* SPDX-License-Identifier: ISC */
/*
 * The WebP parser in-process: its samples, every way to spoil a file, lossy and
 * lossless pixels, animations, chunks, sizes. Side: tests.
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
#include "tests/unit/webp/mkwebp.h"

#define OUT_SIZE 65536

static uint32_t
run_op(struct job *job, uint32_t op, uint32_t first, const struct bytes *m)
{
	job_init(job, op, OUT_SIZE);
	job->task.first = first;
	return job_run(job, m->data, m->size);
}

/* ---- the samples -------------------------------------------------------- */

static void
test_samples(void **state)
{
	(void)state;
	samples_good(GBX_FORMAT_WEBP, 7, OUT_SIZE);
}

/* Nothing that lacks its end is shown. */
static void
test_truncated(void **state)
{
	struct image_ends ends;
	size_t i;

	(void)state;
	for (i = 0; i < gbx_parser.n_samples; i++) {
		const struct gbx_sample *s = &gbx_parser.samples[i];

		image_truncate(s->data, s->size, OUT_SIZE, &ends);
		assert_int_equal(ends.malformed, s->size);
	}
}

static void
test_bit_flips(void **state)
{
	struct image_ends ends;
	size_t i;

	(void)state;
	for (i = 0; i < gbx_parser.n_samples; i++) {
		const struct gbx_sample *s = &gbx_parser.samples[i];

		image_flip(s->data, s->size, OUT_SIZE, &ends);
		assert_true(ends.malformed > 0);
	}
}

static void
test_limits(void **state)
{
	struct bytes m = {0};

	(void)state;
	mkwebp_still(&m, 20, 10, true, true);
	none(image_limits_fault(m.data, m.size, 20, 10));
	bytes_free(&m);
}

/* ---- stills ------------------------------------------------------------- */

static void
expect_smooth(
    const uint8_t *got, uint32_t width, uint32_t height, int off, bool alpha)
{
	uint32_t x, y;
	int c, want;

	for (y = 0; y < height; y++)
		for (x = 0; x < width; x++)
			for (c = 0; c < 4; c++, got++) {
				want = mkwebp_sample(x, y, c);
				if (c == 3 && !alpha)
					want = 255;
				if (abs(*got - want) > off)
					fail_msg("(%u, %u) %d: %d, not %d", x,
					    y, c, *got, want);
			}
}

static void
test_pixels(void **state)
{
	struct bytes m = {0};
	struct job job;
	int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		mkwebp_still(&m, 33, 47, i & 1, i & 2);
		assert_int_equal(
		    run_op(&job, GBX_WIRE_OP_DECODE, 0, &m), GBX_WIRE_OK);
		assert_false(job.sink.degraded);
		assert_int_equal(job.sink.total, 1);
		assert_int_equal(job.sink.block[0].width, 33);
		expect_smooth(job_pixels(&job), 33, 47, i & 1 ? 0 : 12, i & 2);
		job_free(&job);
	}
	bytes_free(&m);
}

/* What the library makes smaller by itself is the same smooth picture. */
/* The colours of what is transparent don't show at its edge. */
static void
test_halo(void **state)
{
	struct bytes m = {0};
	struct job job;
	const uint8_t *got;
	uint32_t i, seen = 0;

	(void)state;
	mkwebp_disc(&m, 400);
	job_init(&job, GBX_WIRE_OP_THUMBNAIL, OUT_SIZE);
	job.task.box_w = job.task.box_h = 40;
	assert_int_equal(job_run(&job, m.data, m.size), GBX_WIRE_OK);
	for (i = 0; i < 40 * 40; i++) {
		got = job_pixels(&job) + i * 4;
		if (got[3] < 64)
			continue;
		seen++;
		assert_in_range(got[1], 0, 40);
		assert_in_range(got[2], 0, 40);
	}
	assert_in_range(seen, 1100, 1400);
	job_free(&job);
	bytes_free(&m);
}

static void
test_thumbnail(void **state)
{
	struct bytes m = {0};
	struct job job;
	const uint8_t *got;
	uint32_t x, y;
	int c;

	(void)state;
	mkwebp_still(&m, 200, 160, false, false);
	job_init(&job, GBX_WIRE_OP_THUMBNAIL, OUT_SIZE);
	job.task.box_w = job.task.box_h = 25;
	assert_int_equal(job_run(&job, m.data, m.size), GBX_WIRE_OK);
	assert_int_equal(job.sink.block[0].width, 25);
	assert_int_equal(job.sink.block[0].height, 20);
	for (y = 1; y < 19; y++)
		for (x = 1; x < 24; x++) {
			got = job_pixels(&job) + (y * 25 + x) * 4;
			for (c = 0; c < 3; c++)
				assert_in_range(got[c],
				    mkwebp_sample(x * 8 + 4, y * 8 + 4, c) - 8,
				    mkwebp_sample(x * 8 + 4, y * 8 + 4, c) + 8);
		}
	job_free(&job);
	bytes_free(&m);
}

/* ---- animations --------------------------------------------------------- */

static const uint8_t red[4] = {255, 0, 0, 255}, blue[4] = {0, 0, 255, 255};
static const uint8_t clear[4] = {0, 0, 0, 0};

static void
expect_at(const struct job *job, uint32_t x, uint32_t y, const uint8_t want[4])
{
	assert_memory_equal(job_pixels(job) + (y * 8 + x) * 4, want, 4);
}

/* Red all over, then blue within, disposed of, then red in a corner. */
static void
test_animation(void **state)
{
	struct bytes m = {0};
	struct job job;

	(void)state;
	mkwebp_begin(&m, MKWEBP_ANIMATION | MKWEBP_ALPHA, 8, 8);
	mkwebp_frame(&m, 0, 0, 8, 8, red, false);
	mkwebp_frame(&m, 2, 2, 4, 4, blue, true);
	mkwebp_frame(&m, 0, 0, 2, 2, blue, false);
	mkwebp_end(&m);
	assert_int_equal(run_op(&job, GBX_WIRE_OP_DECODE, 0, &m), GBX_WIRE_OK);
	assert_int_equal(job.sink.total, 3);
	expect_at(&job, 3, 3, red);
	job_free(&job);
	assert_int_equal(run_op(&job, GBX_WIRE_OP_DECODE, 1, &m), GBX_WIRE_OK);
	assert_int_equal(job.sink.block[0].index, 1);
	expect_at(&job, 1, 1, red);
	expect_at(&job, 3, 3, blue);
	job_free(&job);
	assert_int_equal(run_op(&job, GBX_WIRE_OP_DECODE, 2, &m), GBX_WIRE_OK);
	expect_at(&job, 1, 1, blue);
	expect_at(&job, 3, 3, clear);
	expect_at(&job, 7, 7, red);
	job_free(&job);
	assert_int_equal(
	    run_op(&job, GBX_WIRE_OP_PROBE, 3, &m), GBX_WIRE_UNSUPPORTED);
	job_free(&job);
	none(image_ops_fault(m.data, m.size, 1, OUT_SIZE));
	bytes_free(&m);
}

/* Several frames in one job, to the last there is or that is asked for. */
static void
test_several(void **state)
{
	struct bytes m = {0};
	struct job job, one;
	uint32_t count, i;

	(void)state;
	mkwebp_begin(&m, MKWEBP_ANIMATION | MKWEBP_ALPHA, 8, 8);
	mkwebp_frame(&m, 0, 0, 8, 8, red, false);
	mkwebp_frame(&m, 2, 2, 4, 4, blue, true);
	mkwebp_frame(&m, 0, 0, 2, 2, blue, false);
	mkwebp_end(&m);
	for (count = 1; count < 5; count++) {
		job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
		job.task.count = count;
		assert_int_equal(job_run(&job, m.data, m.size), GBX_WIRE_OK);
		none(image_fault(&job.task, &job.sink, 0));
		assert_int_equal(job_frames(&job), count < 3 ? count : 3);
		for (i = 0; i < job_frames(&job); i++) {
			assert_int_equal(
			    run_op(&one, GBX_WIRE_OP_DECODE, i, &m),
			    GBX_WIRE_OK);
			assert_memory_equal(
			    job_frame(&job, i), job_pixels(&one), 256);
			assert_int_equal(
			    job_duration(&job, i), job_duration(&one, 0));
			job_free(&one);
		}
		job_free(&job);
	}
	job_init(&job, GBX_WIRE_OP_THUMBNAIL, OUT_SIZE);
	job.task.count = 3; /* of thumbnails there is one */
	assert_int_equal(job_run(&job, m.data, m.size), GBX_WIRE_OK);
	none(image_fault(&job.task, &job.sink, 0));
	job_free(&job);
	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	job.task.count = 3;
	job.task.limit[GBX_WIRE_LIMIT_OUTPUT] = 767;
	assert_int_equal(job_run(&job, m.data, m.size), GBX_WIRE_LIMIT);
	assert_int_equal(job.sink.limit, GBX_WIRE_LIMIT_OUTPUT);
	job_free(&job);
	bytes_free(&m);
}

static void
test_frames_limit(void **state)
{
	struct bytes m = {0};
	struct job job;
	int i;

	(void)state;
	mkwebp_begin(&m, MKWEBP_ANIMATION, 8, 8);
	for (i = 0; i < 5; i++)
		mkwebp_frame(&m, 0, 0, 8, 8, red, false);
	mkwebp_end(&m);
	job_init(&job, GBX_WIRE_OP_PROBE, 0);
	job.task.limit[GBX_WIRE_LIMIT_FRAMES] = 4;
	assert_int_equal(job_run(&job, m.data, m.size), GBX_WIRE_LIMIT);
	assert_int_equal(job.sink.limit, GBX_WIRE_LIMIT_FRAMES);
	job_free(&job);
	bytes_free(&m);
}

/* ---- chunks beside the image -------------------------------------------- */

static void
test_orientation(void **state)
{
	uint8_t exif[32] = "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0"
			   "\x01\0";
	struct bytes m = {0};
	struct job job;
	uint8_t o, skip;

	(void)state;
	for (o = 1; o <= 9; o++)
		for (skip = 0; skip <= 6; skip += 6) {
			exif[25] = o;
			mkwebp_begin(&m, MKWEBP_EXIF, 20, 10);
			mkwebp_image(&m, 20, 10, true, false);
			mkwebp_chunk(
			    &m, "EXIF", exif + skip, sizeof(exif) - skip);
			mkwebp_end(&m);
			assert_int_equal(run_op(&job, GBX_WIRE_OP_PROBE, 0, &m),
			    GBX_WIRE_OK);
			assert_int_equal(
			    job.sink.block[0].orientation, o > 8 ? 0 : o);
			job_free(&job);
			none(image_ops_fault(m.data, m.size, 0, OUT_SIZE));
		}
	bytes_free(&m);
}

/* A profile that is none costs nothing and is passed over. */
static void
test_profile(void **state)
{
	struct bytes m = {0};
	struct job job;

	(void)state;
	mkwebp_begin(&m, MKWEBP_ICC, 20, 10);
	mkwebp_chunk(&m, "ICCP", "not a profile", 13);
	mkwebp_image(&m, 20, 10, true, false);
	mkwebp_end(&m);
	assert_int_equal(
	    run_op(&job, GBX_WIRE_OP_THUMBNAIL, 0, &m), GBX_WIRE_OK);
	job_free(&job);
	bytes_free(&m);
}

/* The canvas and the image that fills it must be of one size. */
static void
test_canvas_lies(void **state)
{
	struct bytes m = {0};
	struct job job;

	(void)state;
	mkwebp_begin(&m, 0, 21, 10);
	mkwebp_image(&m, 20, 10, true, false);
	mkwebp_end(&m);
	assert_int_equal(
	    run_op(&job, GBX_WIRE_OP_DECODE, 0, &m), GBX_WIRE_MALFORMED);
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
	    cmocka_unit_test(test_pixels),
	    cmocka_unit_test(test_thumbnail),
	    cmocka_unit_test(test_halo),
	    cmocka_unit_test(test_animation),
	    cmocka_unit_test(test_several),
	    cmocka_unit_test(test_frames_limit),
	    cmocka_unit_test(test_orientation),
	    cmocka_unit_test(test_profile),
	    cmocka_unit_test(test_canvas_lies),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
