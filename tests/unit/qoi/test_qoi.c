/* SPDX-License-Identifier: ISC */
/*
 * The QOI parser in-process: its samples, every way to spoil a file, each kind
 * of chunk, against an encoder of its own. Side: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/bytes.h"
#include "tests/support/job.h"
#include "tests/support/samples.h"

#define OUT_SIZE 262144
#define MARKER	 "\0\0\0\0\0\0\0\1"

static void
begin(struct bytes *b, uint32_t width, uint32_t height, uint32_t channels)
{
	b->size = 0;
	bytes_put(b, "qoif", 4);
	bytes_be(b, width, 4);
	bytes_be(b, height, 4);
	bytes_be(b, channels << 8, 2);
}

static void
decode(struct job *job, const struct bytes *b, bool degraded)
{
	job_init(job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	memset(job->out, 0xa5, OUT_SIZE);
	assert_int_equal(job_run(job, b->data, b->size), GBX_WIRE_OK);
	assert_int_equal(job->sink.degraded, degraded);
	none(image_ops_fault(b->data, b->size, 0, OUT_SIZE));
}

static void
expect_pixels(const struct bytes *b, bool degraded, const char *want, size_t n)
{
	struct job job;

	decode(&job, b, degraded);
	assert_int_equal(job.sink.block[0].length, n);
	assert_memory_equal(job_pixels(&job), want, n);
	job_free(&job);
}

static void
expect_status(const struct bytes *b, uint32_t want)
{
	struct job job;

	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	assert_int_equal(job_run(&job, b->data, b->size), want);
	job_free(&job);
}

/* ---- the samples -------------------------------------------------------- */

static void
test_samples(void **state)
{
	(void)state;
	samples_good(GBX_FORMAT_QOI, 3, OUT_SIZE);
}

/* Nothing without its end marker is whole. */
static void
test_truncated(void **state)
{
	const struct gbx_sample *s = &gbx_parser.samples[0];
	struct image_ends ends;

	(void)state;
	image_truncate(s->data, s->size, OUT_SIZE, &ends);
	assert_int_equal(ends.malformed, 18); /* header and first chunk */
	assert_int_equal(ends.degraded, s->size - 18);
}

static void
test_bit_flips(void **state)
{
	const struct gbx_sample *s = &gbx_parser.samples[0];
	struct image_ends ends;

	(void)state;
	image_flip(s->data, s->size, OUT_SIZE, &ends);
	assert_true(ends.malformed > 30 && ends.ok > 0 && ends.limit > 0);
}

static void
test_limits(void **state)
{
	struct bytes b = {0};

	(void)state;
	begin(&b, 6, 4, 4);
	bytes_put(&b, "\xd7" MARKER, 9);
	none(image_limits_fault(b.data, b.size, 6, 4));
	bytes_free(&b);
}

static void
test_headers(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
	} bad[] = {
	    {0, 'Q'}, {12, 2}, {12, 5}, {12, 0}, {13, 2}, {7, 0}, {11, 0}};
	struct bytes b = {0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		begin(&b, 6, 4, 4);
		bytes_put(&b, "\xd7" MARKER, 9);
		expect_status(&b, GBX_WIRE_OK);
		b.data[bad[i].at] = bad[i].value;
		expect_status(&b, GBX_WIRE_MALFORMED);
	}
	begin(&b, 0xffffffff, 0xffffffff, 4);
	bytes_put(&b, "\xd7" MARKER, 9);
	expect_status(&b, GBX_WIRE_LIMIT);
	bytes_free(&b);
}

/* ---- chunks ------------------------------------------------------------- */

static void
test_chunks(void **state)
{
	struct bytes b = {0};

	(void)state;
	/* starts from opaque black; a run of one */
	begin(&b, 1, 1, 4);
	bytes_put(&b, "\xc0" MARKER, 9);
	expect_pixels(&b, false, "\0\0\0\xff", 4);
	/* differences go round */
	begin(&b, 2, 1, 4);
	bytes_put(&b, "\x40\x7f" MARKER, 10);
	expect_pixels(&b, false, "\xfe\xfe\xfe\xff\xff\xff\xff\xff", 8);
	/* luma: green -32 and +31 */
	begin(&b, 2, 1, 4);
	bytes_put(&b, "\x80\x80\xbf\xff" MARKER, 12);
	expect_pixels(&b, false,
	    "\xe0\xe0\xd8\xff"
	    "\6\xff\xfe\xff",
	    8);
	/* RGB keeps alpha; RGBA sets it; the index finds both */
	begin(&b, 4, 1, 4);
	bytes_put(&b, "\xff\1\2\3\4\xfe\5\6\7", 9);
	bytes_le(&b, (1 * 3 + 2 * 5 + 3 * 7 + 4 * 11) % 64, 1);
	bytes_le(&b, (5 * 3 + 6 * 5 + 7 * 7 + 4 * 11) % 64, 1);
	bytes_put(&b, MARKER, 8);
	expect_pixels(&b, false, "\1\2\3\4\5\6\7\4\1\2\3\4\5\6\7\4", 16);
	/* of three channels none is alpha */
	b.data[12] = 3;
	expect_pixels(
	    &b, false, "\1\2\3\xff\5\6\7\xff\1\2\3\xff\5\6\7\xff", 16);
	/* an index never set: all zero */
	begin(&b, 1, 1, 4);
	bytes_put(&b, "\x2a" MARKER, 9);
	expect_pixels(&b, false, "\0\0\0\0", 4);
	bytes_free(&b);
}

