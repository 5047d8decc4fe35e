/* SPDX-License-Identifier: ISC */
/*
 * The TIFF parser in-process: its samples, every way to spoil a file, samples
 * of every depth, colours, alpha, strips, planes, tiles, pages. Side: tests.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/job.h"
#include "tests/support/profile.h"
#include "tests/support/samples.h"
#include "tests/unit/tiff/mktiff.h"

#define OUT_SIZE 65536

#define BLACK PHOTOMETRIC_MINISBLACK
#define WHITE PHOTOMETRIC_MINISWHITE
#define RGB   PHOTOMETRIC_RGB
#define PLAIN COMPRESSION_NONE

#define NO_PHOTOMETRIC MKTIFF_NO_PHOTOMETRIC

static uint32_t
run_file(struct job *job, uint32_t op, uint32_t first, const struct mktiff *m)
{
	size_t size;
	uint8_t *data = mktiff(m, &size);
	uint32_t status;

	job_init(job, op, OUT_SIZE);
	job->task.first = first;
	none(image_ops_fault(data, size, first, OUT_SIZE));
	status = job_run(job, data, size);
	free(data);
	return status;
}

static void
expect(const struct mktiff *m, const void *want)
{
	struct job job;

	assert_int_equal(run_file(&job, GBX_WIRE_OP_DECODE, 0, m), GBX_WIRE_OK);
	assert_false(job.sink.degraded);
	assert_int_equal(job.sink.block[0].width, m->width);
	assert_int_equal(job.sink.block[0].height, m->height);
	assert_memory_equal(
	    job_pixels(&job), want, (size_t)m->width * m->height * 4);
	job_free(&job);
}

/* One row of gray, by depth: what its samples become. */
static void
expect_gray(uint16_t bits, uint16_t format, const void *samples,
    const uint8_t *want, uint32_t n)
{
	struct mktiff m = {
	    n, 1, bits, 1, BLACK, PLAIN, .format = format, .samples = samples};
	uint8_t rgba[64];
	uint32_t i, white;

	for (white = 0; white < 2; white++) {
		m.photometric = white ? WHITE : BLACK;
		for (i = 0; i < n; i++) {
			memset(
			    rgba + i * 4, white ? 255 - want[i] : want[i], 3);
			rgba[i * 4 + 3] = 255;
		}
		expect(&m, rgba);
	}
}

/* ---- the samples -------------------------------------------------------- */

static void
test_samples(void **state)
{
	(void)state;
	samples_good(GBX_FORMAT_TIFF, 20, OUT_SIZE);
}

/* libtiff writes directories last: without its end nothing is there. */
static void
test_truncated(void **state)
{
	struct image_ends ends;
	size_t i;

	(void)state;
	for (i = 0; i < gbx_parser.n_samples; i++) {
		const struct gbx_sample *s = &gbx_parser.samples[i];

		image_truncate(s->data, s->size, OUT_SIZE, &ends);
		assert_int_equal(ends.limit, 0);
		assert_true(ends.malformed > s->size / 3);
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

		if (s->size > 800)
			continue;
		image_flip(s->data, s->size, OUT_SIZE, &ends);
		assert_true(ends.malformed > 0);
	}
}

static void
test_limits(void **state)
{
	const struct mktiff m = {20, 10, 8, 3, RGB, PLAIN, .rows = 3};
	size_t size;
	uint8_t *data = mktiff(&m, &size);

	(void)state;
	none(image_limits_fault(data, size, 20, 10));
	free(data);
}

/* ---- samples ------------------------------------------------------------ */

static void
test_few_bits(void **state)
{
	(void)state;
	expect_gray(1, 0, "\xa0", (const uint8_t *)"\xff\0\xff\0", 4);
	expect_gray(2, 0, "\x1b", (const uint8_t *)"\0\x55\xaa\xff", 4);
	expect_gray(3, 0, "\x06\x70", (const uint8_t *)"\0\x24\x92\xff", 4);
	expect_gray(4, 0, "\x0f\x80", (const uint8_t *)"\0\xff\x88", 3);
	expect_gray(6, 0, "\x03\xf8\x20", (const uint8_t *)"\0\xff\x82\x82", 4);
	expect_gray(8, 0, "\0\x7f\xff", (const uint8_t *)"\0\x7f\xff", 3);
}

