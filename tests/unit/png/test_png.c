/* SPDX-License-Identifier: ISC */
/*
 * The PNG parser in-process: its samples, every way to spoil a file, limits,
 * pixels, orientation, frames. Side: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "tests/support/job.h"
#include "tests/unit/png/mkpng.h"

#define OUT_SIZE 65536

enum {
	GRAY = 0,
	RGB = 2,
	PALETTE = 3,
	GRAY_ALPHA = 4,
	RGBA = 6
};

static const uint32_t ops[] = {
    GBX_WIRE_OP_PROBE, GBX_WIRE_OP_DECODE, GBX_WIRE_OP_THUMBNAIL};

/* 3 x 2 pixels, all different. */
static const uint8_t six[24] = {255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255,
    255, 255, 0, 128, 0, 255, 255, 1, 9, 8, 7, 0};

static uint32_t
run_op(uint32_t op, const void *data, size_t size)
{
	struct job job;
	uint32_t status;

	job_init(&job, op, OUT_SIZE);
	status = job_run(&job, data, size);
	job_free(&job);
	return status;
}

static uint32_t
decode(const struct mkpng *m)
{
	return run_op(GBX_WIRE_OP_DECODE, m->data, m->size);
}

static void
begin_six(struct mkpng *m)
{
	mkpng_begin(m, 3, 2, 8, RGBA, 0);
}

static void
end_six(struct mkpng *m)
{
	mkpng_image(m, six, 12, 2);
	mkpng_end(m);
}

/* ---- the samples -------------------------------------------------------- */

static void
test_samples(void **state)
{
	struct job job;
	bool thumbnail = false;
	size_t i;

	(void)state;
	assert_true(gbx_parser.n_samples >= 6);
	for (i = 0; i < gbx_parser.n_samples; i++) {
		const struct gbx_sample *s = &gbx_parser.samples[i];

		job_init(&job, s->op, OUT_SIZE);
		job.task.box_w = job.task.box_h = 8;
		assert_int_equal(job_run(&job, s->data, s->size), GBX_WIRE_OK);
		assert_int_equal(job.sink.n_blocks, 1);
		assert_false(job.sink.degraded);
		assert_int_equal(job.sink.format, GBX_FORMAT_PNG);
		assert_int_equal(job.sink.total, 1);
		if (s->op == GBX_WIRE_OP_THUMBNAIL) {
			thumbnail = true;
			assert_int_equal(job.sink.block[0].width, 8);
		}
		job_free(&job);
	}
	assert_true(thumbnail);
}

/* A file that lacks its end, however little of it, is malformed. */
static void
test_truncated(void **state)
{
	size_t i, n;

	(void)state;
	for (i = 0; i < gbx_parser.n_samples; i++) {
		const struct gbx_sample *s = &gbx_parser.samples[i];

		for (n = 0; n < s->size; n++) {
			assert_int_equal(run_op(GBX_WIRE_OP_DECODE, s->data, n),
			    GBX_WIRE_MALFORMED);
			assert_int_equal(
			    run_op(GBX_WIRE_OP_THUMBNAIL, s->data, n),
			    GBX_WIRE_MALFORMED);
		}
	}
}

/* One wrong bit is seen: the file is refused, or, in a chunk that libpng may
 * step over, the result says that it is degraded. */
static void
test_bit_flips(void **state)
{
	struct job job;
	uint8_t *bad;
	size_t i, n;
	uint32_t status;

	(void)state;
	for (i = 0; i < gbx_parser.n_samples; i++) {
		const struct gbx_sample *s = &gbx_parser.samples[i];

		bad = malloc(s->size);
		assert_non_null(bad);
		for (n = 0; n < s->size * 8; n++) {
			memcpy(bad, s->data, s->size);
			bad[n / 8] ^= (uint8_t)(1u << n % 8);
			job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
			status = job_run(&job, bad, s->size);
			if (status == GBX_WIRE_OK)
				assert_true(job.sink.degraded);
			else
				assert_int_equal(status, GBX_WIRE_MALFORMED);
			job_free(&job);
		}
		free(bad);
	}
}

