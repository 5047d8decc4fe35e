/* SPDX-License-Identifier: ISC */
/*
 * The icon parser in-process: its samples, every way to spoil a file, which
 * picture is taken, depths, masks, alpha, PNG. Side: tests.
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
#include "tests/unit/ico/mkico.h"

#define OUT_SIZE 262144

static uint32_t
run_op(struct job *job, uint32_t op, const struct bytes *b)
{
	job_init(job, op, OUT_SIZE);
	return job_run(job, b->data, b->size);
}

static void
decode(struct job *job, const struct bytes *b, bool degraded)
{
	assert_int_equal(run_op(job, GBX_WIRE_OP_DECODE, b), GBX_WIRE_OK);
	assert_int_equal(job->sink.degraded, degraded);
	assert_int_equal(job->sink.total, 1);
	assert_int_equal(job->sink.format, GBX_FORMAT_ICO);
	none(image_ops_fault(b->data, b->size, 0, OUT_SIZE));
}

static void
expect_status(const struct bytes *b, uint32_t want)
{
	struct job job;

	assert_int_equal(run_op(&job, GBX_WIRE_OP_DECODE, b), want);
	job_free(&job);
	none(image_ops_fault(b->data, b->size, 0, OUT_SIZE));
}

/* An icon of one bitmap. */
static void
one(struct bytes *b, uint32_t width, uint32_t height, uint32_t bits)
{
	struct bytes picture = {0};

	mkico_bitmap(&picture, width, height, bits);
	mkico(b, 1, &picture, 1);
	bytes_free(&picture);
}

/* ---- the samples -------------------------------------------------------- */

static void
test_samples(void **state)
{
	(void)state;
	samples_good(GBX_FORMAT_ICO, 6, OUT_SIZE);
}

/* Without all colours there is nothing; without the mask it is degraded, but
 * where there is alpha no mask is missed. */
static void
test_truncated(void **state)
{
	struct image_ends ends;
	size_t i;

	(void)state;
	for (i = 0; i < gbx_parser.n_samples; i++) {
		const struct gbx_sample *s = &gbx_parser.samples[i];

		image_truncate(s->data, s->size, OUT_SIZE, &ends);
		assert_true(ends.malformed > 60);
		if (strcmp(s->name, "bits32") == 0)
			assert_int_equal(ends.degraded, 0);
		else
			assert_int_equal(ends.ok, ends.degraded);
		if (strcmp(s->name, "png") == 0)
			assert_int_equal(ends.ok, 0);
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
	struct bytes b = {0}, picture = {0};

	(void)state;
	one(&b, 6, 4, 24);
	none(image_limits_fault(b.data, b.size, 6, 4));
	mkico_png(&picture, 6, 4);
	mkico(&b, 1, &picture, 1);
	none(image_limits_fault(b.data, b.size, 6, 4));
	bytes_free(&picture);
	bytes_free(&b);
}

/* ---- bitmaps ------------------------------------------------------------ */

static void
expect_bitmap(const struct job *job, uint32_t n, uint32_t bits)
{
	const uint8_t *got = job_pixels(job);
	uint32_t i, v;

	for (i = 0; i < n; i++, got += 4) {
		v = mkico_value(i, bits);
		if (bits <= 8)
			v *= 0x010203;
		if (bits == 16) {
			assert_int_equal(got[2], ((v & 31) * 255 + 15) / 31);
		} else {
			assert_int_equal(got[0], v >> 16 & 255);
			assert_int_equal(got[1], v >> 8 & 255);
			assert_int_equal(got[2], v & 255);
		}
		if (bits == 32)
			assert_int_equal(got[3], v >> 24);
		else
			assert_int_equal(got[3], i % 3 == 2 ? 0 : 255);
	}
}

static void
test_depths(void **state)
{
	static const uint32_t depths[] = {1, 4, 8, 16, 24, 32};
	struct bytes b = {0};
	struct job job;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(depths) / sizeof(depths[0]); i++) {
		one(&b, 11, 7, depths[i]);
		decode(&job, &b, false);
		assert_int_equal(job.sink.block[0].width, 11);
		assert_int_equal(job.sink.block[0].height, 7);
		expect_bitmap(&job, 77, depths[i]);
		job_free(&job);
	}
	bytes_free(&b);
}

/* 32 bits of which none is alpha: the mask counts again. */
static void
test_no_alpha(void **state)
{
	struct bytes b = {0};
	struct job job;
	uint32_t i;

	(void)state;
	one(&b, 6, 1, 32);
	for (i = 0; i < 6; i++)
		b.data[6 + 16 + 40 + i * 4 + 3] = 0;
	decode(&job, &b, false);
	for (i = 0; i < 6; i++)
		assert_int_equal(
		    job_pixels(&job)[i * 4 + 3], i % 3 == 2 ? 0 : 255);
	job_free(&job);
	bytes_free(&b);
}