static void
test_many_bits(void **state)
{
	static const uint16_t sixteen[4] = {0, 128, 129, 65535};
	static const uint32_t more[3] = {0, 0x80808080, 0xffffffff};
	static const uint64_t most[3] = {0, 0x8080808080808080, UINT64_MAX};

	(void)state;
	expect_gray(10, 0, "\0\x3f\xf8", (const uint8_t *)"\0\xff", 2);
	expect_gray(
	    12, 0, "\0\x0f\xff\x80\x00", (const uint8_t *)"\0\xff\x80", 3);
	expect_gray(16, 0, sixteen, (const uint8_t *)"\0\0\1\xff", 4);
	expect_gray(24, 0, "\0\0\0\x80\x80\x80\xff\xff\xff",
	    (const uint8_t *)"\0\x80\xff", 3);
	expect_gray(32, 0, more, (const uint8_t *)"\0\x80\xff", 3);
	expect_gray(64, 0, most, (const uint8_t *)"\0\x80\xff", 3);
}

static void
test_signed(void **state)
{
	static const int16_t sixteen[3] = {-32768, 0, 32767};
	static const int32_t more[3] = {INT32_MIN, 0, INT32_MAX};

	(void)state;
	expect_gray(8, SAMPLEFORMAT_INT, "\x80\xff\x00\x7f",
	    (const uint8_t *)"\0\x7f\x80\xff", 4);
	expect_gray(
	    16, SAMPLEFORMAT_INT, sixteen, (const uint8_t *)"\0\x80\xff", 3);
	expect_gray(
	    32, SAMPLEFORMAT_INT, more, (const uint8_t *)"\0\x80\xff", 3);
}

static void
test_floats(void **state)
{
	static const uint16_t half[6] = {
	    0, 0x3800, 0x3c00, 0x7c00, 0xbc00, 0x7e00};
	static const float single[6] = {-1, 0.5f, 1, 1e30f, 0, NAN};
	static const double twice[4] = {0.25, 0.75, 2, -1e300};

	(void)state;
	expect_gray(16, SAMPLEFORMAT_IEEEFP, half,
	    (const uint8_t *)"\0\x80\xff\xff\0\0", 6);
	expect_gray(24, SAMPLEFORMAT_IEEEFP, "\0\0\0\0\0\x3e\0\0\x3f",
	    (const uint8_t *)"\0\x80\xff", 3);
	expect_gray(32, SAMPLEFORMAT_IEEEFP, single,
	    (const uint8_t *)"\0\x80\xff\xff\0\0", 6);
	expect_gray(64, SAMPLEFORMAT_IEEEFP, twice,
	    (const uint8_t *)"\x40\xbf\xff\0", 4);
}

/* A predictor of floating point on whole numbers, and one that is none: the
 * library says so when it comes to the pixels. Fails if taken out: "*not
 * supported" in tiff/codes.def. */
static void
test_unknown_predictors(void **state)
{
	static const char tag[] = "\x3d\1\3\0\1\0\0\0\2";
	struct mktiff m = {
	    16, 16, 8, 1, BLACK, COMPRESSION_LZW, .predictor = 2};
	static const uint8_t others[] = {3, 77};
	uint8_t *data, *at;
	size_t size, i;
	struct job job;

	(void)state;
	data = mktiff(&m, &size);
	at = memmem(data, size, tag, sizeof(tag) - 1);
	assert_non_null(at);
	for (i = 0; i < sizeof(others); i++) {
		at[8] = others[i];
		job_init(&job, GBX_WIRE_OP_DECODE, 4096);
		assert_int_equal(
		    job_run(&job, data, size), GBX_WIRE_UNSUPPORTED);
		job_free(&job);
	}
	free(data);
}

