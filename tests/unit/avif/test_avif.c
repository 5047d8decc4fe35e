/* SPDX-License-Identifier: ISC */
/*
 * The AVIF parser in-process: its samples, every way to spoil a file,
 * limits by name, pixels that are known. Side: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/job.h"
#include "tests/support/samples.h"
#include "tests/unit/avif/mkavif.h"

#define OUT_SIZE 65536

static void
test_samples(void **state)
{
	(void)state;
	image_prepare();
	samples_good(GBX_FORMAT_AVIF, 7, OUT_SIZE);
}

static void
test_pixels(void **state)
{
	(void)state;
	sample_drawn("yuv420", 3, 40);
	sample_drawn("yuv444", 3, 20);
	sample_drawn("deep", 3, 40);
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
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
