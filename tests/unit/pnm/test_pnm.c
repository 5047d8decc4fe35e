/* SPDX-License-Identifier: ISC */
/*
 * The PNM parser in-process: its samples, every way to spoil a file, the seven
 * kinds, headers, maxima. Side: tests.
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

/* want: a gray value for each pixel, or n of them for each channel. */
static void
expect(const char *file, size_t size, bool degraded, const char *want, size_t n)
{
	struct job job;

	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	memset(job.out, 0xa5, OUT_SIZE);
	assert_int_equal(job_run(&job, file, size), GBX_WIRE_OK);
	assert_int_equal(job.sink.degraded, degraded);
	assert_int_equal(job.sink.block[0].length, n);
	assert_memory_equal(job_pixels(&job), want, n);
	job_free(&job);
	none(image_ops_fault(file, size, 0, OUT_SIZE));
}
#define EXPECT(file, degraded, want) \
	expect(file, sizeof(file) - 1, degraded, want, sizeof(want) - 1)
#define W "\xff\xff\xff\xff" /* white, black, nothing */
#define B "\0\0\0\xff"
#define N "\0\0\0\0"

static void
expect_status(const char *file, uint32_t want)
{
	struct job job;

	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	if (job_run(&job, file, strlen(file)) != want)
		fail_msg("%s: %u, not %u", file, job.sink.status, want);
	job_free(&job);
	none(image_ops_fault(file, strlen(file), 0, OUT_SIZE));
}

/* ---- the samples -------------------------------------------------------- */

static void
test_samples(void **state)
{
	(void)state;
	samples_good(GBX_FORMAT_PNM, 9, OUT_SIZE);
}