/* All 16-bit samples, against the rule itself. */
static void
test_sixteen_bits(void **state)
{
	uint16_t *samples = malloc(65536 * 2);
	struct mktiff m = {
	    256, 256, 16, 1, BLACK, COMPRESSION_LZW, .predictor = 2};
	struct job job;
	size_t size;
	uint8_t *data;
	uint32_t v;

	(void)state;
	assert_non_null(samples);
	for (v = 0; v < 65536; v++)
		samples[v] = (uint16_t)v;
	m.samples = (const uint8_t *)samples;
	data = mktiff(&m, &size);
	job_init(&job, GBX_WIRE_OP_DECODE, 65536 * 4);
	assert_int_equal(job_run(&job, data, size), GBX_WIRE_OK);
	for (v = 0; v < 65536; v++)
		assert_int_equal(
		    job_pixels(&job)[v * 4], (v * 255 + 32767) / 65535);
	job_free(&job);
	free(data);
	free(samples);
}

/* ---- colours ------------------------------------------------------------ */

static void
test_colours(void **state)
{
	struct mktiff m = {
	    2, 1, 8, 3, RGB, PLAIN, .samples = (const uint8_t *)"abcdef"};

	(void)state;
	expect(&m, "abc\xff"
		   "def\xff");
	m = (struct mktiff){2, 1, 8, 1, PHOTOMETRIC_PALETTE, PLAIN,
	    .samples = (const uint8_t *)"\x01\xff"};
	expect(&m, "\x01\xfe\x1f\xff\xff\x00\xe1\xff");
	m = (struct mktiff){2, 1, 4, 1, PHOTOMETRIC_PALETTE, PLAIN,
	    .samples = (const uint8_t *)"\x01"};
	expect(&m, "\x00\xff\x00\xff\x01\xfe\x1f\xff");
	m = (struct mktiff){3, 1, 8, 4, PHOTOMETRIC_SEPARATED, PLAIN,
	    .samples = (const uint8_t *)"\0\0\0\0\xff\0\0\0\0\0\0\x80"};
	expect(&m, "\xff\xff\xff\xff\0\xff\xff\xff\x7f\x7f\x7f\xff");
}

static void
test_alpha(void **state)
{
	const uint8_t *pixels = (const uint8_t *)"\x10\x20\x40\x80\1\1\1\0";
	struct mktiff m = {
	    2, 1, 8, 4, RGB, PLAIN, .extra = 3, .samples = pixels};

	(void)state;
	expect(&m, pixels); /* 2: straight */
	m.extra = 2;	    /* 1: premultiplied */
	expect(&m, "\x20\x40\x80\x80\0\0\0\0");
	m.extra = 1; /* 0, or nothing said: straight, as nearly all take it */
	expect(&m, pixels);
	m.extra = 0;
	expect(&m, pixels);
	m = (struct mktiff){2, 1, 8, 2, BLACK, PLAIN, .extra = 3,
	    .samples = (const uint8_t *)"\x10\x20\x30\x40"};
	expect(&m, "\x10\x10\x10\x20\x30\x30\x30\x40");
	m.extra = 0; /* of gray it is nothing */
	expect(&m, "\x10\x10\x10\xff\x30\x30\x30\xff");
	m = (struct mktiff){1, 1, 8, 5, RGB, PLAIN,
	    .samples = (const uint8_t *)"\x10\x20\x30\x40\x50"};
	expect(&m, "\x10\x20\x30\xff");
}

/* Without the tag: white is 0 in the codes of fax, of several samples three
 * are colours, and anything else is gray. */
static void
test_no_photometric(void **state)
{
	static const uint16_t fax[] = {COMPRESSION_CCITTRLE,
	    COMPRESSION_CCITTRLEW, COMPRESSION_CCITTFAX3,
	    COMPRESSION_CCITTFAX4};
	struct mktiff m = {8, 1, 1, 1, NO_PHOTOMETRIC, PLAIN,
	    .samples = (const uint8_t *)"\x0f"};
	uint8_t black[32], white[32];
	size_t i;

	(void)state;
	for (i = 0; i < 32; i++) {
		white[i] = i < 16 || i % 4 == 3 ? 255 : 0;
		black[i] = i >= 16 || i % 4 == 3 ? 255 : 0;
	}
	expect(&m, black);
	for (i = 0; i < sizeof(fax) / sizeof(fax[0]); i++) {
		m.compression = fax[i];
		expect(&m, white);
	}
	m = (struct mktiff){2, 1, 8, 3, NO_PHOTOMETRIC, PLAIN,
	    .samples = (const uint8_t *)"abcdef"};
	expect(&m, "abc\xff"
		   "def\xff");
	m = (struct mktiff){1, 1, 8, 4, NO_PHOTOMETRIC, PLAIN,
	    .samples = (const uint8_t *)"abcd"};
	expect(&m, "abcd");
}