/* ---- files that are wrong ----------------------------------------------- */

static void
test_not_png(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_int_equal(run_op(ops[i], "", 0), GBX_WIRE_MALFORMED);
		assert_int_equal(
		    run_op(ops[i], "\x89PNG\r\n\x1a\n", 8), GBX_WIRE_MALFORMED);
		assert_int_equal(
		    run_op(ops[i], "GIF89a........................", 30),
		    GBX_WIRE_MALFORMED);
	}
}

/* Headers, each refused with its status and limit by every operation. */
static void
test_headers(void **state)
{
	static const struct {
		uint32_t width, height;
		uint8_t depth, colour, interlaced;
		uint32_t status, limit;
	} cases[] = {
	    {0, 1, 8, RGB, 0, GBX_WIRE_MALFORMED, 0},
	    {1, 0, 8, RGB, 0, GBX_WIRE_MALFORMED, 0},
	    {0x80000000, 1, 8, RGB, 0, GBX_WIRE_MALFORMED, 0},
	    {1, 1, 3, RGB, 0, GBX_WIRE_MALFORMED, 0},
	    {1, 1, 8, 1, 0, GBX_WIRE_MALFORMED, 0},
	    {1, 1, 16, PALETTE, 0, GBX_WIRE_MALFORMED, 0},
	    {1, 1, 8, RGB, 2, GBX_WIRE_MALFORMED, 0},
	    {100000, 100000, 1, GRAY, 0, GBX_WIRE_LIMIT, GBX_WIRE_LIMIT_PIXELS},
	    {100000, 100000, 16, RGBA, 1, GBX_WIRE_LIMIT,
		GBX_WIRE_LIMIT_PIXELS},
	    {GBX_SIDE_MAX + 1, 1, 1, GRAY, 0, GBX_WIRE_LIMIT,
		GBX_WIRE_LIMIT_PIXELS},
	    {1, 0x7fffffff, 8, RGBA, 1, GBX_WIRE_LIMIT, GBX_WIRE_LIMIT_PIXELS},
	    {0x7fffffff, 0x7fffffff, 16, RGBA, 1, GBX_WIRE_LIMIT,
		GBX_WIRE_LIMIT_PIXELS},
	};
	struct mkpng m = {0};
	struct job job;
	size_t i, op;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		mkpng_begin(&m, cases[i].width, cases[i].height, cases[i].depth,
		    cases[i].colour, cases[i].interlaced);
		mkpng_deflated(&m, "IDAT", six, sizeof(six));
		mkpng_end(&m);
		for (op = 0; op < 3; op++) {
			job_init(&job, ops[op], 0);
			assert_int_equal(
			    job_run(&job, m.data, m.size), cases[i].status);
			assert_int_equal(job.sink.limit, cases[i].limit);
			assert_int_equal(job.sink.n_blocks, 0);
			job_free(&job);
		}
	}
	mkpng_free(&m);
}

static void
test_chunks_missing(void **state)
{
	struct mkpng m = {0};

	(void)state;
	begin_six(&m);
	mkpng_end(&m);
	assert_int_equal(decode(&m), GBX_WIRE_MALFORMED);
	assert_int_equal(
	    run_op(GBX_WIRE_OP_PROBE, m.data, m.size), GBX_WIRE_MALFORMED);
	begin_six(&m);
	mkpng_image(&m, six, 12, 2);
	assert_int_equal(decode(&m), GBX_WIRE_MALFORMED);
	mkpng_begin(&m, 3, 2, 8, PALETTE, 0);
	mkpng_image(&m, six, 3, 2);
	mkpng_end(&m);
	assert_int_equal(decode(&m), GBX_WIRE_MALFORMED);
	mkpng_free(&m);
}

