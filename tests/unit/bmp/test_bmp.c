/* SPDX-License-Identifier: ISC */
/*
 * The BMP parser in-process: its samples, every way to spoil a file, headers,
 * depths, masks, palettes, runs. Side: tests.
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
#include "tests/unit/bmp/mkbmp.h"

#define OUT_SIZE 65536
#define NONE	 (-1) /* a pixel that nothing painted */
#define WRONG	 (-2) /* a colour that does not exist: black */

static void
decode(struct job *job, const struct bytes *b, bool degraded)
{
	job_init(job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	assert_int_equal(job_run(job, b->data, b->size), GBX_WIRE_OK);
	assert_int_equal(job->sink.degraded, degraded);
	none(image_fault(&job->task, &job->sink, 0));
	none(image_ops_fault(b->data, b->size, 0, OUT_SIZE));
}

static void
expect_status(const struct bytes *b, uint32_t want)
{
	struct job job;

	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	assert_int_equal(job_run(&job, b->data, b->size), want);
	job_free(&job);
	none(image_ops_fault(b->data, b->size, 0, OUT_SIZE));
}

static void
expect_colours(const struct job *job, const int *want, size_t n)
{
	const uint8_t *got = job_pixels(job);
	uint8_t rgba[4];
	size_t i;

	for (i = 0; i < n; i++) {
		mkbmp_colour((uint32_t)want[i], rgba);
		if (want[i] < 0)
			memset(rgba, 0, 4);
		if (want[i] == WRONG)
			rgba[3] = 255;
		if (memcmp(got + i * 4, rgba, 4) != 0)
			fail_msg("pixel %zu is not %d", i, want[i]);
	}
}

/* ---- the samples -------------------------------------------------------- */

static void
test_samples(void **state)
{
	(void)state;
	samples_good(GBX_FORMAT_BMP, 10, OUT_SIZE);
}

/* Without one whole row there is nothing; then it is degraded. The last four
 * bytes of a row are padding here and there, never a whole row. */
static void
test_truncated(void **state)
{
	struct image_ends ends;
	size_t i;

	(void)state;
	for (i = 0; i < gbx_parser.n_samples; i++) {
		const struct gbx_sample *s = &gbx_parser.samples[i];

		image_truncate(s->data, s->size, OUT_SIZE, &ends);
		assert_true(ends.malformed >= 26 && ends.degraded > 0);
		assert_int_equal(ends.limit + ends.unsupported, 0);
		/* runs may leave out the end of the bitmap, and the last row
		 * its padding */
		assert_true(ends.ok - ends.degraded <= 3);
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
	struct bytes b = {0};

	(void)state;
	mkbmp_begin(&b, &(struct mkbmp){40, 10, 5, 24, 0, 0, {0}});
	bytes_fill(&b, 7, 5 * 32);
	none(image_limits_fault(b.data, b.size, 10, 5));
	bytes_free(&b);
}

/* ---- headers ------------------------------------------------------------ */

static void
test_headers(void **state)
{
	static const uint32_t good[] = {
	    12, 16, 20, 24, 36, 40, 44, 48, 52, 56, 64, 108, 124};
	static const uint32_t bad[] = {
	    0, 1, 11, 13, 15, 65, 66, 107, 109, 123, 125, 0xffffffff};
	struct mkbmp m = {40, 2, 2, 8, 0, 256, {0}};
	struct bytes b = {0};
	struct job job;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		m.header = good[i];
		mkbmp_begin(&b, &m);
		mkbmp_row(&b, "\1\2", 2);
		mkbmp_row(&b, "\3\4", 2);
		decode(&job, &b, false);
		expect_colours(&job, (int[]){3, 4, 1, 2}, 4);
		job_free(&job);
	}
	m.header = 124;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		mkbmp_begin(&b, &m);
		bytes_fill(&b, 0, 8);
		b.size = 14;
		bytes_le(&b, bad[i], 4);
		b.size = 14 + 124 + 1024 + 8;
		expect_status(&b, GBX_WIRE_MALFORMED);
	}
	bytes_free(&b);
}