/* What libtiff makes pixels of by itself: only that it does. */
static void
test_by_library(void **state)
{
	struct mktiff m = {
	    16, 16, 8, 3, PHOTOMETRIC_YCBCR, PLAIN, .subsampling = 2};
	struct job job;
	uint8_t *data;
	size_t size;

	(void)state;
	assert_int_equal(
	    run_file(&job, GBX_WIRE_OP_DECODE, 0, &m), GBX_WIRE_OK);
	assert_int_equal(job_pixels(&job)[3], 255);
	job_free(&job);
	/* Its errors are told, though it goes on. */
	m.compression = COMPRESSION_LZW;
	data = mktiff(&m, &size);
	memset(data + 8, 0xff, 64); /* the strip, after the header */
	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	if (job_run(&job, data, size) == GBX_WIRE_OK)
		assert_true(job.sink.degraded);
	else
		assert_int_equal(job.sink.status, GBX_WIRE_MALFORMED);
	job_free(&job);
	free(data);
	m = (struct mktiff){16, 16, 8, 3, PHOTOMETRIC_CIELAB, PLAIN, .rows = 4};
	assert_int_equal(
	    run_file(&job, GBX_WIRE_OP_DECODE, 0, &m), GBX_WIRE_OK);
	job_free(&job);
}

/* L*a*b* without colour is gray, and its white is white, whatever light it is
 * meant for. Fails if taken out: show_white_as_white in tiff/read.c. */
static void
test_lab_white(void **state)
{
	static const uint8_t samples[] = {255, 0, 0, 128, 0, 0, 0, 0, 0};
	struct mktiff m = {
	    3, 1, 8, 3, PHOTOMETRIC_CIELAB, PLAIN, .samples = samples};
	const uint8_t *p;
	struct job job;
	int i, low, high;

	(void)state;
	assert_int_equal(
	    run_file(&job, GBX_WIRE_OP_DECODE, 0, &m), GBX_WIRE_OK);
	for (i = 0, p = job_pixels(&job); i < 3; i++, p += 4) {
		low = p[0] < p[1] ? p[0] : p[1];
		high = p[0] > p[1] ? p[0] : p[1];
		low = p[2] < low ? p[2] : low;
		high = p[2] > high ? p[2] : high;
		assert_in_range(high - low, 0, 3);
	}
	assert_in_range(job_pixels(&job)[0], 253, 255);
	job_free(&job);
}

static void
test_jpeg(void **state)
{
	uint8_t gray[16 * 16 * 3];
	struct mktiff m = {16, 16, 8, 3, PHOTOMETRIC_YCBCR, COMPRESSION_JPEG,
	    .subsampling = 2, .samples = gray};
	struct job job;
	size_t i;

	(void)state;
	memset(gray, 100, sizeof(gray));
	assert_int_equal(
	    run_file(&job, GBX_WIRE_OP_DECODE, 0, &m), GBX_WIRE_OK);
	for (i = 0; i < sizeof(gray); i++)
		assert_in_range(job_pixels(&job)[i / 3 * 4 + i % 3], 98, 102);
	job_free(&job);
}

/* Thumbnails become sRGB by the file's profile; `decode` stays as it is, and
 * what is not a profile changes nothing. */
static void
test_profile(void **state)
{
	size_t size;
	uint8_t *icc = profile_swapped(&size);
	struct mktiff m = {1, 1, 8, 3, RGB, PLAIN, .icc = icc, .icc_size = size,
	    .samples = (const uint8_t *)"\xff\0\0"};
	struct job job;

	(void)state;
	expect(&m, "\xff\0\0\xff");
	assert_int_equal(
	    run_file(&job, GBX_WIRE_OP_THUMBNAIL, 0, &m), GBX_WIRE_OK);
	assert_in_range(job_pixels(&job)[0], 0, 3);
	assert_in_range(job_pixels(&job)[1], 252, 255);
	job_free(&job);
	memset(icc, 0xee, size);
	assert_int_equal(
	    run_file(&job, GBX_WIRE_OP_THUMBNAIL, 0, &m), GBX_WIRE_OK);
	assert_memory_equal(job_pixels(&job), "\xff\0\0\xff", 4);
	job_free(&job);
	free(icc);
}

