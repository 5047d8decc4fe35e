/* SPDX-License-Identifier: ISC */
/*
 * The JPEG parser in-process: its samples, every way to spoil a file, kinds of
 * colour, scans, orientation, sizes, damage. Side: tests.
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
#include "tests/unit/jpeg/mkjpeg.h"

#define OUT_SIZE 65536

static uint32_t
run_op(struct job *job, uint32_t op, const void *data, size_t size)
{
	job_init(job, op, OUT_SIZE);
	return job_run(job, data, size);
}

static uint32_t
decode(const void *data, size_t size)
{
	struct job job;
	uint32_t status = run_op(&job, GBX_WIRE_OP_DECODE, data, size);

	job_free(&job);
	return status;
}

/* ---- the samples -------------------------------------------------------- */

static void
test_samples(void **state)
{
	(void)state;
	samples_good(GBX_FORMAT_JPEG, 9, OUT_SIZE);
}

/* What is cut off within the scan is gray and `degraded`; what is cut off
 * before it is malformed; only the end itself can be missing from what is
 * whole. */
static void
test_truncated(void **state)
{
	struct image_ends ends;
	size_t i, whole = 0;

	(void)state;
	for (i = 0; i < gbx_parser.n_samples; i++) {
		const struct gbx_sample *s = &gbx_parser.samples[i];

		image_truncate(s->data, s->size, OUT_SIZE, &ends);
		/* whole without EOI, or with half of it */
		assert_in_range(ends.ok - ends.degraded, 0, 2);
		whole += ends.ok - ends.degraded;
		assert_int_equal(ends.unsupported + ends.limit, 0);
		assert_true(ends.malformed > 100);
	}
	assert_true(whole > 0);
}

static void
test_bit_flips(void **state)
{
	(void)state;
	samples_flipped(OUT_SIZE);
}

/* ---- pixels ------------------------------------------------------------- */

static uint8_t
ink(uint8_t v, uint8_t k)
{
	return (uint8_t)((v * k + 127) / 255);
}

static void
expect_pixel(const struct mkjpeg *m, uint32_t x, uint32_t y, const uint8_t *got)
{
	bool cmyk = m->colours == MKJPEG_CMYK || m->colours == MKJPEG_YCCK;
	uint8_t want;
	int c;

	for (c = 0; c < 3; c++) {
		want =
		    mkjpeg_sample(m, x, y, m->colours == MKJPEG_GRAY ? 0 : c);
		if (cmyk)
			want = ink(want, mkjpeg_sample(m, x, y, 3));
		assert_in_range(got[c], want > 9 ? want - 9 : 0, want + 9);
	}
	assert_int_equal(got[3], 255);
}

/* The lossy file is near the picture that went in, whatever its colours, its
 * sampling and its order. */
static void
test_pixels(void **state)
{
	struct mkjpeg m = {61, 43, MKJPEG_GRAY, .h = 1};
	uint32_t colours, x, y;
	int sampling, progressive;
	struct job job;
	uint8_t *data;
	size_t size;

	(void)state;
	for (colours = MKJPEG_GRAY; colours <= MKJPEG_YCCK; colours++)
		for (sampling = 0; sampling < 4; sampling++)
			for (progressive = 0; progressive < 2; progressive++) {
				m.colours = colours;
				m.h = 1 + sampling / 2;
				m.v = 1 + sampling % 2;
				m.progressive = progressive;
				if (colours == MKJPEG_RGB ||
				    colours == MKJPEG_CMYK)
					m.h = m.v = 1;
				data = mkjpeg(&m, &size);
				assert_int_equal(
				    run_op(
					&job, GBX_WIRE_OP_DECODE, data, size),
				    GBX_WIRE_OK);
				assert_false(job.sink.degraded);
				assert_int_equal(job.sink.block[0].width, 61);
				for (y = 0; y < 43; y++)
					for (x = 0; x < 61; x++)
						expect_pixel(&m, x, y,
						    job_pixels(&job) +
							(y * 61 + x) * 4);
				job_free(&job);
				free(data);
			}
}

