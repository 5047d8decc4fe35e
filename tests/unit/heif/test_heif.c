/* SPDX-License-Identifier: ISC */
/*
 * The HEIF parser in-process: its samples, every way to spoil a file,
 * limits by name, pixels that are known. Side: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sandboxed_parsers/avif/samples.h"
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

/* AVIF under HEIF's name: libheif has dav1d behind it, which must not be met.
 */
static void
test_other_codec(void **state)
{
	struct job job;
	uint8_t *data;
	size_t i, tried = 0;

	(void)state;
	for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		data = malloc(samples[i].size);
		assert_non_null(data);
		memcpy(data, samples[i].data, samples[i].size);
		if (memcmp(data + 4, "ftypavif", 8) == 0) {
			memcpy(data + 8, "heic", 4);
			job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
			assert_int_equal(job_run(&job, data, samples[i].size),
			    GBX_WIRE_UNSUPPORTED);
			job_free(&job);
			tried++;
		}
		free(data);
	}
	assert_true(tried > 3);
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
	    cmocka_unit_test(test_other_codec),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
