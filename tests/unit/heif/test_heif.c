/* SPDX-License-Identifier: ISC */
/*
 * The HEIF parser in-process: its samples, every way to spoil a file,
 * limits by name, pixels that are known. Side: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libheif/heif.h>

#include "base/bytes.h"
#include "sandboxed_parsers/avif/samples.h"
#include "tests/support/job.h"
#include "tests/support/samples.h"

#define OUT_SIZE 65536

static void
test_samples(void **state)
{
	(void)state;
	image_prepare();
	samples_good(GBX_FORMAT_HEIF, 15, OUT_SIZE);
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

static enum gbx_wire_status
ended(const uint8_t *data, size_t size)
{
	enum gbx_wire_status status;
	struct job job;

	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	status = job_run(&job, data, size);
	job_free(&job);
	return status;
}

/* AVIF under HEIF's name: libheif has dav1d behind it, which must not be met.
 */
static void
test_other_codec(void **state)
{
	uint8_t *data;
	size_t i, tried = 0;

	(void)state;
	image_prepare();
	for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		data = malloc(samples[i].size);
		assert_non_null(data);
		memcpy(data, samples[i].data, samples[i].size);
		if (memcmp(data + 4, "ftypavif", 8) == 0) {
			memcpy(data + 8, "heic", 4);
			assert_int_equal(
			    ended(data, samples[i].size), GBX_WIRE_UNSUPPORTED);
			tried++;
		}
		free(data);
	}
	assert_true(tried > 3);
}

/* Uncompressed pictures and tiles in one item, whichever item it is: of a grid
 * (hvc1) or in its place. */
static void
test_uncompressed(void **state)
{
	static const char *const foreign[] = {"unci", "tili"};
	static const char *const ours[] = {"hvc1", "grid"};
	const struct gbx_sample *s = sample("alpha", GBX_WIRE_OP_DECODE);
	uint8_t *at, data[4096];
	size_t i;

	(void)state;
	assert_true(s->size <= sizeof(data));
	for (i = 0; i < 4; i++) {
		memcpy(data, s->data, s->size);
		at = memmem(data, s->size, "iinf", 4);
		assert_non_null(at);
		at = memmem(at, s->size - (size_t)(at - data), ours[i / 2], 4);
		assert_non_null(at);
		memcpy(at, foreign[i % 2], 4);
		assert_int_equal(ended(data, s->size), GBX_WIRE_UNSUPPORTED);
	}
}

/* ---- many boxes -----------------------------------------------------------
 */

static void
add_size(uint8_t *box, size_t n)
{
	gbx_put_be32(box, gbx_be32(box) + (uint32_t)n);
}

/* Where the box of this type begins; each has its type once. */
static uint8_t *
box_of(uint8_t *data, size_t size, const char *type)
{
	uint8_t *at = memmem(data, size, type, 4);

	assert_non_null(at);
	return at - 4;
}

/* Bytes at the end of the last box of path, "meta iprp ipco"; what iloc says of
 * mdat is moved. There must be room. */
static void
grow(uint8_t *data, size_t *size, const char *path, const uint8_t *more,
    size_t n)
{
	uint32_t mdat = (uint32_t)(box_of(data, *size, "mdat") - data), i;
	uint8_t *box = NULL, *iloc = box_of(data, *size, "iloc");
	char type[5] = "";
	size_t at = 0;

	for (i = 8; i + 4 <= gbx_be32(iloc); i++)
		if (gbx_be32(iloc + i) == mdat + 8)
			gbx_put_be32(iloc + i, mdat + 8 + (uint32_t)n);
	for (; sscanf(path, "%4s", type) == 1; path += path[4] ? 5 : 4) {
		box = box_of(data, *size, type);
		at = (size_t)(box - data) + gbx_be32(box);
		add_size(box, n);
	}
	memmove(data + at + n, data + at, *size - at);
	memcpy(data + at, more, n);
	*size += n;
}

/* More than the 100 boxes in one that libheif 1.19 and later read by default.
 */
static void
test_many_boxes(void **state)
{
	const struct gbx_sample *s = sample("yuv420", GBX_WIRE_OP_DECODE);
	uint8_t more[120 * 8], data[4096];
	size_t i, size = s->size;

	(void)state;
	assert_true(size + sizeof(more) <= sizeof(data));
	memcpy(data, s->data, size);
	for (i = 0; i < sizeof(more); i += 8)
		memcpy(more + i, "\0\0\0\10free", 8);
	grow(data, &size, "meta iprp ipco", more, sizeof(more));
	assert_int_equal(ended(data, size), GBX_WIRE_OK);
}

#define MANY 1200
#define INFE 23 /* ISO/IEC 14496-12, 8.11.6 */
#define ILOC 12 /* a line of iloc without extents: 8.11.3 */

