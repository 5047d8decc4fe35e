/* SPDX-License-Identifier: ISC */
/* Samples of image parsers, see samples.h. Side: tests. */
#include "tests/support/samples.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/cmocka.h"
#include "tests/support/job.h"

#define OUT_SIZE 65536

void
none(const char *fault)
{
	if (fault != NULL)
		fail_msg("%s", fault);
}

const struct gbx_sample *
sample(const char *name, uint32_t op)
{
	size_t i;

	for (i = 0; i < gbx_parser.n_samples; i++)
		if (strcmp(gbx_parser.samples[i].name, name) == 0 &&
		    gbx_parser.samples[i].op == op)
			return &gbx_parser.samples[i];
	fail_msg("no sample %s", name);
	return NULL;
}

void
samples_good(uint32_t format, size_t at_least, size_t out_size)
{
	none(image_samples_fault(format, out_size));
	assert_true(gbx_parser.n_samples >= at_least);
}

void
samples_flipped(size_t out_size)
{
	struct image_ends ends;
	size_t i;

	for (i = 0; i < gbx_parser.n_samples; i++) {
		const struct gbx_sample *s = &gbx_parser.samples[i];

		image_flip(s->data, s->size, out_size, &ends);
		assert_true(ends.malformed > 0 && ends.ok > 0);
	}
}

/* Opaque, or with alpha as the fourth channel. */
static uint8_t
drawn(uint32_t x, uint32_t y, uint32_t c)
{
	return (uint8_t)((x * 13 + y * 5 + c * 40) % 256);
}

/* Lossy encoders blur where the picture wraps around. */
static double
mean_error(const uint8_t *rgba, uint32_t channels)
{
	uint32_t x, y, c;
	double sum = 0;

	for (y = 0; y < DRAWN_SIDE; y++)
		for (x = 0; x < DRAWN_SIDE; x++)
			for (c = 0; c < channels; c++)
				sum += abs(rgba[(y * DRAWN_SIDE + x) * 4 + c] -
					   drawn(x, y, c));
	return sum / (DRAWN_SIDE * DRAWN_SIDE * channels);
}

void
sample_drawn(const char *name, uint32_t channels, double most)
{
	const struct gbx_sample *s = sample(name, GBX_WIRE_OP_DECODE);
	struct job job;
	double error;
	uint32_t i;

	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	assert_int_equal(job_run(&job, s->data, s->size), GBX_WIRE_OK);
	assert_int_equal(job.sink.block[0].width, DRAWN_SIDE);
	assert_int_equal(job.sink.block[0].height, DRAWN_SIDE);
	assert_int_equal(job.sink.total, 1);
	assert_false(job.sink.degraded);
	error = mean_error(job_pixels(&job), channels);
	if (error > most)
		fail_msg("%s: off by %f", name, error);
	for (i = 0; channels < 4 && i < DRAWN_SIDE * DRAWN_SIDE; i++)
		assert_int_equal(job_pixels(&job)[i * 4 + 3], 255);
	job_free(&job);
}

void
foreign_refused(void)
{
	static const uint8_t zeros[64];
	struct job job;

	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	assert_int_not_equal(job_run(&job, zeros, sizeof(zeros)), GBX_WIRE_OK);
	assert_int_not_equal(job_run(&job, NULL, 0), GBX_WIRE_OK);
	job_free(&job);
}
