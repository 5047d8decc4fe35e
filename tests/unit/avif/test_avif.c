/* SPDX-License-Identifier: ISC */
/*
 * The AVIF parser in-process: its samples, every way to spoil a file,
 * limits by name, pixels that are known. Side: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <avif/avif.h>
#include <cmocka.h>

#include "tests/support/job.h"
#include "tests/support/samples.h"
#include "tests/unit/avif/encoded.h"
#include "tests/unit/avif/mkavif.h"

#define OUT_SIZE 65536

static void
test_samples(void **state)
{
	(void)state;
	image_prepare();
	samples_good(GBX_FORMAT_AVIF, 15, OUT_SIZE);
}

static void
test_pixels(void **state)
{
	(void)state;
	sample_drawn("yuv420", 3, 40);
	sample_drawn("yuv444", 3, 20);
	sample_drawn("yuv422_10", 3, 40);
	sample_drawn("alpha", 4, 40);
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
		assert_int_equal(ends.ok + ends.degraded, 0);
	}
}

/* A wrong bit may make another picture, and nothing worse. */
static void
test_bit_flips(void **state)
{
	struct image_ends ends;
	const struct gbx_sample *s = sample("yuv420", GBX_WIRE_OP_DECODE);

	(void)state;
	image_flip(s->data, s->size, OUT_SIZE, &ends);
	assert_true(ends.malformed > 0);
	assert_true(ends.ok + ends.degraded > 0);
}

static void
test_limits(void **state)
{
	const struct gbx_sample *s = sample("yuv420", GBX_WIRE_OP_DECODE);

	(void)state;
	none(image_limits_fault(s->data, s->size, DRAWN_SIDE, DRAWN_SIDE));
}

/* Not this format at all, and nothing. */
static void
test_foreign(void **state)
{
	(void)state;
	foreign_refused();
}

/* ---- tracks beside the colours --------------------------------------------
 */

static bool
is_opaque(const char *urn)
{
	struct bytes b = mkavif(sample("yuv420", GBX_WIRE_OP_DECODE),
	    sample("gray", GBX_WIRE_OP_DECODE), urn);
	bool opaque = true;
	struct job job;
	uint32_t i;

	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	assert_int_equal(job_run(&job, b.data, b.size), GBX_WIRE_OK);
	for (i = 0; i < DRAWN_SIDE * DRAWN_SIDE; i++)
		opaque &= job_pixels(&job)[i * 4 + 3] == 255;
	job_free(&job);
	bytes_free(&b);
	return opaque;
}

/* Alpha is alpha by either name, and where a track tells none. */
static void
test_alpha_track(void **state)
{
	(void)state;
	assert_false(is_opaque("urn:mpeg:mpegB:cicp:systems:auxiliary:alpha"));
	assert_false(is_opaque("urn:mpeg:hevc:2015:auxid:1"));
	assert_false(is_opaque(NULL));
}

/* Depth, and what nobody knows, is no alpha. */
static void
test_other_track(void **state)
{
	(void)state;
	assert_true(is_opaque("urn:mpeg:mpegB:cicp:systems:auxiliary:depth"));
	assert_true(is_opaque("urn:mpeg:hevc:2015:auxid:2"));
	assert_true(is_opaque("urn:mpeg:hevc:2015:auxid:10"));
	assert_true(is_opaque(""));
}

static void
expect(const struct encoded *m, uint32_t op, uint32_t width, uint32_t height,
    const uint8_t rgb[3])
{
	struct job job;
	size_t size;
	uint8_t *data = encoded(m, &size);
	uint32_t i, c;

	none(image_ops_fault(data, size, 0, OUT_SIZE));
	job_init(&job, op, OUT_SIZE);
	assert_int_equal(job_run(&job, data, size), GBX_WIRE_OK);
	assert_int_equal(job.sink.block[0].width, width);
	assert_int_equal(job.sink.block[0].height, height);
	for (i = 0; i < width * height && op != GBX_WIRE_OP_PROBE; i++)
		for (c = 0; c < 3; c++)
			assert_in_range(job_pixels(&job)[i * 4 + c],
			    rgb[c] > 2 ? rgb[c] - 2 : 0, rgb[c] + 2);
	job_free(&job);
	free(data);
}

/* What clap cuts away is not there, in any operation: of an even part, of one
 * that would cut chroma in half, and of halves of pixels, rounded down. */
static void
test_crop(void **state)
{
	static const uint32_t ops[] = {
	    GBX_WIRE_OP_PROBE, GBX_WIRE_OP_DECODE, GBX_WIRE_OP_THUMBNAIL};
	struct encoded m = {32, 16, 8, .rgb = {65535, 0, 0},
	    .right = {0, 65535, 0}, .halves = 1,
	    .clap = {16, 1, 16, 1, 8, 1, 0, 1}};
	const uint8_t green[3] = {0, 255, 0}, red[3] = {255, 0, 0};
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++)
		expect(&m, ops[i], 16, 16, green);
	m.clap[4] = (uint32_t)-8;
	for (i = 0; i < 3; i++)
		expect(&m, ops[i], 16, 16, red);
	memcpy(m.clap, (uint32_t[8]){5, 1, 7, 1, 17, 2, (uint32_t)-1, 2},
	    sizeof(m.clap));
	expect(&m, GBX_WIRE_OP_DECODE, 5, 7, green);
}