/* And than their 1,000 items, as a picture of that many tiles has. */
static void
test_many_items(void **state)
{
	static const uint8_t infe[] = "\0\0\0\27infe\2\0\0\1??\0\0mime\0x";
	static uint8_t entries[MANY][INFE], places[MANY][ILOC], data[65536];
	const struct gbx_sample *s = sample("yuv420", GBX_WIRE_OP_DECODE);
	size_t size = s->size;
	uint8_t *box;
	uint32_t i;

	(void)state;
	memcpy(data, s->data, size);
	for (i = 0; i < MANY; i++) {
		memcpy(entries[i], infe, INFE);
		entries[i][12] = places[i][0] = (uint8_t)((1000 + i) >> 8);
		entries[i][13] = places[i][1] = (uint8_t)(1000 + i);
	}
	grow(data, &size, "meta iinf", entries[0], sizeof(entries));
	grow(data, &size, "meta iloc", places[0], sizeof(places));
	/* How many there are, in 16 bits. */
	box = box_of(data, size, "iinf");
	gbx_put_be32(box + 12, gbx_be32(box + 12) + (MANY << 16));
	box = box_of(data, size, "iloc");
	gbx_put_be32(box + 14, gbx_be32(box + 14) + (MANY << 16));
	assert_int_equal(ended(data, size), GBX_WIRE_OK);
}

/* Of the first picture's samples, without alpha. */
static uint32_t
mean_of(uint32_t op, const uint8_t *data, size_t size)
{
	uint32_t i, n, sum = 0;
	struct job job;

	job_init(&job, op, OUT_SIZE);
	assert_int_equal(job_run(&job, data, size), GBX_WIRE_OK);
	n = job.sink.block[0].width * job.sink.block[0].height;
	for (i = 0; i < n * 4; i++)
		sum += i % 4 < 3 ? job_pixels(&job)[i] : 0;
	job_free(&job);
	return sum / (n * 3);
}

/* The sample with a colour box of PQ or HLG (ISO/IEC 14496-12, 12.1.5). */
static void
add_transfer(uint8_t *data, size_t *size, uint8_t transfer)
{
	uint8_t colr[] = "\0\0\0\23colrnclx\0\11\0?\0\11\x80", *ipma;
	const uint8_t fifth = 5; /* property of the last item */

	colr[15] = transfer;
	grow(data, size, "meta iprp ipco", colr, sizeof(colr) - 1);
	grow(data, size, "meta iprp ipma", &fifth, 1);
	ipma = box_of(data, *size, "ipma");
	assert_int_equal(ipma[23], 2); /* that it has */
	ipma[23] = 3;
}

/* Strong colours: what is dark in PQ and HLG is darker still in sRGB. Fails if
 * taken out: gbx_sink_cicp in heif.c. */
static void
test_hdr(void **state)
{
	static const uint8_t transfers[] = {16, 18};
	const struct gbx_sample *s = sample("yuv420", GBX_WIRE_OP_DECODE);
	uint32_t plain, stored, shown;
	uint8_t data[8192];
	size_t size, i;

	(void)state;
	assert_true(s->size + 20 <= sizeof(data));
	plain = mean_of(GBX_WIRE_OP_THUMBNAIL, s->data, s->size);
	for (i = 0; i < sizeof(transfers); i++) {
		size = s->size;
		memcpy(data, s->data, size);
		add_transfer(data, &size, transfers[i]);
		stored = mean_of(GBX_WIRE_OP_DECODE, data, size);
		shown = mean_of(GBX_WIRE_OP_THUMBNAIL, data, size);
		assert_int_equal(stored, plain);
		assert_true(shown + 10 < stored);
	}
}

/* One alpha for two pictures: valid, and not read by this library. */
static void
test_shared_alpha(void **state)
{
	const struct gbx_sample *s = sample("alpha", GBX_WIRE_OP_DECODE);
	uint8_t data[8192], *box;
	size_t size = s->size;

	(void)state;
	assert_true(size + 2 <= sizeof(data));
	memcpy(data, s->data, size);
	grow(data, &size, "meta iref auxl", (const uint8_t *)"\0\1", 2);
	box = box_of(data, size, "auxl");
	assert_int_equal(box[11], 1);
	box[11] = 2;
	if (atoi(heif_get_version()) == 1 &&
	    heif_get_version_number_minor() < 17)
		assert_int_equal(ended(data, size), GBX_WIRE_UNSUPPORTED);
	else
		assert_int_not_equal(ended(data, size), GBX_WIRE_LIMIT);
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
	    cmocka_unit_test(test_uncompressed),
	    cmocka_unit_test(test_many_boxes),
	    cmocka_unit_test(test_many_items),
	    cmocka_unit_test(test_hdr),
	    cmocka_unit_test(test_shared_alpha),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