/* Cuts out the segment with this marker; returns the size that is left. */
static size_t
without(uint8_t *data, size_t size, uint8_t marker)
{
	size_t pos = 2, length;

	while (pos + 4 < size) {
		length = 2 + ((size_t)data[pos + 2] << 8 | data[pos + 3]);
		if (data[pos + 1] == marker) {
			memmove(data + pos, data + pos + length,
			    size - pos - length);
			return size - length;
		}
		pos += length;
	}
	fail_msg("no such marker");
	return 0;
}

/* Inks are inverted without Adobe's marker, too. */
static void
test_plain_cmyk(void **state)
{
	const struct mkjpeg m = {16, 16, MKJPEG_CMYK, .quality = 95};
	uint8_t *data;
	struct job job;
	size_t size;

	(void)state;
	data = mkjpeg(&m, &size);
	size = without(data, size, 0xee);
	assert_int_equal(
	    run_op(&job, GBX_WIRE_OP_DECODE, data, size), GBX_WIRE_OK);
	expect_pixel(&m, 5, 5, job_pixels(&job) + (5 * 16 + 5) * 4);
	assert_false(job.sink.degraded);
	job_free(&job);
	free(data);
}

/* Whatever the library makes smaller by itself looks as if the scaler alone
 * had: the same smooth picture, at an eighth. */
static void
test_thumbnail(void **state)
{
	const struct mkjpeg m = {640, 480, MKJPEG_YCC, 2, 2, .orientation = 1};
	struct job job;
	uint8_t *data, want;
	const uint8_t *got;
	uint32_t x, y;
	size_t size;
	int c;

	(void)state;
	data = mkjpeg(&m, &size);
	job_init(&job, GBX_WIRE_OP_THUMBNAIL, OUT_SIZE);
	job.task.box_w = job.task.box_h = 40;
	assert_int_equal(job_run(&job, data, size), GBX_WIRE_OK);
	assert_int_equal(job.sink.block[0].width, 40);
	assert_int_equal(job.sink.block[0].height, 30);
	for (y = 1; y < 29; y++)
		for (x = 1; x < 39; x++) {
			got = job_pixels(&job) + (y * 40 + x) * 4;
			for (c = 0; c < 3; c++) {
				want = mkjpeg_sample(
				    &m, x * 16 + 8, y * 16 + 8, c);
				assert_in_range(got[c], want - 6, want + 6);
			}
		}
	job_free(&job);
	free(data);
}

/* ---- what else the file says -------------------------------------------- */

static void
test_orientation(void **state)
{
	struct mkjpeg m = {24, 16, MKJPEG_YCC, .h = 1};
	struct job job;
	uint8_t *data;
	size_t size;
	uint32_t o;

	(void)state;
	for (o = 0; o <= 9; o++) {
		m.orientation = o;
		data = mkjpeg(&m, &size);
		assert_int_equal(
		    run_op(&job, GBX_WIRE_OP_PROBE, data, size), GBX_WIRE_OK);
		assert_int_equal(job.sink.block[0].orientation, o > 8 ? 0 : o);
		job_free(&job);
		assert_int_equal(
		    run_op(&job, GBX_WIRE_OP_THUMBNAIL, data, size),
		    GBX_WIRE_OK);
		assert_int_equal(
		    job.sink.block[0].width, o >= 5 && o <= 8 ? 16 : 24);
		job_free(&job);
		free(data);
	}
}

/* Ten scans: over a limit of five, under one of a hundred. Fails if taken out:
 * on_progress(). */
static void
test_scans(void **state)
{
	const struct mkjpeg m = {16, 16, MKJPEG_YCC, .progressive = true};
	struct job job;
	uint8_t *data;
	size_t size;

	(void)state;
	data = mkjpeg(&m, &size);
	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	job.task.limit[GBX_WIRE_LIMIT_SCANS] = 5;
	assert_int_equal(job_run(&job, data, size), GBX_WIRE_LIMIT);
	assert_int_equal(job.sink.limit, GBX_WIRE_LIMIT_SCANS);
	job_free(&job);
	assert_int_equal(decode(data, size), GBX_WIRE_OK);
	free(data);
}

