/* SPDX-License-Identifier: ISC */
/*
 * The TGA parser in-process: its samples, every way to spoil a file, kinds,
 * depths, maps, directions, packets. Side: tests.
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
#include "tests/unit/tga/mktga.h"

#define OUT_SIZE 65536

static void
expect(const struct mktga *m, const char *pixels, size_t size, bool degraded,
    const char *want, size_t n)
{
	struct bytes b = {0};
	struct job job;

	mktga_begin(&b, m);
	bytes_put(&b, pixels, size);
	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	if (m->kind < 8) /* rows: every byte is written */
		memset(job.out, 0xa5, OUT_SIZE);
	assert_int_equal(job_run(&job, b.data, b.size), GBX_WIRE_OK);
	assert_int_equal(job.sink.degraded, degraded);
	assert_int_equal(job.sink.block[0].length, n);
	assert_memory_equal(job_pixels(&job), want, n);
	job_free(&job);
	none(image_ops_fault(b.data, b.size, 0, OUT_SIZE));
	bytes_free(&b);
}
#define EXPECT(m, pixels, degraded, want) \
	expect(m, pixels, sizeof(pixels) - 1, degraded, want, sizeof(want) - 1)

static void
expect_status(const struct mktga *m, uint32_t want)
{
	struct bytes b = {0};
	struct job job;

	mktga_begin(&b, m);
	bytes_fill(&b, 0, 64);
	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	assert_int_equal(job_run(&job, b.data, b.size), want);
	job_free(&job);
	bytes_free(&b);
}

/* ---- the samples -------------------------------------------------------- */

static void
test_samples(void **state)
{
	(void)state;
	samples_good(GBX_FORMAT_TGA, 7, OUT_SIZE);
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
		assert_true(ends.malformed >= 22 && ends.degraded > 0);
		assert_int_equal(ends.ok, ends.degraded);
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
	mktga_begin(&b, &(struct mktga){3, 6, 4, 8, 0, 0, 0, 0});
	bytes_fill(&b, 9, 24);
	none(image_limits_fault(b.data, b.size, 6, 4));
	bytes_free(&b);
	expect_status(
	    &(struct mktga){3, 65535, 65535, 8, 0, 0, 0, 0}, GBX_WIRE_LIMIT);
}

/* ---- kinds and depths --------------------------------------------------- */

static void
test_colours(void **state)
{
	struct mktga m = {2, 2, 1, 24, 0, 0, 0, 0};

	(void)state;
	EXPECT(&m, "abcdef", false,
	    "cba\xff"
	    "fed\xff");
	/* A fourth byte is alpha, whatever the descriptor says of it, where
	 * somebody wrote it. */
	m.bits = 32;
	EXPECT(&m, "abcdefg\0", false, "cbadgfe\0");
	EXPECT(&m, "abc\0efg\0", false, "cba\xffgfe\xff");
	m.descriptor = 8;
	EXPECT(&m, "abcdefgh", false, "cbadgfeh");
	EXPECT(&m, "abc\0efg\0", false, "cba\0gfe\0");
	m.descriptor = 0;
	m.kind = 10;
	EXPECT(&m, "\1abcdefg\0", false, "cbadgfe\0");
	EXPECT(&m, "\1abc\0efg\0", false, "cba\xffgfe\xff");
	EXPECT(&m,
	    "\x81"
	    "abcd",
	    false, "cbadcbad");
	EXPECT(&m, "\0abc\0\0efgh", false, "cba\0gfeh");
	EXPECT(&m, "\0abc\0\0efg\0\0xyz1", false, "cba\xffgfe\xff");
	m.kind = 2;
	m.bits = 16;
	m.descriptor = 0;
	EXPECT(&m, "\x1f\x7c\xe0\x83", false, "\xff\0\xff\xff\0\xff\0\xff");
	m.descriptor = 1;
	EXPECT(&m, "\x1f\x7c\xe0\x83", false, "\xff\0\xff\0\0\xff\0\xff");
	m.bits = 15;
	m.descriptor = 0;
	EXPECT(&m, "\x08\x21\0\0", false, "\x42\x42\x42\xff\0\0\0\xff");
}

static void
test_grays(void **state)
{
	struct mktga m = {3, 2, 1, 8, 0, 0, 0, 0};

	(void)state;
	EXPECT(&m, "ab", false,
	    "aaa\xff"
	    "bbb\xff");
	m.bits = 16;
	m.descriptor = 8;
	EXPECT(&m, "abcd", false, "aaabcccd");
}