/* A run longer than the picture, pixels missing, a marker missing. */
static void
test_wrong_ends(void **state)
{
	struct bytes b = {0};

	(void)state;
	begin(&b, 2, 1, 4);
	bytes_put(&b, "\xfd" MARKER, 9);
	expect_pixels(&b, false, "\0\0\0\xff\0\0\0\xff", 8);
	begin(&b, 2, 2, 4);
	bytes_put(&b, "\xc1", 1);
	expect_pixels(&b, true, "\0\0\0\xff\0\0\0\xff\0\0\0\0\0\0\0\0", 16);
	begin(&b, 2, 1, 4);
	bytes_put(&b, "\xc1\0\0\0\0\0\0\0\0", 9);
	expect_pixels(&b, true, "\0\0\0\xff\0\0\0\xff", 8);
	begin(&b, 2, 1, 4);
	expect_status(&b, GBX_WIRE_MALFORMED);
	bytes_free(&b);
}

/* ---- an encoder of its own ---------------------------------------------- */

static void
random_chunk(uint8_t px[4], uint8_t seen[64][4], struct bytes *b, uint32_t v)
{
	uint8_t next[4];
	int c, green, dr, db;

	memcpy(next, px, 4);
	switch (v % 5) {
	case 0:
		bytes_le(b, 0xff, 1);
		for (c = 0; c < 4; c++)
			next[c] = (uint8_t)(v >> (c * 5));
		bytes_put(b, next, 4);
		break;
	case 1:
		bytes_le(b, 0xfe, 1);
		for (c = 0; c < 3; c++)
			next[c] = (uint8_t)(v >> (c * 7));
		bytes_put(b, next, 3);
		break;
	case 2:
		bytes_le(b, 0x40 | (v >> 8 & 63), 1);
		next[0] = (uint8_t)(px[0] + (v >> 12 & 3) - 2);
		next[1] = (uint8_t)(px[1] + (v >> 10 & 3) - 2);
		next[2] = (uint8_t)(px[2] + (v >> 8 & 3) - 2);
		break;
	case 3:
		green = (int)(v >> 8 & 63) - 32;
		dr = (int)(v >> 16 & 15) - 8;
		db = (int)(v >> 20 & 15) - 8;
		bytes_le(b, 0x80 | (v >> 8 & 63), 1);
		bytes_le(b, (v >> 16 & 15) << 4 | (v >> 20 & 15), 1);
		next[0] = (uint8_t)(px[0] + green + dr);
		next[1] = (uint8_t)(px[1] + green);
		next[2] = (uint8_t)(px[2] + green + db);
		break;
	default:
		bytes_le(b, v >> 8 & 63, 1);
		memcpy(next, seen[v >> 8 & 63], 4);
	}
	memcpy(px, next, 4);
	memcpy(
	    seen[(px[0] * 3 + px[1] * 5 + px[2] * 7 + px[3] * 11) % 64], px, 4);
}

static void
test_random(void **state)
{
	uint8_t px[4] = {0, 0, 0, 255}, seen[64][4] = {{0}};
	struct bytes b = {0}, want = {0};
	uint32_t v = 1, i, n;
	struct job job;

	(void)state;
	begin(&b, 199, 251, 4);
	while (want.size < 199 * 251 * 4) {
		v = v * 1664525 + 1013904223;
		n = 1;
		if (v >> 28 == 0) {
			n = 1 + (v >> 8) % 62;
			bytes_le(&b, 0xc0 | (n - 1), 1);
		} else {
			random_chunk(px, seen, &b, v >> 4);
		}
		for (i = 0; i < n; i++)
			bytes_put(&want, px, 4);
	}
	bytes_put(&b, MARKER, 8);
	decode(&job, &b, false);
	assert_memory_equal(job_pixels(&job), want.data, 199 * 251 * 4);
	job_free(&job);
	bytes_free(&want);
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
	    cmocka_unit_test(test_chunks),
	    cmocka_unit_test(test_wrong_ends),
	    cmocka_unit_test(test_random),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