/* ---- strips, planes, tiles ---------------------------------------------- */

static void
test_planes(void **state)
{
	static const uint16_t deep[6] = {0, 65535, 257, 514, 65535, 0};
	struct mktiff m = {2, 2, 8, 3, RGB, PLAIN, .planes = 1, .rows = 1,
	    .samples = (const uint8_t *)"abcdefghijkl"};

	(void)state;
	expect(&m, "aei\xff"
		   "bfj\xff"
		   "cgk\xff"
		   "dhl\xff");
	m.rows = 2;
	m.compression = COMPRESSION_LZW;
	expect(&m, "aei\xff"
		   "bfj\xff"
		   "cgk\xff"
		   "dhl\xff");
	m = (struct mktiff){2, 1, 16, 3, RGB, PLAIN, .planes = 1,
	    .samples = (const uint8_t *)deep};
	expect(&m, "\x00\x01\xff\xff\xff\x02\x00\xff");
}

/* Tiles of 16 x 16 over 18 x 17 pixels, each filled with its number. */
static void
test_tiles(void **state)
{
	uint8_t samples[4 * 256], want[18 * 17 * 4];
	struct mktiff m = {
	    18, 17, 8, 1, BLACK, PLAIN, .tile = 16, .samples = samples};
	uint32_t x, y;

	(void)state;
	for (x = 0; x < sizeof(samples); x++)
		samples[x] = (uint8_t)(x / 256 * 50);
	for (y = 0; y < 17; y++)
		for (x = 0; x < 18; x++) {
			memset(want + (y * 18 + x) * 4,
			    (int)(y / 16 * 100 + x / 16 * 50), 3);
			want[(y * 18 + x) * 4 + 3] = 255;
		}
	expect(&m, want);
	m.compression = COMPRESSION_ADOBE_DEFLATE;
	expect(&m, want);
}

/* A strip that is spoilt is black; the others are there. */
static void
test_lost_strip(void **state)
{
	static const uint8_t rows[32] = {9, 9, 9, 9, 9, 9, 9, 9};
	struct mktiff m = {8, 4, 8, 1, BLACK, COMPRESSION_ADOBE_DEFLATE,
	    .rows = 1, .samples = rows};
	struct job job;
	size_t size;
	uint8_t *data = mktiff(&m, &size);

	(void)state;
	memset(data + 8, 0xff, 6); /* the first strip, after the header */
	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	assert_int_equal(job_run(&job, data, size), GBX_WIRE_OK);
	assert_true(job.sink.degraded);
	assert_memory_equal(job_pixels(&job), "\0\0\0\xff", 4);
	job_free(&job);
	m.rows = 4;
	free(data);
	data = mktiff(&m, &size);
	memset(data + 8, 0xff, 6);
	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	assert_int_equal(job_run(&job, data, size), GBX_WIRE_MALFORMED);
	job_free(&job);
	free(data);
}

static void
test_orientation(void **state)
{
	struct mktiff m = {3, 2, 8, 1, BLACK, PLAIN, .rows = 2};
	struct job job;
	uint16_t o;

	(void)state;
	for (o = 0; o <= 8; o++) {
		m.orientation = o;
		assert_int_equal(
		    run_file(&job, GBX_WIRE_OP_PROBE, 0, &m), GBX_WIRE_OK);
		assert_int_equal(job.sink.block[0].orientation, o);
		job_free(&job);
		assert_int_equal(
		    run_file(&job, GBX_WIRE_OP_THUMBNAIL, 0, &m), GBX_WIRE_OK);
		assert_int_equal(job.sink.block[0].width, o >= 5 ? 2 : 3);
		job_free(&job);
	}
}

/* ---- what is not read --------------------------------------------------- */