static void
test_maps(void **state)
{
	struct mktga m = {1, 3, 1, 8, 0, 2, 3, 24};

	(void)state;
	EXPECT(&m, "\2\4\3", false, "\2\1\0\xff\4\3\2\xff\3\2\1\xff");
	EXPECT(&m, "\1\5\3", true, "\0\0\0\xff\0\0\0\xff\3\2\1\xff");
	m.bits = 16;
	EXPECT(&m, "\2\0\4\0\3\0", false, "\2\1\0\xff\4\3\2\xff\3\2\1\xff");
	m.bits = 8;
	m.map_bits = 32;
	EXPECT(&m, "\2\4\3", false, "\2\1\0\3\4\3\2\5\3\2\1\4");
	/* 15 bits and one for alpha, if the descriptor says so */
	m.map_bits = 16;
	EXPECT(&m, "\2\4\3", false,
	    "\0\x42\0\xff"
	    "\0\xc5\x10\xff"
	    "\0\x84\x08\xff");
	m.descriptor = 1;
	EXPECT(&m, "\2\4\3", false,
	    "\0\x42\0\0"
	    "\0\xc5\x10\0"
	    "\0\x84\x08\0");
	m.descriptor = 0;
	/* a map that nothing uses is stepped over */
	m.kind = 3;
	EXPECT(&m, "abc", false,
	    "aaa\xff"
	    "bbb\xff"
	    "ccc\xff");
}

static void
test_directions(void **state)
{
	struct mktga m = {3, 2, 2, 8, 0, 0, 0, 0};
	struct mktga packed = {11, 2, 2, 8, 0, 0, 0, 0};

	(void)state;
	EXPECT(&m, "abcd", false,
	    "ccc\xff"
	    "ddd\xff"
	    "aaa\xff"
	    "bbb\xff");
	EXPECT(&packed, "\3abcd", false,
	    "ccc\xff"
	    "ddd\xff"
	    "aaa\xff"
	    "bbb\xff");
	m.descriptor = packed.descriptor = 0x20;
	EXPECT(&m, "abcd", false,
	    "aaa\xff"
	    "bbb\xff"
	    "ccc\xff"
	    "ddd\xff");
	m.descriptor = packed.descriptor = 0x30;
	EXPECT(&m, "abcd", false,
	    "bbb\xff"
	    "aaa\xff"
	    "ddd\xff"
	    "ccc\xff");
	EXPECT(&packed, "\3abcd", false,
	    "bbb\xff"
	    "aaa\xff"
	    "ddd\xff"
	    "ccc\xff");
}

/* ---- packets ------------------------------------------------------------ */

static void
test_packets(void **state)
{
	struct mktga m = {10, 3, 1, 24, 0, 0, 0, 0};

	(void)state;
	EXPECT(&m, "\x81xyz\0abc", false,
	    "zyx\xff"
	    "zyx\xff"
	    "cba\xff");
	/* more than fit: what is over is dropped */
	EXPECT(&m, "\xffxyz", false,
	    "zyx\xff"
	    "zyx\xff"
	    "zyx\xff");
	/* over the end of a row */
	m.height = 2;
	m.descriptor = 0x20;
	EXPECT(&m, "\x84xyz\0abc", false,
	    "zyx\xff"
	    "zyx\xff"
	    "zyx\xff"
	    "zyx\xff"
	    "zyx\xff"
	    "cba\xff");
	/* cut off, within a packet and between two */
	EXPECT(&m, "\x81xyz\2ab", true,
	    "zyx\xff"
	    "zyx\xff"
	    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
	EXPECT(&m, "\x81xyz", true,
	    "zyx\xff"
	    "zyx\xff"
	    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
}

static void
test_missing_rows(void **state)
{
	struct mktga m = {3, 2, 2, 8, 0, 0, 0, 0};

	(void)state;
	EXPECT(&m, "abc", true,
	    "\0\0\0\0\0\0\0\0"
	    "aaa\xff"
	    "bbb\xff");
}

/* ---- headers ------------------------------------------------------------ */

static void
test_headers(void **state)
{
	static const struct mktga bad[] = {
	    {0, 2, 2, 24, 0, 0, 0, 0}, /* no picture */
	    {4, 2, 2, 24, 0, 0, 0, 0},
	    {12, 2, 2, 24, 0, 0, 0, 0},
	    {255, 2, 2, 24, 0, 0, 0, 0},
	    {2, 0, 2, 24, 0, 0, 0, 0},
	    {2, 2, 0, 24, 0, 0, 0, 0},
	    {2, 2, 2, 8, 0, 0, 0, 0},
	    {2, 2, 2, 23, 0, 0, 0, 0},
	    {3, 2, 2, 16, 0, 0, 0, 0},
	    {3, 2, 2, 24, 0, 0, 0, 0},
	    {2, 2, 2, 24, 9, 0, 0, 0},	  /* nine bits of alpha */
	    {2, 2, 2, 24, 0x40, 0, 0, 0}, /* interleaved, as before 2.0 */
	    {1, 2, 2, 8, 0, 0, 0, 0},	  /* without a map */
	    {1, 2, 2, 24, 0, 0, 4, 24},
	    {1, 2, 2, 8, 0, 0, 4, 8},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_status(&bad[i], GBX_WIRE_MALFORMED);
	expect_status(
	    &(struct mktga){32, 2, 2, 24, 0, 0, 0, 0}, GBX_WIRE_UNSUPPORTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_samples),
	    cmocka_unit_test(test_truncated),
	    cmocka_unit_test(test_bit_flips),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_colours),
	    cmocka_unit_test(test_grays),
	    cmocka_unit_test(test_maps),
	    cmocka_unit_test(test_directions),
	    cmocka_unit_test(test_packets),
	    cmocka_unit_test(test_missing_rows),
	    cmocka_unit_test(test_headers),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