static void
test_chunks_wrong(void **state)
{
	struct mkpng m = {0};

	(void)state;
	begin_six(&m);
	mkpng_chunk(&m, "IHDR", "\0\0\0\3\0\0\0\2\10\6\0\0\0", 13);
	end_six(&m);
	assert_int_equal(decode(&m), GBX_WIRE_MALFORMED);
	begin_six(&m);
	mkpng_chunk(&m, "CRIT", "?", 1);
	end_six(&m);
	assert_int_equal(decode(&m), GBX_WIRE_UNSUPPORTED);
	mkpng_begin(&m, 3, 2, 8, PALETTE, 0);
	mkpng_chunk(&m, "PLTE", "1234", 4);
	mkpng_image(&m, six, 3, 2);
	mkpng_end(&m);
	assert_int_equal(
	    run_op(GBX_WIRE_OP_PROBE, m.data, m.size), GBX_WIRE_MALFORMED);
	mkpng_free(&m);
}

/* One row too few is malformed, one too many is stepped over. */
static void
test_rows(void **state)
{
	uint8_t bad_filter[26] = {9};
	uint8_t rows[36] = {0};
	struct mkpng m = {0};
	struct job job;

	(void)state;
	begin_six(&m);
	mkpng_image(&m, six, 12, 1);
	mkpng_end(&m);
	assert_int_equal(decode(&m), GBX_WIRE_MALFORMED);
	begin_six(&m);
	mkpng_deflated(&m, "IDAT", bad_filter, sizeof(bad_filter));
	mkpng_end(&m);
	assert_int_equal(decode(&m), GBX_WIRE_MALFORMED);
	begin_six(&m);
	mkpng_chunk(&m, "IDAT", "not zlib", 8);
	mkpng_end(&m);
	assert_int_equal(decode(&m), GBX_WIRE_MALFORMED);
	begin_six(&m);
	mkpng_image(&m, rows, 12, 3);
	mkpng_end(&m);
	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	assert_int_equal(job_run(&job, m.data, m.size), GBX_WIRE_OK);
	assert_true(job.sink.degraded);
	job_free(&job);
	mkpng_free(&m);
}

/* An IDAT longer than what is packed in it, as some writers pad it. Fails if
 * taken out: "*Extra compressed data" in png/codes.def. */
static void
test_padded_data(void **state)
{
	uint8_t packed[128] = {0}, rows[26] = {0};
	uLongf size = sizeof(packed) - 9;
	struct mkpng m = {0};
	struct job job;

	(void)state;
	memcpy(rows + 1, six, 12);
	memcpy(rows + 14, six + 12, 12);
	assert_int_equal(compress(packed, &size, rows, sizeof(rows)), Z_OK);
	begin_six(&m);
	mkpng_chunk(&m, "IDAT", packed, size + 9);
	mkpng_end(&m);
	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	assert_int_equal(job_run(&job, m.data, m.size), GBX_WIRE_OK);
	assert_false(job.sink.degraded);
	assert_memory_equal(job_pixels(&job), six, sizeof(six));
	job_free(&job);
	mkpng_free(&m);
}

static void
test_trailing_bytes(void **state)
{
	struct mkpng m = {0};
	struct job job;

	(void)state;
	begin_six(&m);
	end_six(&m);
	mkpng_bytes(&m, "PK\3\4 and more", 13);
	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	assert_int_equal(job_run(&job, m.data, m.size), GBX_WIRE_OK);
	assert_false(job.sink.degraded);
	job_free(&job);
	mkpng_free(&m);
}

/* What libpng warns of and every reader passes over: bits of tRNS above the
 * depth, tRNS beside alpha, a palette of a gray picture. Fails if taken out:
 * any row of sandboxed_parsers/png/codes.def. */
static void
test_harmless(void **state)
{
	static const struct {
		uint8_t colour;
		const char *type, *data;
		size_t size;
		uint8_t alpha;
	} cases[] = {
	    {GRAY, "tRNS", "\xff\0", 2, 0},
	    {RGB, "tRNS", "\1\0\0\0\0\0", 6, 0},
	    {GRAY_ALPHA, "tRNS", "\0\0", 2, 255},
	    {GRAY, "PLTE", "abc", 3, 255},
	};
	static const uint8_t rows[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
	static const uint8_t opaque[12] = {
	    0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255};
	struct mkpng m = {0};
	struct job job;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		mkpng_begin(&m, 2, 2, 8, cases[i].colour, 0);
		mkpng_chunk(&m, cases[i].type, cases[i].data, cases[i].size);
		mkpng_image(&m, cases[i].colour == GRAY_ALPHA ? opaque : rows,
		    cases[i].colour == GRAY  ? 2
		    : cases[i].colour == RGB ? 6
					     : 4,
		    2);
		mkpng_end(&m);
		job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
		assert_int_equal(job_run(&job, m.data, m.size), GBX_WIRE_OK);
		assert_false(job.sink.degraded);
		assert_int_equal(job_pixels(&job)[3], cases[i].alpha);
		job_free(&job);
	}
	mkpng_free(&m);
}