/* Pixels that begin within a header that is cut off, at every length. */
static void
test_short_headers(void **state)
{
	static const struct mkbmp kinds[] = {{12, 2, 2, 8, 0, 0, {0}},
	    {40, 2, 2, 32, 6, 0, {0}}, {124, 2, 2, 8, 0, 0, {0}}};
	struct bytes b = {0};
	size_t i, whole;

	(void)state;
	for (i = 0; i < 3; i++) {
		mkbmp_begin(&b, &kinds[i]);
		b.data[10] = 14;
		whole = b.size;
		for (b.size = 15; b.size < whole; b.size++)
			expect_status(&b, GBX_WIRE_MALFORMED);
	}
	bytes_free(&b);
}

static void
test_top_down(void **state)
{
	struct bytes b = {0};
	struct job job;

	(void)state;
	mkbmp_begin(&b, &(struct mkbmp){40, 2, (uint32_t)-2, 8, 0, 9, {0}});
	mkbmp_row(&b, "\1\2", 2);
	mkbmp_row(&b, "\3\4", 2);
	decode(&job, &b, false);
	expect_colours(&job, (int[]){1, 2, 3, 4}, 4);
	job_free(&job);
	bytes_free(&b);
}

static void
test_bad_sizes(void **state)
{
	static const struct {
		uint32_t width, height;
		uint32_t want;
	} cases[] = {
	    {0, 2, GBX_WIRE_MALFORMED},
	    {2, 0, GBX_WIRE_MALFORMED},
	    {(uint32_t)-2, 2, GBX_WIRE_MALFORMED},
	    {2, 0x80000000, GBX_WIRE_MALFORMED},
	    {0x80000000, 2, GBX_WIRE_MALFORMED},
	    {0x7fffffff, 0x7fffffff, GBX_WIRE_LIMIT},
	    {0x7fffffff, 1, GBX_WIRE_LIMIT},
	    {2, 0x7fffffff, GBX_WIRE_LIMIT},
	};
	struct bytes b = {0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		mkbmp_begin(&b, &(struct mkbmp){40, cases[i].width,
				    cases[i].height, 8, 0, 9, {0}});
		bytes_fill(&b, 0, 64);
		expect_status(&b, cases[i].want);
	}
	bytes_free(&b);
}

/* Depths and codings that exist and are not read, or make no sense. */
static void
test_kinds_not_read(void **state)
{
	static const struct {
		uint32_t header, bits, compression, want;
	} cases[] = {
	    {40, 0, 4, GBX_WIRE_UNSUPPORTED},	/* JPEG */
	    {124, 0, 5, GBX_WIRE_UNSUPPORTED},	/* PNG */
	    {40, 32, 11, GBX_WIRE_UNSUPPORTED}, /* CMYK */
	    {40, 64, 0, GBX_WIRE_UNSUPPORTED},
	    {64, 1, 3, GBX_WIRE_UNSUPPORTED}, /* fax */
	    {40, 0, 0, GBX_WIRE_MALFORMED},
	    {40, 3, 0, GBX_WIRE_MALFORMED},
	    {40, 30000, 0, GBX_WIRE_MALFORMED},
	    {40, 4, 1, GBX_WIRE_MALFORMED},
	    {40, 8, 2, GBX_WIRE_MALFORMED},
	    {40, 24, 3, GBX_WIRE_MALFORMED},
	    {40, 8, 6, GBX_WIRE_MALFORMED},
	    {12, 16, 0, GBX_WIRE_MALFORMED},
	    {12, 32, 0, GBX_WIRE_MALFORMED},
	};
	struct bytes b = {0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		mkbmp_begin(
		    &b, &(struct mkbmp){cases[i].header, 2, 2, cases[i].bits,
			    cases[i].compression, 9, {0}});
		bytes_fill(&b, 0, 64);
		expect_status(&b, cases[i].want);
	}
	bytes_free(&b);
}

/* ---- rows --------------------------------------------------------------- */

