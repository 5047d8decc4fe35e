/* SPDX-License-Identifier: ISC */
/*
 * The HEIF parser in-process: its samples, every way to spoil a file,
 * limits by name, pixels that are known. Side: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/job.h"
#include "tests/support/samples.h"

#define OUT_SIZE 65536

static void
test_samples(void **state)
{
	(void)state;
	image_prepare();
	samples_good(GBX_FORMAT_HEIF, 5, OUT_SIZE);
}

static void
test_pixels(void **state)
{
	(void)state;
	sample_drawn("yuv420", 3, 40);
	sample_drawn("yuv444", 3, 40);
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
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