static void
test_limits(void **state)
{
	const struct mkjpeg m = {24, 16, MKJPEG_GRAY, .h = 1};
	const char *fault;
	uint8_t *data;
	size_t size;

	(void)state;
	data = mkjpeg(&m, &size);
	fault = image_limits_fault(data, size, 24, 16);
	if (fault != NULL)
		fail_msg("%s", fault);
	free(data);
}

/* Where SOF is, for the kinds that there are and that are not read. */
static uint8_t *
find_sof(uint8_t *data, size_t size)
{
	size_t pos = 2;

	while (pos + 4 < size) {
		if (data[pos] == 0xff && data[pos + 1] == 0xc0)
			return data + pos;
		pos += 2 + ((size_t)data[pos + 2] << 8 | data[pos + 3]);
	}
	fail_msg("no SOF0");
	return NULL;
}

static void
test_kinds_not_read(void **state)
{
	/* lossless and hierarchical ones; Debian's library reads arithmetic */
	static const uint8_t kinds[] = {
	    0xc3, 0xc5, 0xc6, 0xc7, 0xcb, 0xcd, 0xce, 0xcf};
	const struct mkjpeg m = {16, 16, MKJPEG_YCC, .h = 1};
	uint8_t *data, *sof;
	size_t size, i;

	(void)state;
	data = mkjpeg(&m, &size);
	sof = find_sof(data, size);
	for (i = 0; i < sizeof(kinds); i++) {
		sof[1] = kinds[i];
		assert_int_equal(decode(data, size), GBX_WIRE_UNSUPPORTED);
	}
	sof[1] = 0xc1;
	sof[4] = 12; /* bits a sample */
	assert_int_equal(decode(data, size), GBX_WIRE_UNSUPPORTED);
	sof[4] = 8;
	assert_int_equal(decode(data, size), GBX_WIRE_OK);
	free(data);
}

/* Bytes that belong to no marker, before the first scan: every reader steps
 * over them, and no pixel can be among them. */
static void
test_junk_in_header(void **state)
{
	struct mkjpeg m = {61, 43, MKJPEG_YCC, .h = 2, .v = 2};
	struct bytes b = {0};
	struct job job;
	uint8_t *data;
	size_t size, i;

	(void)state;
	for (i = 0; i < 2; i++) {
		m.progressive = i != 0;
		data = mkjpeg(&m, &size);
		b.size = 0;
		bytes_put(&b, data, 2);
		bytes_put(&b, "\xff\0junk", 6);
		bytes_put(&b, data + 2, size - 2);
		assert_int_equal(
		    run_op(&job, GBX_WIRE_OP_DECODE, b.data, b.size),
		    GBX_WIRE_OK);
		assert_false(job.sink.degraded);
		job_free(&job);
		free(data);
	}
	bytes_free(&b);
}

/* Padding before the end is no damage; anything else there may be. */
static void
test_padding(void **state)
{
	struct mkjpeg m = {61, 43, MKJPEG_YCC, .h = 2, .v = 2};
	static const uint8_t zeros[12];
	struct bytes b = {0};
	struct job job;
	uint8_t *data;
	size_t size, i;

	(void)state;
	for (i = 0; i < 4; i++) {
		m.progressive = i & 1;
		data = mkjpeg(&m, &size);
		b.size = 0;
		bytes_put(&b, data, size - 2);
		bytes_put(&b, zeros, sizeof(zeros));
		if (i & 2)
			b.data[b.size - 6] = 7;
		bytes_put(&b, "\xff\xd9", 2);
		assert_int_equal(
		    run_op(&job, GBX_WIRE_OP_DECODE, b.data, b.size),
		    GBX_WIRE_OK);
		assert_int_equal(job.sink.degraded, i > 1);
		job_free(&job);
		free(data);
	}
	bytes_free(&b);
}

/* A decoded file and whether it is called damaged; its pixels, where they are
 * those of the whole file. */