/* What Apple's packer makes of a PNG for its telephones: CgBI before IHDR, and
 * pixels that no other reader shows. A chunk that must be known, but isn't, is
 * of a kind that exists. Fails if taken out: "unhandled critical chunk" in
 * png/codes.def. */
static void
test_unknown_kind(void **state)
{
	struct mkpng m = {0};
	struct job job;
	uint32_t op;

	(void)state;
	begin_six(&m);
	mkpng_chunk(&m, "CgBI", "\x50\0\x20\2", 4);
	end_six(&m);
	for (op = GBX_WIRE_OP_PROBE; op <= GBX_WIRE_OP_DECODE; op++) {
		job_init(&job, op, OUT_SIZE);
		assert_int_equal(
		    job_run(&job, m.data, m.size), GBX_WIRE_UNSUPPORTED);
		job_free(&job);
	}
	mkpng_free(&m);
}

/* Chunks that nobody asked for cost their length and nothing else. */
static void
test_ancillary(void **state)
{
	uint8_t *zeroes = calloc(1, (size_t)20 << 20);
	struct mkpng m = {0};
	struct job job;
	int i;

	(void)state;
	assert_non_null(zeroes);
	begin_six(&m);
	mkpng_chunk(&m, "tEXt", zeroes, (size_t)20 << 20);
	mkpng_deflated(&m, "zTXt", zeroes, (size_t)20 << 20);
	mkpng_deflated(&m, "iCCP", zeroes, (size_t)20 << 20);
	mkpng_chunk(&m, "eXIf", zeroes, (size_t)20 << 20);
	for (i = 0; i < 200000; i++)
		mkpng_chunk(&m, "acTL", "\0\0\0\1\0\0\0", 8);
	for (i = 0; i < 200000; i++)
		mkpng_chunk(&m, "prVt", NULL, 0);
	mkpng_image(&m, six, 12, 2);
	mkpng_chunk(&m, "tEXt", "a\0b", 3);
	mkpng_end(&m);
	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	assert_int_equal(job_run(&job, m.data, m.size), GBX_WIRE_OK);
	assert_false(job.sink.degraded);
	assert_memory_equal(job_pixels(&job), six, sizeof(six));
	job_free(&job);
	mkpng_free(&m);
	free(zeroes);
}

/* ---- limits ------------------------------------------------------------- */

static void
expect_limit(const struct mkpng *m, uint32_t op, uint32_t limit, uint64_t value,
    size_t out_size, uint32_t want)
{
	struct job job;

	job_init(&job, op, out_size);
	if (limit != 0)
		job.task.limit[limit] = value;
	assert_int_equal(job_run(&job, m->data, m->size),
	    want ? GBX_WIRE_LIMIT : GBX_WIRE_OK);
	assert_int_equal(job.sink.limit, want);
	job_free(&job);
}

static void
test_limits(void **state)
{
	const uint32_t px = GBX_WIRE_LIMIT_PIXELS, out = GBX_WIRE_LIMIT_OUTPUT;
	const uint32_t dec = GBX_WIRE_OP_DECODE, thumb = GBX_WIRE_OP_THUMBNAIL;
	struct mkpng m = {0};
	size_t i;

	(void)state;
	begin_six(&m);
	end_six(&m);
	for (i = 0; i < 3; i++) {
		expect_limit(&m, ops[i], px, 6, 24, 0);
		expect_limit(&m, ops[i], px, 5, 24, px);
	}
	expect_limit(&m, dec, out, 24, 24, 0);
	expect_limit(&m, dec, out, 23, 24, out);
	expect_limit(&m, thumb, out, 23, 24, out);
	expect_limit(&m, dec, 0, 0, 23, out);
	expect_limit(&m, GBX_WIRE_OP_PROBE, out, 1, 0, 0);
	mkpng_free(&m);
}