static void
test_truncated(void **state)
{
	struct image_ends ends;
	size_t i;

	(void)state;
	for (i = 0; i < gbx_parser.n_samples; i++) {
		const struct gbx_sample *s = &gbx_parser.samples[i];

		image_truncate(s->data, s->size, OUT_SIZE, &ends);
		assert_true(ends.malformed >= 9 && ends.degraded > 0);
		/* a plain file may lack its last line's end, or a digit */
		assert_true(ends.ok - ends.degraded <= 5);
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
	bytes_put(&b, "P5 6 4 255\n", 11);
	bytes_fill(&b, 9, 24);
	none(image_limits_fault(b.data, b.size, 6, 4));
	bytes_free(&b);
	expect_status("P5 65535 65535 255\n", GBX_WIRE_LIMIT);
	expect_status("P5 1000001 1 255\n", GBX_WIRE_LIMIT);
}

/* ---- kinds -------------------------------------------------------------- */

static void
test_bitmaps(void **state)
{
	(void)state;
	EXPECT("P1 3 2\n1 0 1\n001", false, B W B W W B);
	EXPECT("P1\n3 1 #c\n1#c\n01", false, B W B);
	EXPECT("P4 9 2 \xaa\x80\x00\x7f", false,
	    B W B W B W B W B W W W W W W W W W);
}

static void
test_grays(void **state)
{
	(void)state;
	EXPECT("P2 3 1 2 0 1 2", false, B "\x80\x80\x80\xff" W);
	EXPECT("P2 2 1 65535 65535 32896", false, W "\x80\x80\x80\xff");
	EXPECT("P5 2 1 255\n\x07\xff", false, "\7\7\7\xff" W);
	EXPECT("P5 2 1 256\n\x01\x00\x00\x80", false, W "\x80\x80\x80\xff");
	EXPECT("P5 1 1 65535\n\x12\x34", false, "\x12\x12\x12\xff");
}

static void
test_colours(void **state)
{
	(void)state;
	EXPECT("P3 1 2 255 1 2 3\n4 5 6", false, "\1\2\3\xff\4\5\6\xff");
	EXPECT("P6 2 1 255 abcdef", false,
	    "abc\xff"
	    "def\xff");
	EXPECT("P6 1 1 65535 \0\0\x80\0\xff\xff", false, "\0\x80\xff\xff");
}

static void
test_arbitrary(void **state)
{
	(void)state;
	EXPECT("P7\nWIDTH 2\nHEIGHT 1\nDEPTH 1\nMAXVAL 1\n"
	       "TUPLTYPE BLACKANDWHITE\nENDHDR\n\0\1",
	    false, B W);
	EXPECT("P7\n# a comment\nHEIGHT 1\nWIDTH 1\nMAXVAL 255\nDEPTH 2\n"
	       "TUPLTYPE GRAYSCALE_ALPHA\nENDHDR\nab",
	    false, "aaab");
	EXPECT("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\nENDHDR\nabc", false,
	    "abc\xff");
	EXPECT("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 65535\n"
	       "TUPLTYPE RGB_ALPHA\nENDHDR\naabbccdd",
	    false, "abcd");
	expect_status("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\n"
		      "TUPLTYPE GRAYSCALE\nENDHDR\nabc",
	    GBX_WIRE_UNSUPPORTED);
	expect_status(
	    "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 5\nMAXVAL 255\nENDHDR\nabcde",
	    GBX_WIRE_UNSUPPORTED);
	expect_status("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\n"
		      "TUPLTYPE CMYK\nENDHDR\nabcd",
	    GBX_WIRE_UNSUPPORTED);
	expect_status("P7\nWIDTH 1\nHEIGHT 1\nMAXVAL 255\nENDHDR\nabcd",
	    GBX_WIRE_MALFORMED);
	expect_status("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nabcd",
	    GBX_WIRE_MALFORMED);
	expect_status("P7\nCOLOUR 1\nENDHDR\nabcd", GBX_WIRE_MALFORMED);
}

/* ---- headers ------------------------------------------------------------ */

static void
test_headers(void **state)
{
	static const char *const bad[] = {"P", "P6", "P6 1 1", "P6 1 1 255",
	    "P0 1 1 255 abc", "P8 1 1 255 abc", "PP 1 1 255 abc",
	    "P61 1 255 abc", "P6 0 1 255 abc", "P6 1 0 255 abc", "P6 1 1 0 abc",
	    "P6 1 1 65536 abcdef", "P6 -1 1 255 abc", "P6 1 -1 255 abc",
	    "P6 1 1 -255 abc", "P6 1.0 1 255 abc",
	    "P6 99999999999999999999 1 255 abc", "P6 4294967297 1 255 abc",
	    "p6 1 1 255 abc", "P6 1 1 255abc", "P4 1 1", "P6 #1 1 255 abc"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_status(bad[i], GBX_WIRE_MALFORMED);
	EXPECT("P6#\n1#\n#\r 1\t\v\f255 abc", false, "abc\xff");
	/* one blank and no more: the second is a pixel */
	EXPECT("P5 1 1 255\n\n", false, "\n\n\n\xff");
}

/* ---- pixels that are not right ------------------------------------------ */

static void
test_short(void **state)
{
	(void)state;
	EXPECT("P5 2 2 255 abc", true,
	    "aaa\xff"
	    "bbb\xff" N N);
	EXPECT("P2 2 2 255 1 2 3", true, "\1\1\1\xff\2\2\2\xff\3\3\3\xff" N);
	EXPECT("P2 1 3 255 1 x 3", true, "\1\1\1\xff" N N);
	EXPECT("P1 1 2 1 2", true, B N);
	expect_status("P5 2 2 255 a", GBX_WIRE_MALFORMED);
	expect_status("P2 2 2 255 1 ", GBX_WIRE_MALFORMED);
}

static void
test_above_maximum(void **state)
{
	(void)state;
	EXPECT("P5 2 1 9\n\x09\x0a", true, W W);
	EXPECT("P2 2 1 9 9 10", true, W W);
	EXPECT("P2 2 1 65535 65535 65536", true, W W);
	EXPECT("P2 2 1 9 9 4294000000", true, W W);
}

static void
test_several(void **state)
{
	(void)state;
	EXPECT("P5 1 1 255\naP5 1 1 255\nb", false, "aaa\xff");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_samples),
	    cmocka_unit_test(test_truncated),
	    cmocka_unit_test(test_bit_flips),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_bitmaps),
	    cmocka_unit_test(test_grays),
	    cmocka_unit_test(test_colours),
	    cmocka_unit_test(test_arbitrary),
	    cmocka_unit_test(test_headers),
	    cmocka_unit_test(test_short),
	    cmocka_unit_test(test_above_maximum),
	    cmocka_unit_test(test_several),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
