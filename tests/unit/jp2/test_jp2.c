/* SPDX-License-Identifier: ISC */
/*
 * The JPEG 2000 parser in-process: its samples, every way to spoil a file,
 * samples of every depth, colours, alpha, coarse components, tiles, fewer
 * levels for thumbnails. Side: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openjpeg-2.5/opj_config.h>

#include "tests/support/job.h"
#include "tests/support/profile.h"
#include "tests/support/samples.h"
#include "tests/unit/jp2/mkjp2.h"

#define OUT_SIZE 65536
#define SRGB	 OPJ_CLRSPC_SRGB

static uint32_t
run_file(struct job *job, uint32_t op, const struct mkjp2 *m)
{
	size_t size;
	uint8_t *data = mkjp2(m, &size);
	uint32_t status;

	none(image_ops_fault(data, size, 0, OUT_SIZE));
	job_init(job, op, OUT_SIZE);
	status = job_run(job, data, size);
	free(data);
	return status;
}

/* The same four bytes everywhere, or off by no more than `off`. */
static void
expect_all(const struct mkjp2 *m, const char *want, int off)
{
	struct job job;
	uint32_t i;
	int got;

	assert_int_equal(run_file(&job, GBX_WIRE_OP_DECODE, m), GBX_WIRE_OK);
	assert_false(job.sink.degraded);
	assert_int_equal(job.sink.total, 1);
	assert_int_equal(job.sink.block[0].width, m->width);
	assert_int_equal(job.sink.block[0].height, m->height);
	for (i = 0; i < m->width * m->height * 4; i++) {
		got = job_pixels(&job)[i];
		if (abs(got - (uint8_t)want[i % 4]) > off)
			fail_msg("byte %u: %d, not %d", i, got,
			    (uint8_t)want[i % 4]);
	}
	job_free(&job);
}

/* ---- the samples -------------------------------------------------------- */

static void
test_samples(void **state)
{
	(void)state;
	samples_good(GBX_FORMAT_JP2, 9, OUT_SIZE);
}

/* By version: OpenJPEG 2.5.3 does not miss the last three bytes, of which two
 * are the end marker. */
#if OPJ_VERSION_MAJOR > 2 || OPJ_VERSION_MINOR > 5 || OPJ_VERSION_BUILD >= 3
#define NOT_MISSED 3
#else
#define NOT_MISSED 0
#endif

/* Nothing that lacks its end is shown: the library's strict mode. */
static void
test_truncated(void **state)
{
	struct image_ends ends;
	size_t i;

	(void)state;
	for (i = 0; i < gbx_parser.n_samples; i++) {
		const struct gbx_sample *s = &gbx_parser.samples[i];

		image_truncate(s->data, s->size, OUT_SIZE, &ends);
		assert_in_range(ends.malformed, s->size - NOT_MISSED, s->size);
	}
}

/* The smaller ones: a wrong bit in the size makes millions of pixels. */
static void
test_bit_flips(void **state)
{
	struct image_ends ends;
	size_t i, degraded = 0;

	(void)state;
	for (i = 0; i < gbx_parser.n_samples; i++) {
		const struct gbx_sample *s = &gbx_parser.samples[i];

		if (s->size > 300 || s->op != GBX_WIRE_OP_DECODE)
			continue;
		image_flip(s->data, s->size, OUT_SIZE, &ends);
		assert_true(ends.malformed > 0);
		degraded += ends.degraded;
	}
	assert_true(degraded > 0);
}

static void
test_limits(void **state)
{
	const struct mkjp2 m = {20, 10, 3, .space = SRGB};
	size_t size;
	uint8_t *data = mkjp2(&m, &size);

	(void)state;
	none(image_limits_fault(data, size, 20, 10));
	free(data);
}

/* ---- pixels ------------------------------------------------------------- */

static void
test_pixels(void **state)
{
	struct mkjp2 m = {33, 21, 3, .space = SRGB};
	struct job job;
	uint32_t i, x, y, c;

	(void)state;
	for (i = 0; i < 8; i++) {
		m.bare = i & 1;
		m.mixed = i & 2;
		m.tile = i & 4 ? 16 : 0;
		assert_int_equal(
		    run_file(&job, GBX_WIRE_OP_DECODE, &m), GBX_WIRE_OK);
		assert_false(job.sink.degraded);
		for (y = 0; y < 21; y++)
			for (x = 0; x < 33; x++)
				for (c = 0; c < 4; c++)
					assert_int_equal(
					    job_pixels(
						&job)[(y * 33 + x) * 4 + c],
					    c == 3 ? 255
						   : mkjp2_sample(x, y, c));
		job_free(&job);
	}
}