static void
test_indices(void **state)
{
	static const struct {
		uint32_t bits;
		const char *row;
		int want[5];
	} cases[] = {
	    {1, "\x58", {0, 1, 0, 1, 1}},
	    {2, "\x1b\x80", {0, 1, 2, 3, 2}},
	    {4, "\x12\x3f\x40", {1, 2, 3, 15, 4}},
	    {8, "\x01\xff\x80\x20\x03", {1, 255, 128, 32, 3}},
	};
	struct bytes b = {0};
	struct job job;
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		mkbmp_begin(&b, &(struct mkbmp){40, 5, 1, cases[i].bits, 0,
				    1u << cases[i].bits, {0}});
		mkbmp_row(&b, cases[i].row, (5 * cases[i].bits + 7) / 8);
		decode(&job, &b, false);
		expect_colours(&job, cases[i].want, 5);
		job_free(&job);
	}
	bytes_free(&b);
}

/* Fewer colours than indices; more than indices; cut off by the pixels. */
static void
test_palettes(void **state)
{
	struct bytes b = {0};
	struct job job;

	(void)state;
	mkbmp_begin(&b, &(struct mkbmp){40, 2, 1, 8, 0, 5, {0}});
	mkbmp_row(&b, "\4\5", 2);
	decode(&job, &b, true);
	expect_colours(&job, (int[]){4, WRONG}, 2);
	job_free(&job);
	mkbmp_begin(&b, &(struct mkbmp){40, 2, 1, 4, 0, 300, {0}});
	mkbmp_row(&b, "\xf0", 1);
	decode(&job, &b, false);
	expect_colours(&job, (int[]){15, 0}, 2);
	job_free(&job);
	mkbmp_begin(&b, &(struct mkbmp){12, 2, 1, 8, 0, 5, {0}});
	mkbmp_row(&b, "\4\5", 2);
	decode(&job, &b, true);
	expect_colours(&job, (int[]){4, WRONG}, 2);
	job_free(&job);
	bytes_free(&b);
}

/* An offset that forgets the palette, is 0 or points into the header: palette
 * and pixels are where they are all the same. */
static void
test_wrong_offsets(void **state)
{
	static const struct mkbmp kinds[] = {{40, 2, 1, 8, 0, 256, {0}},
	    {40, 2, 1, 8, 0, 9, {0}}, {12, 2, 1, 8, 0, 256, {0}},
	    {124, 2, 1, 8, 0, 256, {0}}, {40, 2, 1, 8, 1, 256, {0}}};
	struct bytes b = {0};
	struct job job;
	uint32_t at;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (at = 0; at < 3; at++) {
			mkbmp_begin(&b, &kinds[i]);
			if (kinds[i].compression == 1)
				bytes_put(&b, "\1\4\1\5\0\1", 6);
			else
				mkbmp_row(&b, "\4\5", 2);
			b.data[10] =
			    (uint8_t)(at == 0	? 0
				      : at == 1 ? 20
						: 14 + kinds[i].header);
			b.data[11] = b.data[12] = 0;
			decode(&job, &b, false);
			expect_colours(&job, (int[]){4, 5}, 2);
			job_free(&job);
		}
	bytes_free(&b);
}

/* Without a palette there is nothing to step over. */
static void
test_wrong_offset_of_colours(void **state)
{
	struct bytes b = {0};
	struct job job;

	(void)state;
	mkbmp_begin(&b, &(struct mkbmp){40, 1, 1, 24, 0, 0, {0}});
	mkbmp_row(&b, "\1\2\3", 3);
	b.data[10] = 40;
	decode(&job, &b, false);
	assert_memory_equal(job_pixels(&job), "\3\2\1\xff", 4);
	job_free(&job);
	bytes_free(&b);
}

static void
expect_pixel(const struct mkbmp *m, const char *row, size_t n, uint32_t r,
    uint32_t g, uint32_t b, uint32_t a)
{
	struct bytes file = {0};
	struct job job;

	mkbmp_begin(&file, m);
	mkbmp_row(&file, row, n);
	decode(&job, &file, false);
	assert_int_equal(job_pixels(&job)[0], r);
	assert_int_equal(job_pixels(&job)[1], g);
	assert_int_equal(job_pixels(&job)[2], b);
	assert_int_equal(job_pixels(&job)[3], a);
	job_free(&job);
	bytes_free(&file);
}

