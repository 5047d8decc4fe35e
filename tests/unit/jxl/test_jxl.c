/* SPDX-License-Identifier: ISC */
/*
 * The JPEG XL parser in-process: its samples, every way to spoil a file,
 * limits by name, pixels that are known. Side: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "tests/support/bytes.h"
#include "tests/support/job.h"
#include "tests/support/samples.h"
#include "tests/unit/jxl/mkjxl.h"

#define OUT_SIZE 65536

static void
test_samples(void **state)
{
	(void)state;
	image_prepare();
	samples_good(GBX_FORMAT_JXL, 5, OUT_SIZE);
}

static void
test_pixels(void **state)
{
	(void)state;
	sample_drawn("lossless", 4, 0);
	sample_drawn("lossy", 3, 12);
	sample_drawn("progressive", 3, 12);
}

/* Nothing that lacks its end is whole; small ones have nothing to show. Of an
 * animation the first frame is there before the file is. */
static void
test_truncated(void **state)
{
	struct image_ends ends;
	size_t i;

	(void)state;
	for (i = 0; i < gbx_parser.n_samples; i++) {
		const struct gbx_sample *s = &gbx_parser.samples[i];

		image_truncate(s->data, s->size, OUT_SIZE, &ends);
		assert_true(ends.malformed > 0);
		if (strcmp(s->name, "animation") != 0)
			assert_int_equal(ends.ok, 0);
	}
}

/* Several groups of 256 x 256: those that are there are shown, and told. */
static void
test_partial(void **state)
{
	const struct mkjxl m = {600, 300, .lossless = 0};
	size_t size;
	uint8_t *data = mkjxl(&m, &size);
	struct job job;

	(void)state;
	job_init(&job, GBX_WIRE_OP_DECODE, (size_t)m.width * m.height * 4);
	assert_int_equal(job_run(&job, data, size * 9 / 10), GBX_WIRE_OK);
	assert_true(job.sink.degraded);
	/* One more or less by version: since 0.9 the library dithers. */
	assert_in_range(job_pixels(&job)[400],
	    mkjxl_sample(&m, 100, 0, 0, 0) - 1,
	    mkjxl_sample(&m, 100, 0, 0, 0) + 1);
	assert_int_equal(job_run(&job, data, size), GBX_WIRE_OK);
	assert_false(job.sink.degraded);
	job_free(&job);
	free(data);
}

static void
test_frames(void **state)
{
	const struct mkjxl m = {20, 10, .frames = 3, .lossless = 1};
	size_t size;
	uint8_t *data = mkjxl(&m, &size);
	struct job job;
	uint32_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
		job.task.first = i;
		assert_int_equal(job_run(&job, data, size), GBX_WIRE_OK);
		assert_int_equal(job.sink.total, 3);
		assert_int_equal(
		    job_pixels(&job)[2], mkjxl_sample(&m, 0, 0, i, 2));
		job_free(&job);
	}
	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	job.task.first = 3;
	assert_int_equal(job_run(&job, data, size), GBX_WIRE_UNSUPPORTED);
	job.task.first = 0;
	job.task.limit[GBX_WIRE_LIMIT_FRAMES] = 2;
	(void)job_run(&job, data, size);
	assert_int_equal(job.sink.limit, GBX_WIRE_LIMIT_FRAMES);
	job_free(&job);
	free(data);
}

static void
expect_duration(const struct mkjxl *m, uint32_t first, uint32_t ms)
{
	size_t size;
	uint8_t *data = mkjxl(m, &size);
	struct job job;

	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	job.task.first = first;
	assert_int_equal(job_run(&job, data, size), GBX_WIRE_OK);
	assert_int_equal(job.sink.block[0].duration_ms, ms);
	assert_false(job.sink.degraded);
	job_free(&job);
	free(data);
}

/* Rounded; of no more than an hour; of pages and stills there is none. */
static void
test_durations(void **state)
{
	struct mkjxl m = {20, 10, .frames = 3, .lossless = 1};

	(void)state;
	expect_duration(&m, 0, 100);
	expect_duration(&m, 2, 300);
	m.per_second = 30000;
	m.denominator = 1001;
	expect_duration(&m, 0, 33);
	expect_duration(&m, 1, 67);
	expect_duration(&m, 2, 100);
	m.per_second = 1;
	m.denominator = 1000;
	m.ticks = 1000000000;
	expect_duration(&m, 1, 3600000);
	m.frames = 2;
	m.per_second = 1000;
	m.denominator = 1;
	m.ticks = UINT32_MAX;
	expect_duration(&m, 0, 0);
	m = (struct mkjxl){20, 10, .lossless = 1};
	expect_duration(&m, 0, 0);
}