/* The tag is number 259, a short: patched, whatever the data are. */
static uint8_t *
with_compression(const struct mktiff *m, uint16_t codec, size_t *ret_size)
{
	uint8_t *data = mktiff(m, ret_size);
	size_t i;

	for (i = 0; i + 12 < *ret_size; i++)
		if (memcmp(data + i, "\3\1\3\0\1\0\0\0", 8) == 0)
			memcpy(data + i + 8, &codec, 2);
	return data;
}

/* The same of each operation; data is freed. */
static void
expect_status(uint8_t *data, size_t size, uint32_t want)
{
	static const uint32_t ops[] = {
	    GBX_WIRE_OP_PROBE, GBX_WIRE_OP_DECODE, GBX_WIRE_OP_THUMBNAIL};
	struct job job;
	size_t i;

	for (i = 0; i < 3; i++) {
		job_init(&job, ops[i], OUT_SIZE);
		assert_int_equal(job_run(&job, data, size), want);
		if (want == GBX_WIRE_OK)
			assert_false(job.sink.degraded);
		job_free(&job);
	}
	none(image_ops_fault(data, size, 0, OUT_SIZE));
	free(data);
}

/* Valid, known from the tags, and not read: by probe and decode alike. */
static void
test_valid_not_read(void **state)
{
	struct mktiff m = {
	    16, 16, 16, 1, PHOTOMETRIC_PALETTE, PLAIN, .rows = 16};
	uint8_t *data;
	size_t size;

	(void)state;
	data = mktiff(&m, &size);
	expect_status(data, size, GBX_WIRE_UNSUPPORTED);
	m = (struct mktiff){16, 16, 8, 3, PHOTOMETRIC_YCBCR, PLAIN, .planes = 1,
	    .subsampling = 2};
	data = mktiff(&m, &size);
	expect_status(data, size, GBX_WIRE_UNSUPPORTED);
	m = (struct mktiff){
	    2, 1, 8, 5, PHOTOMETRIC_SEPARATED, PLAIN, .inks = 5};
	data = mktiff(&m, &size);
	expect_status(data, size, GBX_WIRE_UNSUPPORTED);
	m.per_pixel = m.inks = 4;
	data = mktiff(&m, &size);
	expect_status(data, size, GBX_WIRE_OK);
}

/* JPEG of a kind that libjpeg doesn't read, by its own header. */
static void
test_kinds_of_jpeg(void **state)
{
	static const uint8_t kinds[][2] = {
	    {0xc3, 8}, {0xcf, 8}, {0xc1, 12}, {0xc0, 8}, {0xc1, 8}};
	struct mktiff m = {16, 16, 8, 1, BLACK, COMPRESSION_JPEG, .rows = 16};
	uint8_t *data;
	size_t size, i, k;

	(void)state;
	for (k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		data = mktiff(&m, &size);
		for (i = 0; i + 8 < size; i++)
			if (memcmp(data + i, "\xff\xc0\0\x0b", 4) == 0) {
				data[i + 1] = kinds[k][0];
				data[i + 4] = kinds[k][1];
			}
		expect_status(
		    data, size, k < 3 ? GBX_WIRE_UNSUPPORTED : GBX_WIRE_OK);
	}
	m.per_pixel = 3;
	m.photometric = NO_PHOTOMETRIC; /* YCbCr or RGB? */
	data = mktiff(&m, &size);
	expect_status(data, size, GBX_WIRE_UNSUPPORTED);
}

/* JPEG as of TIFF 5 is old, not damaged: gray and in colours. */
static void
test_old_jpeg(void **state)
{
	struct mktiff m = {
	    16, 16, 8, 1, BLACK, COMPRESSION_JPEG, .rows = 16, .own_tables = 1};
	uint8_t *data;
	size_t size;

	(void)state;
	data = with_compression(&m, COMPRESSION_OJPEG, &size);
	expect_status(data, size, GBX_WIRE_OK);
	m.per_pixel = 3;
	m.photometric = PHOTOMETRIC_YCBCR;
	m.subsampling = 2;
	data = with_compression(&m, COMPRESSION_OJPEG, &size);
	expect_status(data, size, GBX_WIRE_OK);
}