static void
expect_like(const struct bytes *b, const uint8_t *whole, size_t size, bool same,
    bool degraded)
{
	struct job job, good;

	assert_int_equal(
	    run_op(&good, GBX_WIRE_OP_DECODE, whole, size), GBX_WIRE_OK);
	assert_int_equal(
	    run_op(&job, GBX_WIRE_OP_DECODE, b->data, b->size), GBX_WIRE_OK);
	assert_int_equal(job.sink.degraded, degraded);
	if (same)
		assert_memory_equal(
		    job_pixels(&job), job_pixels(&good), 61 * 43 * 4);
	job_free(&job);
	job_free(&good);
	none(image_ops_fault(b->data, b->size, 0, OUT_SIZE));
}

/* Where the last marker of this kind is. */
static size_t
last(const uint8_t *data, size_t size, uint8_t marker)
{
	size_t pos = size - 1;

	while (pos-- > 0)
		if (data[pos] == 0xff && data[pos + 1] == marker)
			return pos;
	fail_msg("no such marker");
	return 0;
}

/* Without EOI every pixel is there: of one scan, and of as many as progressive
 * pictures need. Without the last scan it is damage. */
static void
test_no_end(void **state)
{
	struct mkjpeg m = {61, 43, MKJPEG_YCC, .h = 2, .v = 2};
	struct bytes b = {0};
	uint8_t *data;
	size_t size;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		m.progressive = i;
		data = mkjpeg(&m, &size);
		b.size = 0;
		bytes_put(&b, data, size - 2);
		expect_like(&b, data, size, true, false);
		b.size = size - 2 - 12;
		expect_like(&b, data, size, false, true);
		b.size = last(data, size, 0xda);
		if (i == 1)
			expect_like(&b, data, size, false, true);
		free(data);
	}
	bytes_free(&b);
}

/* The same, and what others write stands where EOI should: the picture is
 * there, and it can't be said that nothing else was. */
static void
test_trailer_without_end(void **state)
{
	static const char trailers[][15] = {"\0\0\1\012\016\0\0\0SEFH\xff\x02",
	    "\xff\xc8\0\020SEFT", "\xff\xd8\xff\xe0\0\4ab",
	    "\xff\xc0\0\021\10\0\1\0\1\3\1\042\0"};
	struct mkjpeg m = {61, 43, MKJPEG_YCC, .h = 2, .v = 2};
	struct bytes b = {0};
	uint8_t *data;
	size_t size, i;

	(void)state;
	for (i = 0; i < 8; i++) {
		m.progressive = i & 1;
		data = mkjpeg(&m, &size);
		b.size = 0;
		bytes_put(&b, data, size - 2);
		bytes_put(&b, trailers[i / 2], 14);
		if (i == 7) /* a second header, and scans kept for the first */
			assert_int_equal(
			    decode(b.data, b.size), GBX_WIRE_MALFORMED);
		else
			expect_like(&b, data, size, true, true);
		/* Behind EOI it is nothing. */
		b.size = 0;
		bytes_put(&b, data, size);
		bytes_put(&b, trailers[i / 2], 14);
		expect_like(&b, data, size, true, false);
		free(data);
	}
	bytes_free(&b);
}

/* Before the first scan the same markers are wrong. */
static void
test_foreign_marker(void **state)
{
	const struct mkjpeg m = {16, 16, MKJPEG_YCC, .progressive = true};
	struct bytes b = {0};
	size_t size;
	uint8_t *data = mkjpeg(&m, &size);

	(void)state;
	bytes_put(&b, data, 2);
	bytes_put(&b, "\xff\xd8", 2);
	bytes_put(&b, data + 2, size - 2);
	assert_int_equal(decode(b.data, b.size), GBX_WIRE_MALFORMED);
	bytes_free(&b);
	free(data);
}