/* What has no mask is no alpha. */
static void
test_fields(void **state)
{
	struct mkbmp m = {40, 1, 1, 24, 0, 0, {0}};

	(void)state;
	expect_pixel(&m, "\1\2\3", 3, 3, 2, 1, 255);
	m.bits = 32;
	expect_pixel(&m, "\1\2\3\4", 4, 3, 2, 1, 255);
	m.bits = 16;
	expect_pixel(&m, "\xe1\xff", 2, 255, 255, 8, 255);
	m.compression = 3;
	m.mask[0] = 0xf800;
	m.mask[1] = 0x07e0;
	m.mask[2] = 0x001f;
	m.mask[3] = 0;
	expect_pixel(&m, "\x20\x80", 2, 132, 4, 0, 255);
	m.header = 56;
	m.mask[0] = 0x0f00;
	m.mask[1] = 0x00f0;
	m.mask[2] = 0x000f;
	m.mask[3] = 0xf000;
	expect_pixel(&m, "\x21\x43", 2, 51, 34, 17, 68);
	m.header = 52; /* has no mask for alpha */
	expect_pixel(&m, "\x21\x43", 2, 51, 34, 17, 255);
	m.compression = 6;
	expect_pixel(&m, "\x21\x43", 2, 51, 34, 17, 255);
	m.header = 40;
	expect_pixel(&m, "\x21\x43", 2, 51, 34, 17, 68);
	m.bits = 32;
	m.mask[0] = 0xffe00000;
	m.mask[1] = 0;
	m.mask[2] = 0xffffffff;
	m.mask[3] = 1;
	expect_pixel(&m, "\1\0\x20\0", 4, 0, 0, 0, 255);
	/* No alpha anywhere is alpha that nobody wrote. */
	expect_pixel(&m, "\0\0\0\x80", 4, 128, 0, 128, 255);
}

/* One pixel that is seen, and the others may be transparent. */
static void
test_unused_alpha(void **state)
{
	struct mkbmp m = {
	    108, 2, 2, 32, 3, 0, {0xff0000, 0xff00, 0xff, 0xff000000}};
	uint32_t seen, i;
	struct bytes b = {0};
	struct job job;
	uint8_t row[8];

	(void)state;
	for (seen = 0; seen < 2; seen++) {
		mkbmp_begin(&b, &m);
		for (i = 0; i < 2; i++) {
			memset(row, 9, sizeof(row));
			row[3] = 0;
			row[7] = i == 1 && seen ? 1 : 0;
			mkbmp_row(&b, row, 8);
		}
		decode(&job, &b, false);
		for (i = 0; i < 4; i++)
			assert_int_equal(
			    job_pixels(&job)[i * 4 + 3], !seen	  ? 255
							 : i == 1 ? 1
								  : 0);
		job_free(&job);
	}
	bytes_free(&b);
}

/* Without the padding of the last row nothing is missing. */
static void
test_last_padding(void **state)
{
	struct bytes b = {0};
	struct job job;

	(void)state;
	mkbmp_begin(&b, &(struct mkbmp){40, 2, 2, 8, 0, 9, {0}});
	mkbmp_row(&b, "\1\2", 2);
	bytes_put(&b, "\3\4", 2);
	decode(&job, &b, false);
	expect_colours(&job, (int[]){3, 4, 1, 2}, 4);
	job_free(&job);
	b.size--;
	decode(&job, &b, true);
	expect_colours(&job, (int[]){NONE, NONE, 1, 2}, 4);
	job_free(&job);
	bytes_free(&b);
}

static void
test_bad_masks(void **state)
{
	struct bytes b = {0};

	(void)state;
	mkbmp_begin(
	    &b, &(struct mkbmp){40, 1, 1, 32, 3, 0, {0xff00ff00, 1, 2, 0}});
	bytes_fill(&b, 0, 4);
	expect_status(&b, GBX_WIRE_MALFORMED);
	bytes_free(&b);
}

/* Written as zeroes, not left out: the broker takes a hole for a lie. Fails if
 * taken out: memset() in gbx_bmp_rows(). */