/* More colours declared than there are indices: the pixels come after. */
static void
test_long_palette(void **state)
{
	struct bytes b = {0}, picture = {0}, more = {0};
	struct job job;

	(void)state;
	mkico_bitmap(&picture, 3, 1, 1);
	bytes_put(&more, picture.data, 40);
	more.data[32] = 5;
	bytes_put(&more, picture.data + 40, 8);
	bytes_fill(&more, 0xee, 12);
	bytes_put(&more, picture.data + 48, picture.size - 48);
	mkico(&b, 1, &more, 1);
	decode(&job, &b, false);
	expect_bitmap(&job, 3, 1);
	job_free(&job);
	more.data[35] = 0xff;
	mkico(&b, 1, &more, 1);
	expect_status(&b, GBX_WIRE_MALFORMED);
	bytes_free(&more);
	bytes_free(&picture);
	bytes_free(&b);
}

static void
test_runs(void **state)
{
	struct bytes b = {0};

	(void)state;
	one(&b, 4, 4, 8);
	b.data[6 + 16 + 16] = 1;
	expect_status(&b, GBX_WIRE_UNSUPPORTED);
	bytes_free(&b);
}

/* ---- PNG ---------------------------------------------------------------- */

static void
test_png(void **state)
{
	struct bytes b = {0}, picture = {0};
	struct job job;

	(void)state;
	mkico_png(&picture, 9, 5);
	mkico(&b, 1, &picture, 1);
	decode(&job, &b, false);
	assert_int_equal(job.sink.block[0].width, 9);
	assert_memory_equal(job_pixels(&job) + 44 * 4, "\1\2\3\4", 4);
	job_free(&job);
	b.data[6 + 16 + 60] ^= 1;
	expect_status(&b, GBX_WIRE_MALFORMED);
	bytes_free(&picture);
	bytes_free(&b);
}

/* ---- which -------------------------------------------------------------- */

static void
expect_width(const struct bytes *pictures, uint32_t n, uint32_t width)
{
	struct bytes b = {0};
	struct job job;

	mkico(&b, 2, pictures, n);
	assert_int_equal(run_op(&job, GBX_WIRE_OP_PROBE, &b), GBX_WIRE_OK);
	assert_int_equal(job.sink.block[0].width, width);
	job_free(&job);
	none(image_ops_fault(b.data, b.size, 0, OUT_SIZE));
	bytes_free(&b);
}

static void
test_choice(void **state)
{
	struct bytes p[4] = {0};
	struct bytes b = {0};
	struct job job;

	(void)state;
	mkico_bitmap(&p[0], 8, 8, 32);
	mkico_bitmap(&p[1], 20, 20, 1);
	mkico_png(&p[2], 19, 19);
	bytes_put(&p[3], "garbage", 7);
	expect_width(p, 4, 20);
	mkico_png(&p[2], 21, 21);
	expect_width(p, 4, 21);
	expect_width(p, 1, 8);
	/* of one size the deepest */
	mkico_bitmap(&p[0], 20, 20, 8);
	mkico_bitmap(&p[2], 20, 20, 4);
	mkico(&b, 1, p, 4);
	decode(&job, &b, false);
	expect_bitmap(&job, 400, 8);
	job_free(&job);
	for (size_t i = 0; i < 4; i++)
		bytes_free(&p[i]);
	bytes_free(&b);
}

static void
test_directories(void **state)
{
	struct bytes b = {0};

	(void)state;
	one(&b, 4, 4, 8);
	b.data[4] = 0; /* none */
	expect_status(&b, GBX_WIRE_MALFORMED);
	b.data[4] = b.data[5] = 255; /* more than there are */
	expect_status(&b, GBX_WIRE_OK);
	b.data[5] = 0;
	b.data[4] = 1;
	b.data[2] = 3;
	expect_status(&b, GBX_WIRE_MALFORMED);
	b.data[2] = 1;
	b.data[0] = 1;
	expect_status(&b, GBX_WIRE_MALFORMED);
	b.data[0] = 0;
	b.data[6 + 15] = 0xff; /* far behind the end */
	expect_status(&b, GBX_WIRE_MALFORMED);
	b.data[6 + 15] = 0;
	b.data[6 + 11] = 0xff; /* longer than the file: cut */
	expect_status(&b, GBX_WIRE_OK);
	b.data[6 + 11] = 0;
	b.data[6 + 9] = 0;
	b.data[6 + 8] = 8; /* too short to be true */
	expect_status(&b, GBX_WIRE_OK);
	b.data[6 + 16 + 8] = 1; /* a height of 1: no half of it */
	expect_status(&b, GBX_WIRE_MALFORMED);
	bytes_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_samples),
	    cmocka_unit_test(test_truncated),
	    cmocka_unit_test(test_bit_flips),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_depths),
	    cmocka_unit_test(test_no_alpha),
	    cmocka_unit_test(test_long_palette),
	    cmocka_unit_test(test_runs),
	    cmocka_unit_test(test_png),
	    cmocka_unit_test(test_choice),
	    cmocka_unit_test(test_directories),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