/* Several in one job are what each would be alone. */
static void
test_several(void **state)
{
	const struct mkjxl m = {20, 10, .frames = 5, .lossless = 1};
	struct job job, one;
	uint32_t count, i;
	size_t size;
	uint8_t *data = mkjxl(&m, &size);

	(void)state;
	for (count = 1; count < 6; count++) {
		job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
		job.task.first = 1;
		job.task.count = count;
		assert_int_equal(job_run(&job, data, size), GBX_WIRE_OK);
		none(image_fault(&job.task, &job.sink, 0));
		assert_int_equal(job_frames(&job), count < 4 ? count : 4);
		assert_int_equal(job.sink.total, 5);
		for (i = 0; i < job_frames(&job); i++) {
			job_init(&one, GBX_WIRE_OP_DECODE, OUT_SIZE);
			one.task.first = 1 + i;
			assert_int_equal(
			    job_run(&one, data, size), GBX_WIRE_OK);
			assert_memory_equal(job_frame(&job, i),
			    job_pixels(&one), (size_t)m.width * m.height * 4);
			assert_int_equal(job_duration(&job, i), 100 * (i + 2));
			job_free(&one);
		}
		job_free(&job);
	}
	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	job.task.count = 3;
	job.task.limit[GBX_WIRE_LIMIT_OUTPUT] = 2399;
	assert_int_equal(job_run(&job, data, size), GBX_WIRE_LIMIT);
	assert_int_equal(job.sink.limit, GBX_WIRE_LIMIT_OUTPUT);
	job_free(&job);
	free(data);
}

/* Wherever it ends, the frames that are there are shown, and none is called
 * whole that may not be. */
static void
test_cut_animation(void **state)
{
	const struct mkjxl m = {300, 10, .frames = 3, .lossless = 1};
	size_t size, end;
	uint8_t *data = mkjxl(&m, &size);
	uint32_t shown[4] = {0};
	struct job job;

	(void)state;
	for (end = 0; end < size; end++) {
		job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
		job.task.count = 3;
		if (job_run(&job, data, end) == GBX_WIRE_OK) {
			none(image_fault(&job.task, &job.sink, 0));
			assert_true(job.sink.degraded);
			assert_in_range(job.sink.n_blocks, 1, 3);
			assert_in_range(job.sink.total, job.sink.n_blocks, 3);
			shown[job.sink.n_blocks]++;
		} else {
			assert_int_equal(job.sink.status, GBX_WIRE_MALFORMED);
			shown[0]++;
		}
		job_free(&job);
	}
	assert_true(shown[0] > 0 && shown[1] > 0 && shown[2] > 0);
	free(data);
}

/* Told, and pixels stay as they are stored; thumbnails are upright. */
static void
test_orientation(void **state)
{
	const struct mkjxl m = {20, 10, .orientation = 6, .lossless = 1};
	size_t size;
	uint8_t *data = mkjxl(&m, &size);
	struct job job;

	(void)state;
	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	assert_int_equal(job_run(&job, data, size), GBX_WIRE_OK);
	assert_int_equal(job.sink.block[0].orientation, 6);
	assert_int_equal(job.sink.block[0].width, 20);
	job_free(&job);
	job_init(&job, GBX_WIRE_OP_THUMBNAIL, OUT_SIZE);
	assert_int_equal(job_run(&job, data, size), GBX_WIRE_OK);
	assert_int_equal(job.sink.block[0].width, 10);
	assert_int_equal(job.sink.block[0].height, 20);
	job_free(&job);
	free(data);
}

/* A wrong bit may make another picture, and nothing worse. */
static void
test_bit_flips(void **state)
{
	struct image_ends ends;
	const struct gbx_sample *s = sample("lossless", GBX_WIRE_OP_DECODE);

	(void)state;
	image_flip(s->data, s->size, OUT_SIZE, &ends);
	assert_true(ends.malformed > 0);
	assert_true(ends.ok + ends.degraded > 0);
}