static int32_t
ramp(uint32_t x, uint32_t y, uint32_t c)
{
	(void)c;
	return (int32_t)(y * 256 + x);
}

/* All 16-bit samples, against the rule itself. */
static void
test_sixteen_bits(void **state)
{
	const struct mkjp2 m = {
	    256, 256, 1, .bits = 16, .space = OPJ_CLRSPC_GRAY, .sample = ramp};
	struct job job;
	size_t size;
	uint8_t *data = mkjp2(&m, &size);
	uint32_t v;

	(void)state;
	job_init(&job, GBX_WIRE_OP_DECODE, 65536 * 4);
	assert_int_equal(job_run(&job, data, size), GBX_WIRE_OK);
	for (v = 0; v < 65536; v++)
		assert_int_equal(
		    job_pixels(&job)[v * 4], (v * 255 + 32767) / 65535);
	job_free(&job);
	free(data);
}

static int32_t
one(uint32_t x, uint32_t y, uint32_t c)
{
	(void)x;
	(void)y;
	(void)c;
	return 1;
}

static int32_t
lowest(uint32_t x, uint32_t y, uint32_t c)
{
	(void)x;
	(void)y;
	return c == 1 ? 0 : -8;
}

static void
test_depths(void **state)
{
	struct mkjp2 m = {5, 5, 1, .space = OPJ_CLRSPC_GRAY, .sample = one};

	(void)state;
	m.bits = 1;
	expect_all(&m, "\xff\xff\xff\xff", 0);
	m.bits = 2;
	expect_all(&m, "\x55\x55\x55\xff", 0);
	m.bits = 4;
	expect_all(&m, "\x11\x11\x11\xff", 0);
	m.bits = 12;
	expect_all(&m, "\0\0\0\xff", 0);
	m = (struct mkjp2){5, 5, 3, .bits = 4, .space = SRGB, .is_signed = 1,
	    .sample = lowest};
	expect_all(&m, "\0\x88\0\xff", 0);
}

static int32_t
edge(uint32_t x, uint32_t y, uint32_t c)
{
	(void)y;
	(void)c;
	return x < 17 ? 255 : 0;
}

/* Where the wavelet overshoots, white stays white and black black. */
static void
test_overshoot(void **state)
{
	const struct mkjp2 m = {
	    40, 24, 1, .space = OPJ_CLRSPC_GRAY, .lossy = true, .sample = edge};
	struct job job;
	uint32_t i;
	int off;

	(void)state;
	assert_int_equal(run_file(&job, GBX_WIRE_OP_DECODE, &m), GBX_WIRE_OK);
	for (i = 0; i < 40 * 24; i++) {
		off = job_pixels(&job)[i * 4] - edge(i % 40, 0, 0);
		assert_in_range(abs(off), 0, 60);
	}
	job_free(&job);
}

/* ---- colours ------------------------------------------------------------ */

/* 10, 20, 30... */
static int32_t
tens(uint32_t x, uint32_t y, uint32_t c)
{
	(void)x;
	(void)y;
	return (int32_t)(c * 10 + 10);
}

static int32_t
orange(uint32_t x, uint32_t y, uint32_t c)
{
	(void)x;
	(void)y;
	return c == 0 ? 150 : c == 1 ? 60 : 190;
}

static void
test_colours(void **state)
{
	struct mkjp2 m = {4, 4, 3, .space = SRGB, .sample = tens};

	(void)state;
	expect_all(&m, "\x0a\x14\x1e\xff", 0);
	m.space = 0;
	expect_all(&m, "\x0a\x14\x1e\xff", 0);
	m = (struct mkjp2){
	    4, 4, 4, .space = OPJ_CLRSPC_CMYK, .sample = tens, .bare = 0};
	m.components = 3;
	m.space = OPJ_CLRSPC_SYCC;
	m.sample = orange;
	/* by the formula: 150 + 1.402 * 62, 150 - 0.344 * -68 - 0.714 * 62,
	 * 150 + 1.772 * -68 */
	expect_all(&m, "\xed\x81\x1e\xff", 1);
}