/* A height that stands behind the scan, and one that stands nowhere. */
static void
test_height_behind(void **state)
{
	const struct mkjpeg m = {16, 16, MKJPEG_YCC, .h = 1};
	struct bytes b = {0};
	struct job job;
	size_t size;
	uint8_t *data = mkjpeg(&m, &size);

	(void)state;
	memset(find_sof(data, size) + 5, 0, 2);
	assert_int_equal(decode(data, size), GBX_WIRE_MALFORMED);
	bytes_put(&b, data, size - 2);
	bytes_put(&b, "\xff\xdc\0\4\0\020\xff\xd9", 8);
	assert_int_equal(decode(b.data, b.size), GBX_WIRE_UNSUPPORTED);
	assert_int_equal(run_op(&job, GBX_WIRE_OP_PROBE, b.data, b.size),
	    GBX_WIRE_UNSUPPORTED);
	job_free(&job);
	memset(find_sof(b.data, b.size) + 7, 0, 2); /* no width, either */
	assert_int_equal(decode(b.data, b.size), GBX_WIRE_MALFORMED);
	bytes_free(&b);
	free(data);
}

static const struct segment {
	const char *data;
	size_t size;
} adobe_two = {"\xff\xee\0\x0e"
	       "Adobe\0\x64\0\0\0\0\2",
    16},
  adobe_nine = {"\xff\xee\0\x0e"
		"Adobe\0\x64\0\0\0\0\x09",
      16},
  jfif_nine = {"\xff\xe0\0\020JFIF\0\x09\0\0\0\1\0\1\0\0", 18};

/* An Adobe marker that says what the components can't be, a JFIF version that
 * nobody knows, fields of a sequential scan that nothing is read by: the
 * pixels are the same, and nothing is damaged. */
static void
test_harmless(void **state)
{
	static const struct segment *const segments[] = {
	    &adobe_two, &adobe_nine, &jfif_nine};
	const struct mkjpeg m = {61, 43, MKJPEG_YCC, .h = 2, .v = 2};
	struct bytes b = {0};
	size_t size, i;
	uint8_t *data = mkjpeg(&m, &size);

	(void)state;
	for (i = 0; i < 3; i++) {
		b.size = 0;
		bytes_put(&b, data, 2);
		bytes_put(&b, segments[i]->data, segments[i]->size);
		/* in the place of the file's own JFIF */
		bytes_put(&b, data + 20, size - 20);
		expect_like(&b, data, size, true, false);
	}
	b.size = 0;
	bytes_put(&b, data, size);
	b.data[last(data, size, 0xda) + 12] = 0; /* Se */
	expect_like(&b, data, size, true, false);
	bytes_free(&b);
	free(data);
}

/* A profile in two parts, of which one is there. */
static void
test_half_profile(void **state)
{
	const struct mkjpeg m = {16, 16, MKJPEG_YCC, .h = 1};
	struct bytes b = {0};
	struct job job;
	size_t size;
	uint8_t *data = mkjpeg(&m, &size);

	(void)state;
	bytes_put(&b, data, 2);
	bytes_put(&b, "\xff\xe2\0\x14ICC_PROFILE\0\1\2abcd", 22);
	bytes_put(&b, data + 2, size - 2);
	assert_int_equal(
	    run_op(&job, GBX_WIRE_OP_DECODE, b.data, b.size), GBX_WIRE_OK);
	assert_false(job.sink.degraded);
	job_free(&job);
	bytes_free(&b);
	free(data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_samples),
	    cmocka_unit_test(test_truncated),
	    cmocka_unit_test(test_bit_flips),
	    cmocka_unit_test(test_pixels),
	    cmocka_unit_test(test_plain_cmyk),
	    cmocka_unit_test(test_junk_in_header),
	    cmocka_unit_test(test_padding),
	    cmocka_unit_test(test_half_profile),
	    cmocka_unit_test(test_no_end),
	    cmocka_unit_test(test_trailer_without_end),
	    cmocka_unit_test(test_foreign_marker),
	    cmocka_unit_test(test_height_behind),
	    cmocka_unit_test(test_harmless),
	    cmocka_unit_test(test_thumbnail),
	    cmocka_unit_test(test_orientation),
	    cmocka_unit_test(test_scans),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_kinds_not_read),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