/* A page that only shows what a camera's raw picture is of. */
static void
test_previews(void **state)
{
	struct mktiff m = {4, 2, 8, 1, BLACK, PLAIN, .rows = 2};
	uint8_t *data, cr2[] = "II*\0\x10\0\0\0CR\2\0\0\0\0\0";
	size_t size;

	(void)state;
	m.below = BLACK;
	data = mktiff(&m, &size);
	expect_status(data, size, GBX_WIRE_OK);
	m.below = PHOTOMETRIC_CFA;
	data = mktiff(&m, &size);
	expect_status(data, size, GBX_WIRE_UNSUPPORTED);
	m.below = 34892;
	data = mktiff(&m, &size);
	expect_status(data, size, GBX_WIRE_UNSUPPORTED);
	m.below = 0;
	m.dng = "\1\4\0\0";
	data = mktiff(&m, &size);
	expect_status(data, size, GBX_WIRE_UNSUPPORTED);
	/* Canon's header in front; the directory is where it points to. */
	m.dng = NULL;
	m.samples = (const uint8_t *)"CR\2\0\0\0\0\0";
	data = mktiff(&m, &size);
	assert_memory_equal(data, cr2, 16);
	expect_status(data, size, GBX_WIRE_UNSUPPORTED);
	m.samples = (const uint8_t *)"CR\3\0\0\0\0\0";
	data = mktiff(&m, &size);
	expect_status(data, size, GBX_WIRE_OK);
}

static void
test_unsupported(void **state)
{
	static const uint16_t codecs[] = {COMPRESSION_JBIG,
	    COMPRESSION_PIXARLOG, COMPRESSION_THUNDERSCAN, COMPRESSION_NEXT,
	    COMPRESSION_JP2000, 0x7701};
	struct mktiff m = {4, 2, 8, 1, BLACK, PLAIN, .rows = 2};
	struct job job;
	size_t size, i;
	uint8_t *data;

	(void)state;
	m.format = SAMPLEFORMAT_COMPLEXINT;
	m.bits = 32;
	assert_int_equal(
	    run_file(&job, GBX_WIRE_OP_PROBE, 0, &m), GBX_WIRE_UNSUPPORTED);
	job_free(&job);
	m = (struct mktiff){4, 2, 8, 1, PHOTOMETRIC_MASK, PLAIN, .format = 0};
	assert_int_equal(
	    run_file(&job, GBX_WIRE_OP_DECODE, 0, &m), GBX_WIRE_UNSUPPORTED);
	job_free(&job);
	m.photometric = BLACK;
	m.per_pixel = 257;
	assert_int_equal(
	    run_file(&job, GBX_WIRE_OP_DECODE, 0, &m), GBX_WIRE_UNSUPPORTED);
	job_free(&job);
	m.per_pixel = 1;
	for (i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++) {
		data = with_compression(&m, codecs[i], &size);
		job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
		assert_int_equal(
		    job_run(&job, data, size), GBX_WIRE_UNSUPPORTED);
		job_free(&job);
		free(data);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_samples),
	    cmocka_unit_test(test_truncated),
	    cmocka_unit_test(test_bit_flips),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_few_bits),
	    cmocka_unit_test(test_many_bits),
	    cmocka_unit_test(test_signed),
	    cmocka_unit_test(test_floats),
	    cmocka_unit_test(test_unknown_predictors),
	    cmocka_unit_test(test_sixteen_bits),
	    cmocka_unit_test(test_colours),
	    cmocka_unit_test(test_alpha),
	    cmocka_unit_test(test_no_photometric),
	    cmocka_unit_test(test_by_library),
	    cmocka_unit_test(test_lab_white),
	    cmocka_unit_test(test_jpeg),
	    cmocka_unit_test(test_profile),
	    cmocka_unit_test(test_planes),
	    cmocka_unit_test(test_tiles),
	    cmocka_unit_test(test_lost_strip),
	    cmocka_unit_test(test_orientation),
	    cmocka_unit_test(test_unsupported),
	    cmocka_unit_test(test_valid_not_read),
	    cmocka_unit_test(test_kinds_of_jpeg),
	    cmocka_unit_test(test_old_jpeg),
	    cmocka_unit_test(test_previews),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