static void
test_alpha(void **state)
{
	struct mkjp2 m = {4, 4, 4, .space = SRGB, .sample = tens, .alpha = 3,
	    .alpha_kind = 1};

	(void)state;
	expect_all(&m, "\x0a\x14\x1e\x28", 0);
	m.alpha = 0; /* boxes that say nothing of it */
	expect_all(&m, "\x0a\x14\x1e\x28", 0);
	m.components = 2;
	m.space = OPJ_CLRSPC_GRAY;
	expect_all(&m, "\x0a\x0a\x0a\x14", 0);
	m.components = 5; /* too many of them */
	m.space = SRGB;
	expect_all(&m, "\x0a\x14\x1e\xff", 0);
	m.components = 4;
	m.bare = true;
	expect_all(&m, "\x0a\x14\x1e\x28", 0);
	m.components = 2;
	expect_all(&m, "\x0a\x0a\x0a\x14", 0);
	m = (struct mkjp2){4, 4, 2, .space = OPJ_CLRSPC_GRAY, .sample = tens,
	    .alpha = 1, .alpha_kind = 1};
	expect_all(&m, "\x0a\x0a\x0a\x14", 0);
}

/* The encoder only writes type 1: patched in the channel definition box, whose
 * entries are number, type and association, 16 bits each. */
static void
test_premultiplied(void **state)
{
	const struct mkjp2 m = {4, 4, 4, .space = SRGB, .sample = tens,
	    .alpha = 3, .alpha_kind = 1};
	struct job job;
	size_t size, i;
	uint8_t *data = mkjp2(&m, &size);

	(void)state;
	for (i = 0; i + 30 < size; i++)
		if (memcmp(data + i, "cdef\0\4", 6) == 0)
			data[i + 6 + 3 * 6 + 3] = 2;
	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	assert_int_equal(job_run(&job, data, size), GBX_WIRE_OK);
	assert_memory_equal(job_pixels(&job), "\x40\x80\xbf\x28", 4);
	job_free(&job);
	free(data);
}

static int32_t
red(uint32_t x, uint32_t y, uint32_t c)
{
	(void)x;
	(void)y;
	return c == 0 ? 255 : 0;
}

/* Thumbnails become sRGB by the file's profile; `decode` stays as it is. */
static void
test_profile(void **state)
{
	size_t size;
	uint8_t *icc = profile_swapped(&size);
	struct mkjp2 m = {4, 4, 3, .sample = red, .icc = icc, .icc_size = size};
	struct job job;

	(void)state;
	expect_all(&m, "\xff\0\0\xff", 0);
	assert_int_equal(
	    run_file(&job, GBX_WIRE_OP_THUMBNAIL, &m), GBX_WIRE_OK);
	assert_in_range(job_pixels(&job)[0], 0, 3);
	assert_in_range(job_pixels(&job)[1], 252, 255);
	job_free(&job);
	free(icc);
}

static int32_t
columns(uint32_t x, uint32_t y, uint32_t c)
{
	(void)y;
	return c == 0 ? 128 : (int32_t)(x * 50 + 50);
}

/* Coarse differences: two pixels share a sample, the last has its own. */
static void
test_coarse(void **state)
{
	const struct mkjp2 m = {5, 3, 3, .coarse = 2, .levels = 1,
	    .sample = columns, .space = OPJ_CLRSPC_SYCC};
	struct mkjp2 bare = m;
	struct job job;
	const uint8_t *px;
	int i;

	(void)state;
	bare.space = 0;
	bare.bare = true;
	for (i = 0; i < 2; i++) {
		assert_int_equal(
		    run_file(&job, GBX_WIRE_OP_DECODE, i ? &bare : &m),
		    GBX_WIRE_OK);
		px = job_pixels(&job);
		assert_int_equal(job.sink.block[0].width, 5);
		assert_memory_equal(px, px + 4, 4);
		assert_memory_equal(px + 8, px + 12, 4);
		assert_true(px[16] > px[12] && px[8] > px[4]);
		assert_memory_equal(px, px + 5 * 4, 5 * 4);
		job_free(&job);
	}
}

/* Levels left out: the same smooth picture, smaller. */
static void
test_thumbnail(void **state)
{
	const struct mkjp2 m = {80, 60, 3, .space = SRGB, .lossy = true,
	    .levels = 5, .sample = NULL};
	struct job job;
	size_t size;
	uint8_t *data = mkjp2(&m, &size);
	uint32_t side;

	(void)state;
	for (side = 1; side <= 40; side++) {
		job_init(&job, GBX_WIRE_OP_THUMBNAIL, OUT_SIZE);
		job.task.box_w = job.task.box_h = side;
		assert_int_equal(job_run(&job, data, size), GBX_WIRE_OK);
		assert_int_equal(job.sink.block[0].width, side);
		assert_false(job.sink.degraded);
		job_free(&job);
	}
	free(data);
}