static void
test_first(void **state)
{
	struct mkpng m = {0};
	struct job job;

	(void)state;
	begin_six(&m);
	end_six(&m);
	job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	job.task.first = 1;
	assert_int_equal(job_run(&job, m.data, m.size), GBX_WIRE_UNSUPPORTED);
	job_free(&job);
	mkpng_free(&m);
}

/* ---- pixels ------------------------------------------------------------- */

static void
expect_pixels(struct mkpng *m, const void *rows, size_t row_size, size_t n_rows,
    const void *want, size_t want_size)
{
	struct job job;

	mkpng_image(m, rows, row_size, n_rows);
	mkpng_end(m);
	job_init(&job, GBX_WIRE_OP_DECODE, want_size);
	assert_int_equal(job_run(&job, m->data, m->size), GBX_WIRE_OK);
	assert_int_equal(job.sink.block[0].length, want_size);
	assert_int_equal(job.sink.block[0].offset, 0);
	assert_memory_equal(job_pixels(&job), want, want_size);
	job_free(&job);
	mkpng_free(m);
}

static void
test_pixels(void **state)
{
	struct mkpng m = {0};

	(void)state;
	begin_six(&m);
	expect_pixels(&m, six, 12, 2, six, sizeof(six));
	mkpng_begin(&m, 2, 1, 8, GRAY_ALPHA, 0);
	expect_pixels(&m, "\x10\x20\xff\x00", 4, 1,
	    "\x10\x10\x10\x20\xff\xff\xff\x00", 8);
	mkpng_begin(&m, 4, 1, 1, GRAY, 0);
	mkpng_chunk(&m, "tRNS", "\0\1", 2);
	expect_pixels(&m, "\x50", 1, 1,
	    "\0\0\0\xff\xff\xff\xff\0\0\0\0\xff\xff\xff\xff\0", 16);
	mkpng_begin(&m, 2, 1, 16, RGB, 0);
	mkpng_chunk(&m, "tRNS", "\1\2\3\4\5\6", 6);
	expect_pixels(
	    &m, "\1\2\3\4\5\6\1\2\3\4\5\7", 12, 1, "\1\3\5\0\1\3\5\xff", 8);
}

static void
test_palette(void **state)
{
	struct mkpng m = {0};

	(void)state;
	mkpng_begin(&m, 2, 1, 4, PALETTE, 0);
	mkpng_chunk(&m, "PLTE", "abcdef", 6);
	mkpng_chunk(&m, "tRNS", "\x07", 1);
	expect_pixels(&m, "\x10", 1, 1,
	    "def\xff"
	    "abc\x07",
	    8);
}

/* All 16-bit samples, against the formula of the project's own reference. */
static void
test_sixteen_bits(void **state)
{
	uint8_t *rows = malloc(65536 * 2), *want = malloc(65536 * 4);
	struct mkpng m = {0};
	uint32_t v;

	(void)state;
	assert_non_null(rows);
	assert_non_null(want);
	for (v = 0; v < 65536; v++) {
		rows[v * 2] = (uint8_t)(v >> 8);
		rows[v * 2 + 1] = (uint8_t)v;
		memset(want + v * 4, (int)((v * 255 + 32767) / 65535), 3);
		want[v * 4 + 3] = 255;
	}
	mkpng_begin(&m, 256, 256, 16, GRAY, 0);
	expect_pixels(&m, rows, 512, 256, want, 65536 * 4);
	free(rows);
	free(want);
}