/* A crop that reaches past the picture, or is none, is no crop to guess at. */
static void
test_wrong_crop(void **state)
{
	static const uint32_t wrong[][8] = {{16, 1, 16, 1, 9, 1, 0, 1},
	    {16, 1, 16, 1, (uint32_t)-9, 1, 0, 1}, {33, 1, 16, 1, 0, 1, 0, 1},
	    {16, 0, 16, 1, 0, 1, 0, 1}, {16, 1, 16, 1, 0, 0, 0, 1},
	    {1, 2, 16, 1, 0, 1, 0, 1}, {16, 1, 16, 1, 0, 0xffffffff, 0, 1}};
	struct encoded m = {32, 16, 8, .rgb = {65535, 0, 0}};
	struct job job;
	size_t i, size;
	uint8_t *data;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		memcpy(m.clap, wrong[i], sizeof(m.clap));
		data = encoded(&m, &size);
		none(image_ops_fault(data, size, 0, OUT_SIZE));
		job_init(&job, GBX_WIRE_OP_PROBE, OUT_SIZE);
		assert_int_equal(job_run(&job, data, size), GBX_WIRE_MALFORMED);
		job_free(&job);
		free(data);
	}
}

/* Of PQ and HLG, by the numbers of the file: 203 cd/m2, BT.2408's white. */
static void
test_hdr(void **state)
{
	static const struct {
		uint32_t transfer;
		uint16_t white;
	} cases[] = {{16, 38070}, {18, 49151}};
	struct encoded m = {16, 16, 10, .rgb = {0}};
	struct job job;
	uint8_t *data;
	size_t size, i;

	(void)state;
	for (i = 0; i < 2; i++) {
		m.transfer = cases[i].transfer;
		m.rgb[0] = m.rgb[1] = m.rgb[2] = cases[i].white;
		data = encoded(&m, &size);
		job_init(&job, GBX_WIRE_OP_THUMBNAIL, OUT_SIZE);
		assert_int_equal(job_run(&job, data, size), GBX_WIRE_OK);
		assert_in_range(job_pixels(&job)[0], 240, 252);
		assert_int_equal(
		    job.sink.block[0].colour, GBX_WIRE_COLOUR_SRGB);
		job_free(&job);
		free(data);
	}
}

/* Tiles whose order is not that of their numbers: libavif before 1.1 would put
 * them in wrong places. Fails if taken out: gbx_avif_shuffled. */
static void
test_shuffled_tiles(void **state)
{
	struct encoded m = {64, 64, 8, .rgb = {200, 100, 50}, .tiles = 1};
	struct job job;
	uint8_t *data, *dimg;
	size_t size, i;

	(void)state;
	data = encoded(&m, &size);
	dimg = memmem(data, size, "dimg", 4);
	assert_non_null(dimg);
	for (i = 0; i < 2; i++) {
		job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
		assert_int_equal(job_run(&job, data, size),
		    i == 0 || AVIF_VERSION >= 1010000 ? GBX_WIRE_OK
						      : GBX_WIRE_UNSUPPORTED);
		job_free(&job);
		assert_int_equal(dimg[7], 2); /* tiles */
		dimg[9] ^= dimg[11];
		dimg[11] ^= dimg[9];
		dimg[9] ^= dimg[11];
	}
	free(data);
}

/* Blue and white of video: libyuv's tables make 243 and 254 of them. */
static void
test_limited_range(void **state)
{
	struct encoded m = {16, 16, 8, .limited = 1, .rgb = {0, 0, 65535}};

	(void)state;
	expect(&m, GBX_WIRE_OP_DECODE, 16, 16, (uint8_t[]){0, 0, 255});
	m.depth = 10;
	expect(&m, GBX_WIRE_OP_DECODE, 16, 16, (uint8_t[]){0, 0, 255});
	memset(m.rgb, 0xff, sizeof(m.rgb));
	expect(&m, GBX_WIRE_OP_DECODE, 16, 16, (uint8_t[]){255, 255, 255});
	m.depth = 12;
	expect(&m, GBX_WIRE_OP_DECODE, 16, 16, (uint8_t[]){255, 255, 255});
}

/* A matrix that libavif has no conversion for (ICtCp) is no damage. */
static void
test_matrix(void **state)
{
	struct encoded m = {16, 16, 8, .rgb = {0, 0, 65535}};
	struct job job;
	uint8_t *data, *nclx;
	size_t size;

	(void)state;
	data = encoded(&m, &size);
	nclx = memmem(data, size, "nclx", 4);
	assert_non_null(nclx);
	nclx[9] = 14;
	none(image_ops_fault(data, size, 0, OUT_SIZE));
	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	assert_int_equal(job_run(&job, data, size), GBX_WIRE_UNSUPPORTED);
	job_free(&job);
	free(data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_samples),
	    cmocka_unit_test(test_pixels),
	    cmocka_unit_test(test_truncated),
	    cmocka_unit_test(test_bit_flips),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_foreign),
	    cmocka_unit_test(test_alpha_track),
	    cmocka_unit_test(test_other_track),
	    cmocka_unit_test(test_crop),
	    cmocka_unit_test(test_wrong_crop),
	    cmocka_unit_test(test_limited_range),
	    cmocka_unit_test(test_shuffled_tiles),
	    cmocka_unit_test(test_hdr),
	    cmocka_unit_test(test_matrix),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