static void
test_limits(void **state)
{
	const struct gbx_sample *s = sample("lossless", GBX_WIRE_OP_DECODE);

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

/* Of PQ and HLG, by the numbers of the file: 203 cd/m2, BT.2408's white. Fails
 * if taken out: tell_hdr in jxl.c. */
static void
test_hdr(void **state)
{
	static const struct {
		uint32_t transfer;
		uint8_t white;
	} cases[] = {{16, 148}, {18, 191}};
	struct mkjxl m = {16, 16, .lossless = 1};
	struct job job;
	uint8_t *data;
	size_t size, i;

	(void)state;
	for (i = 0; i < 2; i++) {
		m.transfer = cases[i].transfer;
		m.value = cases[i].white;
		data = mkjxl(&m, &size);
		job_init(&job, GBX_WIRE_OP_THUMBNAIL, OUT_SIZE);
		assert_int_equal(job_run(&job, data, size), GBX_WIRE_OK);
		assert_in_range(job_pixels(&job)[0], 240, 252);
		assert_int_equal(
		    job.sink.block[0].colour, GBX_WIRE_COLOUR_SRGB);
		job_free(&job);
		free(data);
	}
}

/* Black ink that is a channel of its own would be lost. */
static void
test_black(void **state)
{
	const struct mkjxl m = {20, 10, .lossless = 1, .black = 1};
	static const uint32_t ops[] = {
	    GBX_WIRE_OP_PROBE, GBX_WIRE_OP_DECODE, GBX_WIRE_OP_THUMBNAIL};
	struct job job;
	size_t size, i;
	uint8_t *data = mkjxl(&m, &size);

	(void)state;
	for (i = 0; i < 3; i++) {
		job_init(&job, ops[i], OUT_SIZE);
		assert_int_equal(
		    job_run(&job, data, size), GBX_WIRE_UNSUPPORTED);
		job_free(&job);
	}
	free(data);
}

static void
put_box(struct bytes *b, const char *type, bool longer, const void *data,
    size_t size)
{
	bytes_be(b, longer ? 1 : (uint32_t)size + 8, 4);
	bytes_put(b, type, 4);
	if (longer) {
		bytes_be(b, 0, 4);
		bytes_be(b, (uint32_t)size + 16, 4);
	}
	bytes_put(b, data, size);
}

/* The same picture in boxes whose sizes have 64 bits: whole, and in parts. */
static void
test_long_boxes(void **state)
{
	const struct mkjxl m = {20, 10, .lossless = 1};
	struct job job, plain;
	struct bytes b = {0}, part = {0};
	size_t size, i;
	uint8_t *data = mkjxl(&m, &size);

	(void)state;
	job_init(&plain, GBX_WIRE_OP_DECODE, OUT_SIZE);
	assert_int_equal(job_run(&plain, data, size), GBX_WIRE_OK);
	for (i = 0; i < 4; i++) {
		b.size = 0;
		put_box(&b, "JXL ", false, "\r\n\x87\n", 4);
		put_box(&b, "ftyp", i == 2, "jxl \0\0\0\0jxl ", 12);
		if (i != 1) {
			put_box(&b, "jxlc", i != 2, data, size);
		} else {
			bytes_put(&part, "\0\0\0\0", 4);
			bytes_put(&part, data, 30);
			put_box(&b, "jxlp", true, part.data, part.size);
			part.size = 0;
			bytes_put(&part, "\x80\0\0\1", 4);
			bytes_put(&part, data + 30, size - 30);
			put_box(&b, "jxlp", false, part.data, part.size);
		}
		if (i == 3)
			put_box(&b, "xml ", true, "<x/>", 4);
		none(image_ops_fault(b.data, b.size, 0, OUT_SIZE));
		job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
		assert_int_equal(job_run(&job, b.data, b.size), GBX_WIRE_OK);
		assert_false(job.sink.degraded);
		assert_memory_equal(
		    job_pixels(&job), job_pixels(&plain), 20 * 10 * 4);
		job_free(&job);
	}
	/* A size that is none. */
	gbx_put_be32(b.data + 32 + 12, 7);
	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	assert_int_equal(job_run(&job, b.data, b.size), GBX_WIRE_MALFORMED);
	job_free(&job);
	job_free(&plain);
	bytes_free(&b);
	bytes_free(&part);
	free(data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_samples),
	    cmocka_unit_test(test_pixels),
	    cmocka_unit_test(test_truncated),
	    cmocka_unit_test(test_partial),
	    cmocka_unit_test(test_frames),
	    cmocka_unit_test(test_durations),
	    cmocka_unit_test(test_several),
	    cmocka_unit_test(test_cut_animation),
	    cmocka_unit_test(test_orientation),
	    cmocka_unit_test(test_bit_flips),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_foreign),
	    cmocka_unit_test(test_hdr),
	    cmocka_unit_test(test_black),
	    cmocka_unit_test(test_long_boxes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