static void
test_missing_rows(void **state)
{
	struct bytes b = {0};
	struct job job;

	(void)state;
	mkbmp_begin(&b, &(struct mkbmp){40, 2, 3, 8, 0, 9, {0}});
	mkbmp_row(&b, "\1\2", 2);
	bytes_put(&b, "\3", 1);
	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	memset(job.out, 0xa5, OUT_SIZE);
	assert_int_equal(job_run(&job, b.data, b.size), GBX_WIRE_OK);
	assert_true(job.sink.degraded);
	expect_colours(&job, (int[]){NONE, NONE, NONE, NONE, 1, 2}, 6);
	job_free(&job);
	bytes_free(&b);
}

/* ---- runs --------------------------------------------------------------- */

static void
expect_runs(uint32_t bits, uint32_t compression, const char *data, size_t n,
    bool degraded, const int *want)
{
	struct bytes b = {0};
	struct job job;

	mkbmp_begin(&b, &(struct mkbmp){bits == 24 ? 64 : 40, 4, 2, bits,
			    compression, bits == 24 ? 0 : 16, {0}});
	bytes_put(&b, data, n);
	decode(&job, &b, degraded);
	expect_colours(&job, want, 8);
	job_free(&job);
	bytes_free(&b);
}

static void
test_runs(void **state)
{
	(void)state;
	expect_runs(8, 1, "\4\1\0\0\0\3\1\2\3\0\1\4\0\1", 14, false,
	    (int[]){1, 2, 3, 4, 1, 1, 1, 1});
	expect_runs(4, 2, "\4\x12\0\0\0\3\x34\x50\1\x60\0\1", 12, false,
	    (int[]){3, 4, 5, 6, 1, 2, 1, 2});
	/* a step to the side and up, then the end */
	expect_runs(8, 1, "\1\1\0\2\1\1\2\5\0\1", 10, false,
	    (int[]){NONE, NONE, 5, 5, 1, NONE, NONE, NONE});
	/* without an end of the bitmap, but with all lines */
	expect_runs(8, 1, "\4\1\0\0\4\2\0\0", 8, false,
	    (int[]){2, 2, 2, 2, 1, 1, 1, 1});
	/* over the edge */
	expect_runs(
	    8, 1, "\5\1\0\0\4\2\0\1", 8, true, (int[]){2, 2, 2, 2, 1, 1, 1, 1});
	/* an index without a colour */
	expect_runs(8, 1, "\4\x10\0\1", 4, true,
	    (int[]){NONE, NONE, NONE, NONE, WRONG, WRONG, WRONG, WRONG});
	/* cut off within a run of pixels as they are */
	expect_runs(8, 1, "\4\1\0\0\0\4\2\2", 8, true,
	    (int[]){NONE, NONE, NONE, NONE, 1, 1, 1, 1});
}

static void
test_runs_of_24(void **state)
{
	struct bytes b = {0};
	struct job job;

	(void)state;
	mkbmp_begin(&b, &(struct mkbmp){64, 3, 2, 24, 4, 0, {0}});
	bytes_put(&b, "\3\1\2\3\0\0\0\3abcdefghi\0\0\1", 20);
	decode(&job, &b, false);
	assert_memory_equal(job_pixels(&job),
	    "cba\xff"
	    "fed\xff"
	    "ihg\xff",
	    12);
	assert_memory_equal(
	    job_pixels(&job) + 12, "\3\2\1\xff\3\2\1\xff\3\2\1\xff", 12);
	job_free(&job);
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
	    cmocka_unit_test(test_headers),
	    cmocka_unit_test(test_short_headers),
	    cmocka_unit_test(test_top_down),
	    cmocka_unit_test(test_bad_sizes),
	    cmocka_unit_test(test_kinds_not_read),
	    cmocka_unit_test(test_indices),
	    cmocka_unit_test(test_palettes),
	    cmocka_unit_test(test_wrong_offsets),
	    cmocka_unit_test(test_wrong_offset_of_colours),
	    cmocka_unit_test(test_fields),
	    cmocka_unit_test(test_unused_alpha),
	    cmocka_unit_test(test_last_padding),
	    cmocka_unit_test(test_bad_masks),
	    cmocka_unit_test(test_missing_rows),
	    cmocka_unit_test(test_runs),
	    cmocka_unit_test(test_runs_of_24),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