/* Seven passes written by hand come together, for rows and for thumbnails. */
static void
test_interlaced(void **state)
{
	/* 3 x 2 under Adam7: pass 1 (0,0); 4: (2,0); 6: (1,0); 7: row 1 */
	static const uint8_t passes[] = {0, 255, 0, 0, 255, 0, 0, 0, 255, 255,
	    0, 0, 255, 0, 255, 0, 255, 255, 0, 128, 0, 255, 255, 1, 9, 8, 7, 0};
	const uint32_t both[] = {GBX_WIRE_OP_DECODE, GBX_WIRE_OP_THUMBNAIL};
	struct mkpng m = {0};
	struct job job;
	size_t i;

	(void)state;
	mkpng_begin(&m, 3, 2, 8, RGBA, 1);
	mkpng_deflated(&m, "IDAT", passes, sizeof(passes));
	mkpng_end(&m);
	for (i = 0; i < 2; i++) {
		job_init(&job, both[i], 24);
		assert_int_equal(job_run(&job, m.data, m.size), GBX_WIRE_OK);
		assert_memory_equal(job_pixels(&job), six, sizeof(six));
		job_free(&job);
	}
	mkpng_free(&m);
}

/* ---- what else the file says -------------------------------------------- */

static void
expect_orientation(struct mkpng *m, uint32_t want)
{
	struct job job;
	size_t i;

	end_six(m);
	for (i = 0; i < 2; i++) {
		job_init(&job, ops[i], OUT_SIZE);
		assert_int_equal(job_run(&job, m->data, m->size), GBX_WIRE_OK);
		assert_int_equal(job.sink.block[0].orientation, want);
		assert_int_equal(job.sink.block[0].width, 3);
		assert_int_equal(job.sink.block[0].height, 2);
		job_free(&job);
	}
	job_init(&job, GBX_WIRE_OP_THUMBNAIL, OUT_SIZE);
	assert_int_equal(job_run(&job, m->data, m->size), GBX_WIRE_OK);
	assert_int_equal(job.sink.block[0].orientation, 0);
	assert_int_equal(job.sink.block[0].width, want >= 5 ? 2 : 3);
	job_free(&job);
}

static void
test_orientation(void **state)
{
	struct mkpng m = {0};
	uint8_t o;

	(void)state;
	for (o = 0; o <= 9; o++) {
		begin_six(&m);
		mkpng_exif(&m, o, o & 1);
		expect_orientation(&m, o > 8 ? 0 : o);
	}
	begin_six(&m);
	mkpng_exif(&m, 6, 1);
	mkpng_exif(&m, 3, 1);
	expect_orientation(&m, 6);
	mkpng_free(&m);
}

static void
expect_later(struct mkpng *m, uint8_t before, uint8_t after, uint8_t behind,
    uint32_t want)
{
	struct job job;

	begin_six(m);
	if (before != 0)
		mkpng_exif(m, before, 1);
	mkpng_image(m, six, 12, 2);
	if (after != 0)
		mkpng_exif(m, after, 1);
	mkpng_end(m);
	if (behind != 0)
		mkpng_exif(m, behind, 1);
	job_init(&job, GBX_WIRE_OP_PROBE, OUT_SIZE);
	assert_int_equal(job_run(&job, m->data, m->size), GBX_WIRE_OK);
	assert_int_equal(job.sink.block[0].orientation, want);
	job_free(&job);
	job_init(&job, GBX_WIRE_OP_THUMBNAIL, OUT_SIZE);
	assert_int_equal(job_run(&job, m->data, m->size), GBX_WIRE_OK);
	assert_int_equal(job.sink.block[0].width, want >= 5 ? 2 : 3);
	job_free(&job);
}

/* eXIf may stand behind the image data, not behind the end. */
static void
test_late_exif(void **state)
{
	struct mkpng m = {0};

	(void)state;
	expect_later(&m, 0, 6, 0, 6);
	expect_later(&m, 3, 6, 0, 3);
	expect_later(&m, 0, 0, 6, 0);
	mkpng_free(&m);
}

