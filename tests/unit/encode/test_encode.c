/* SPDX-License-Identifier: ISC */
/*
 * The encoder in-process: its samples, what its files begin with and hold
 * beside pixels, headers that contradict themselves, limits. Side: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "schemas/pixels.h"
#include "tests/support/image.h"
#include "tests/support/job.h"

#define OUT_SIZE 65536
#define SIDE	 16
#define SIZE	 (GBX_PIXELS_HEADER + SIDE * SIDE * 4)

static void
put(uint8_t *input, enum gbx_pixels_field at, uint32_t v)
{
	unsigned i;

	for (i = 0; i < 4; i++)
		input[(unsigned)at + i] = (uint8_t)(v >> (8 * i));
}

static void
fill(uint8_t input[SIZE], uint32_t target, uint32_t quality, uint8_t alpha)
{
	size_t i;

	memset(input, 0, SIZE);
	memcpy(input, GBX_PIXELS_MAGIC, GBX_PIXELS_MAGIC_LEN);
	put(input, GBX_PIXELS_TARGET, target);
	put(input, GBX_PIXELS_WIDTH, SIDE);
	put(input, GBX_PIXELS_HEIGHT, SIDE);
	put(input, GBX_PIXELS_QUALITY, quality);
	for (i = 0; i < SIDE * SIDE; i++) {
		input[GBX_PIXELS_HEADER + i * 4] = (uint8_t)i;
		input[GBX_PIXELS_HEADER + i * 4 + 1] = (uint8_t)(i / 2);
		input[GBX_PIXELS_HEADER + i * 4 + 3] = alpha;
	}
}

static uint32_t
encode(struct job *job, const uint8_t *input, size_t size)
{
	image_prepare();
	job_init(job, GBX_WIRE_OP_ENCODE, OUT_SIZE);
	return job_run(job, input, size);
}

static void
expect_file(uint32_t target, uint32_t quality, uint8_t alpha, const char *magic,
    size_t at)
{
	uint8_t input[SIZE];
	struct job job;

	fill(input, target, quality, alpha);
	assert_int_equal(encode(&job, input, SIZE), GBX_WIRE_OK);
	assert_int_equal(job.sink.format, GBX_FORMAT_PIXELS);
	assert_int_equal(job.sink.n_blocks, 1);
	assert_int_equal(job.sink.block[0].kind, GBX_WIRE_BYTES);
	assert_int_equal(job.sink.block[0].offset, 0);
	assert_in_range(job.sink.block[0].length, 40, OUT_SIZE);
	assert_memory_equal(job.out + at, magic, strlen(magic));
	/* Nobody's words. */
	assert_null(memmem(job.out, job.sink.block[0].length, "Exif", 4));
	assert_null(memmem(job.out, job.sink.block[0].length, "tEXt", 4));
	assert_null(memmem(job.out, job.sink.block[0].length, "iCCP", 4));
	assert_null(memmem(job.out, job.sink.block[0].length, "ICCP", 4));
	job_free(&job);
}

static void
test_files(void **state)
{
	uint32_t quality;
	uint8_t alpha;

	(void)state;
	for (quality = 0; quality <= 100; quality += 50)
		for (alpha = 0; alpha < 3; alpha++) {
			expect_file(GBX_FORMAT_PNG, quality,
			    (uint8_t)(alpha * 127 + alpha / 2), "\x89PNG", 0);
			expect_file(GBX_FORMAT_JPEG, quality,
			    (uint8_t)(alpha * 127 + alpha / 2), "\xff\xd8\xff",
			    0);
			expect_file(GBX_FORMAT_WEBP, quality,
			    (uint8_t)(alpha * 127 + alpha / 2), "WEBP", 8);
		}
}

static void
test_samples(void **state)
{
	struct job job;
	size_t i;

	(void)state;
	assert_int_equal(gbx_parser.n_samples, 7);
	for (i = 0; i < gbx_parser.n_samples; i++) {
		const struct gbx_sample *s = &gbx_parser.samples[i];

		assert_int_equal(s->op, GBX_WIRE_OP_ENCODE);
		assert_int_equal(encode(&job, s->data, s->size), GBX_WIRE_OK);
		job_free(&job);
	}
}

static void
expect_refused(enum gbx_pixels_field at, uint32_t v, uint32_t status)
{
	uint8_t input[SIZE];
	struct job job;

	fill(input, GBX_FORMAT_PNG, 50, 255);
	put(input, at, v);
	assert_int_equal(encode(&job, input, SIZE), status);
	assert_int_equal(job.sink.n_blocks, 0);
	job_free(&job);
}

static void
test_headers(void **state)
{
	uint8_t input[SIZE];
	struct job job;
	size_t n;

	(void)state;
	expect_refused(0, 0, GBX_WIRE_MALFORMED);
	expect_refused(GBX_PIXELS_TARGET, 0, GBX_WIRE_UNSUPPORTED);
	expect_refused(GBX_PIXELS_TARGET, GBX_FORMAT_GIF, GBX_WIRE_UNSUPPORTED);
	expect_refused(GBX_PIXELS_WIDTH, 0, GBX_WIRE_MALFORMED);
	expect_refused(GBX_PIXELS_WIDTH, SIDE + 1, GBX_WIRE_MALFORMED);
	expect_refused(GBX_PIXELS_HEIGHT, SIDE - 1, GBX_WIRE_MALFORMED);
	expect_refused(GBX_PIXELS_HEIGHT, UINT32_MAX, GBX_WIRE_MALFORMED);
	expect_refused(GBX_PIXELS_QUALITY, 101, GBX_WIRE_MALFORMED);
	fill(input, GBX_FORMAT_PNG, 50, 255);
	for (n = 0; n < SIZE; n += 31) {
		assert_int_equal(encode(&job, input, n), GBX_WIRE_MALFORMED);
		job_free(&job);
	}
}

/* A file may not be larger than the limit, and none is left half. */
static void
test_output(void **state)
{
	static const uint32_t targets[] = {
	    GBX_FORMAT_PNG, GBX_FORMAT_JPEG, GBX_FORMAT_WEBP};
	uint8_t input[SIZE];
	struct job job;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		fill(input, targets[i], 90, 255);
		job_init(&job, GBX_WIRE_OP_ENCODE, OUT_SIZE);
		job.task.limit[GBX_WIRE_LIMIT_OUTPUT] = 50;
		assert_int_equal(job_run(&job, input, SIZE), GBX_WIRE_LIMIT);
		assert_int_equal(job.sink.limit, GBX_WIRE_LIMIT_OUTPUT);
		assert_int_equal(job.sink.n_blocks, 0);
		job_free(&job);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_samples),
	    cmocka_unit_test(test_files),
	    cmocka_unit_test(test_headers),
	    cmocka_unit_test(test_output),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