static void
test_first(void **state)
{
	const struct mkjp2 m = {4, 4, 1, .space = OPJ_CLRSPC_GRAY};
	size_t size;
	uint8_t *data = mkjp2(&m, &size);
	struct job job;

	(void)state;
	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	job.task.first = 1;
	assert_int_equal(job_run(&job, data, size), GBX_WIRE_UNSUPPORTED);
	job_free(&job);
	free(data);
}

/* ---- what the library says ---------------------------------------------- */

#define COD "\xff\x52"
enum {
	COD_STYLE = 4, /* where in its segment */
	COD_MCT = 8
};

static uint8_t *
segment(uint8_t *data, size_t size, const char *marker)
{
	uint8_t *at = memmem(data, size, marker, 2);

	assert_non_null(at);
	return at;
}

static uint32_t
decoded(const uint8_t *data, size_t size, bool *ret_degraded)
{
	uint32_t status;
	struct job job;

	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	status = job_run(&job, data, size);
	*ret_degraded = job.sink.degraded;
	job_free(&job);
	return status;
}

/* Fails if taken out: rows of jp2/codes.def that are harmless. */
static void
test_harmless(void **state)
{
	struct mkjp2 m = {.width = 40,
	    .height = 30,
	    .components = 3,
	    .space = SRGB,
	    .bare = true};
	size_t size;
	uint8_t *data = mkjp2(&m, &size);
	bool degraded;

	(void)state;
	segment(data, size, COD)[COD_STYLE] |= 2; /* SOP may be used */
	assert_int_equal(decoded(data, size, &degraded), GBX_WIRE_OK);
	assert_false(degraded);
	segment(data, size, COD)[COD_STYLE] &= (uint8_t)~2;
	memset(data + size - 2, 0, 2); /* instead of EOC */
	assert_int_equal(decoded(data, size, &degraded), GBX_WIRE_OK);
	assert_false(degraded);
	free(data);
}

/* A transform of components that needs three, of two: the library says that it
 * leaves it out, and goes on. Fails if taken out: gbx_sink_degraded in
 * on_message for errors. */
static void
test_error_that_goes_on(void **state)
{
	struct mkjp2 m = {
	    .width = 40, .height = 30, .components = 2, .bare = true};
	size_t size;
	uint8_t *data = mkjp2(&m, &size);
	bool degraded;

	(void)state;
	segment(data, size, COD)[COD_MCT] = 1;
	assert_int_equal(decoded(data, size, &degraded), GBX_WIRE_OK);
	assert_true(degraded);
	free(data);
}

/* A transform of ISO/IEC 15444-2 that the library leaves out, with a warning
 * while it reads the header. */
static void
test_part_two(void **state)
{
	static const char mct[] = "\xff\x74\0\4\0\1";
	struct mkjp2 m = {.width = 40,
	    .height = 30,
	    .components = 3,
	    .space = SRGB,
	    .bare = true};
	size_t size, at, n = sizeof(mct) - 1;
	uint8_t *data = mkjp2(&m, &size), *more = malloc(size + n);
	bool degraded;

	(void)state;
	assert_non_null(more);
	at = (size_t)(segment(data, size, COD) - data);
	memcpy(more, data, at);
	memcpy(more + at, mct, n);
	memcpy(more + at + n, data + at, size - at);
	assert_int_equal(
	    decoded(more, size + n, &degraded), GBX_WIRE_UNSUPPORTED);
	free(more);
	free(data);
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
	    cmocka_unit_test(test_sixteen_bits),
	    cmocka_unit_test(test_depths),
	    cmocka_unit_test(test_overshoot),
	    cmocka_unit_test(test_colours),
	    cmocka_unit_test(test_alpha),
	    cmocka_unit_test(test_premultiplied),
	    cmocka_unit_test(test_profile),
	    cmocka_unit_test(test_coarse),
	    cmocka_unit_test(test_thumbnail),
	    cmocka_unit_test(test_first),
	    cmocka_unit_test(test_harmless),
	    cmocka_unit_test(test_error_that_goes_on),
	    cmocka_unit_test(test_part_two),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