/* The number as a LONG, in both orders; as anything else it is none. */
static void
test_long_orientation(void **state)
{
	uint8_t little[26] = {
	    'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 4, 0, 1, 0, 0, 0, 6};
	uint8_t big[26] = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 4, 0,
	    0, 0, 1, 0, 0, 0, 6};
	struct mkpng m = {0};

	(void)state;
	begin_six(&m);
	mkpng_chunk(&m, "eXIf", little, sizeof(little));
	expect_orientation(&m, 6);
	begin_six(&m);
	mkpng_chunk(&m, "eXIf", big, sizeof(big));
	expect_orientation(&m, 6);
	little[20] = 1; /* 65542 */
	begin_six(&m);
	mkpng_chunk(&m, "eXIf", little, sizeof(little));
	expect_orientation(&m, 0);
	little[20] = 0;
	little[12] = 9; /* SLONG */
	begin_six(&m);
	mkpng_chunk(&m, "eXIf", little, sizeof(little));
	expect_orientation(&m, 0);
	mkpng_free(&m);
}

/* EXIF blocks that end too early, at every length, or point out of bounds. */
static void
test_bad_exif(void **state)
{
	static const uint8_t exif[26] = {
	    'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6};
	uint8_t bad[26];
	struct mkpng m = {0};
	size_t n;

	(void)state;
	for (n = 0; n <= sizeof(exif); n++) {
		begin_six(&m);
		mkpng_chunk(&m, "eXIf", exif, n);
		expect_orientation(&m, n >= 22 ? 6 : 0);
	}
	for (n = 0; n < 4; n++) {
		memcpy(bad, exif, sizeof(bad));
		bad[4 + n] = 0xff;
		begin_six(&m);
		mkpng_chunk(&m, "eXIf", bad, sizeof(bad));
		expect_orientation(&m, 0);
	}
	mkpng_free(&m);
}

static void
expect_total(
    struct mkpng *m, const void *actl, size_t size, bool spoil, uint32_t want)
{
	struct job job;

	begin_six(m);
	mkpng_chunk(m, "acTL", actl, size);
	if (spoil)
		m->data[m->size - 1] ^= 1;
	end_six(m);
	job_init(&job, GBX_WIRE_OP_PROBE, 0);
	assert_int_equal(job_run(&job, m->data, m->size),
	    want ? GBX_WIRE_OK : GBX_WIRE_LIMIT);
	assert_int_equal(job.sink.total, want);
	assert_int_equal(job.sink.limit, want ? 0 : GBX_WIRE_LIMIT_FRAMES);
	assert_int_equal(job.sink.degraded, spoil);
	job_free(&job);
}

static void
test_frames(void **state)
{
	struct mkpng m = {0};

	(void)state;
	/* None of them is the image before all. */
	expect_total(&m, "\0\0\0\5\0\0\0", 8, false, 6);
	expect_total(&m, "\0\0\0\5\0\0\0", 8, true, 1);
	expect_total(&m, "\0\0\0\5\0\0", 7, false, 1);
	expect_total(&m, "\0\0\0\0\0\0\0", 8, false, 1);
	expect_total(&m, "\xff\0\0\0\0\0\0", 8, false, 1);
	expect_total(&m, "\0\1\0\0\0\0\0", 8, false, 0);
	mkpng_free(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_samples),
	    cmocka_unit_test(test_truncated),
	    cmocka_unit_test(test_bit_flips),
	    cmocka_unit_test(test_not_png),
	    cmocka_unit_test(test_headers),
	    cmocka_unit_test(test_chunks_missing),
	    cmocka_unit_test(test_chunks_wrong),
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_padded_data),
	    cmocka_unit_test(test_trailing_bytes),
	    cmocka_unit_test(test_harmless),
	    cmocka_unit_test(test_unknown_kind),
	    cmocka_unit_test(test_ancillary),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_first),
	    cmocka_unit_test(test_pixels),
	    cmocka_unit_test(test_palette),
	    cmocka_unit_test(test_sixteen_bits),
	    cmocka_unit_test(test_interlaced),
	    cmocka_unit_test(test_orientation),
	    cmocka_unit_test(test_bad_exif),
	    cmocka_unit_test(test_late_exif),
	    cmocka_unit_test(test_long_orientation),
	    cmocka_unit_test(test_frames),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
