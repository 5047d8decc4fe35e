/* SPDX-License-Identifier: ISC */
/*
 * The sink's images: limits before memory, rows and canvas, boxes, the eight
 * orientations, and no success without every row. Side: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sandboxed_parsers/runtime/sink.h"
#include "tests/support/noarena.h"

#define OUT 65536

struct fix {
	struct gbx_task task;
	struct gbx_sink sink;
	uint8_t *out;
};

static void
fix_open(struct fix *f, uint32_t op, size_t used)
{
	static const uint64_t limits[GBX_LIMIT_COUNT] = {
#define GBX_LIMIT(num, ID, name, unit, def, ceil, text) [num] = (def),
#include "schemas/limits.def"
	};

	memset(f, 0, sizeof(*f));
	memcpy(f->task.limit, limits, sizeof(limits));
	f->task.op = op;
	f->task.count = 1;
	f->task.box_w = f->task.box_h = 256;
	f->out = malloc(OUT);
	assert_non_null(f->out);
	memset(f->out, 0x55, OUT);
	gbx_test_arena_exhausted = false;
	gbx_sink_open(&f->sink, &f->task, f->out, OUT, used);
	gbx_sink_format(&f->sink, GBX_FORMAT_PNG);
}

static uint32_t
fix_close(struct fix *f, enum gbx_wire_status returned)
{
	gbx_sink_close(&f->sink, returned);
	free(f->out);
	f->out = NULL;
	return f->sink.status;
}

/* Pixel (x, y) of the test picture. */
static void
paint(uint8_t *p, uint32_t x, uint32_t y)
{
	p[0] = (uint8_t)(x * 5 + 1);
	p[1] = (uint8_t)(y * 9 + 2);
	p[2] = (uint8_t)(x * y);
	p[3] = (uint8_t)(255 - x);
}

static bool
send_rows(struct gbx_sink *s, uint32_t w, uint32_t h)
{
	uint32_t x, y;

	for (y = 0; y < h; y++) {
		uint8_t *row = gbx_sink_row(s, y);

		if (row == NULL)
			return false;
		for (x = 0; x < w; x++)
			paint(row + (size_t)x * 4, x, y);
		if (!gbx_sink_row_done(s, y))
			return false;
	}
	return true;
}

static bool
send_canvas(struct gbx_sink *s, uint32_t w, uint32_t h)
{
	size_t stride = 0;
	uint8_t *px = gbx_sink_canvas(s, &stride);
	uint32_t x, y;

	if (px == NULL || stride != (size_t)w * 4)
		return false;
	for (y = h; y-- > 0;)
		for (x = 0; x < w; x++)
			paint(px + y * stride + (size_t)x * 4, x, y);
	return gbx_sink_canvas_done(s);
}

/* ---- begin -------------------------------------------------------------- */

static void
expect_begin(uint32_t op, uint32_t w, uint32_t h, uint64_t pixels,
    uint64_t output, uint32_t want)
{
	struct fix f;

	fix_open(&f, op, 0);
	f.task.limit[GBX_WIRE_LIMIT_PIXELS] = pixels;
	f.task.limit[GBX_WIRE_LIMIT_OUTPUT] = output;
	assert_int_equal(gbx_sink_image_begin(&f.sink, w, h, 0), want == 0);
	assert_int_equal(f.sink.limit, want);
	assert_int_equal(fix_close(&f, GBX_WIRE_MALFORMED),
	    want ? GBX_WIRE_LIMIT : GBX_WIRE_MALFORMED);
}

static void
test_begin(void **state)
{
	const uint32_t probe = GBX_WIRE_OP_PROBE, decode = GBX_WIRE_OP_DECODE,
		       thumb = GBX_WIRE_OP_THUMBNAIL,
		       px = GBX_WIRE_LIMIT_PIXELS, out = GBX_WIRE_LIMIT_OUTPUT;
	const uint64_t big = UINT64_MAX;
	uint32_t op;

	(void)state;
	for (op = probe; op <= thumb; op++) {
		expect_begin(op, 10, 10, 100, 400, 0);
		expect_begin(op, 10, 10, 99, 400, px);
		expect_begin(op, 100000, 100000, 50000000, big, px);
		expect_begin(op, GBX_SIDE_MAX + 1, 1, big, big, px);
		expect_begin(op, 1, UINT32_MAX, big, big, px);
		expect_begin(op, UINT32_MAX, UINT32_MAX, big, big, px);
	}
	expect_begin(probe, GBX_SIDE_MAX, GBX_SIDE_MAX, big, 1, 0);
	expect_begin(decode, 10, 10, 100, 399, out);
	expect_begin(thumb, 10, 10, 100, 399, out);
	expect_begin(decode, GBX_SIDE_MAX, GBX_SIDE_MAX, big, big / 2, out);
	expect_begin(decode, 128, 128, big, OUT, 0);
	expect_begin(decode, 128, 129, big, (uint64_t)OUT * 2, out);
}

static void
test_begin_refuses(void **state)
{
	struct fix f;

	(void)state;
	fix_open(&f, GBX_WIRE_OP_DECODE, 0);
	assert_false(gbx_sink_image_begin(&f.sink, 0, 1, 0));
	assert_false(gbx_sink_image_begin(&f.sink, 1, 0, 0));
	assert_false(gbx_sink_image_begin(&f.sink, 1, 1, 9));
	assert_false(gbx_sink_wants_pixels(&f.sink));
	assert_null(gbx_sink_row(&f.sink, 0));
	assert_false(gbx_sink_image_end(&f.sink));
	assert_int_equal(fix_close(&f, GBX_WIRE_MALFORMED), GBX_WIRE_MALFORMED);
}

static void
test_probe(void **state)
{
	struct gbx_sink_block *b;
	struct fix f;

	(void)state;
	fix_open(&f, GBX_WIRE_OP_PROBE, 70);
	assert_true(gbx_sink_image_begin(&f.sink, 4000, 3000, 6));
	assert_false(gbx_sink_wants_pixels(&f.sink));
	assert_true(gbx_sink_image_end(&f.sink));
	assert_int_equal(f.sink.n_blocks, 1);
	b = &f.sink.block[0];
	assert_int_equal(b->kind, GBX_WIRE_PIXELS);
	assert_int_equal(b->offset, 128);
	assert_int_equal(b->length, 0);
	assert_int_equal(b->width, 4000);
	assert_int_equal(b->height, 3000);
	assert_int_equal(b->stride, 0);
	assert_int_equal(b->layout, GBX_WIRE_RGBA8);
	assert_int_equal(b->orientation, 6);
	assert_int_equal(fix_close(&f, GBX_WIRE_OK), GBX_WIRE_OK);
}

/* ---- rows and canvas ---------------------------------------------------- */

static void
check_decoded(struct fix *f)
{
	const struct gbx_sink_block *b = &f->sink.block[0];
	uint8_t want[4];
	uint32_t x, y;

	assert_int_equal(f->sink.n_blocks, 1);
	assert_int_equal(b->offset, 64);
	assert_int_equal(b->stride, 28);
	assert_int_equal(b->length, 28 * 5);
	assert_int_equal(b->orientation, 3);
	assert_int_equal(f->sink.out_used, 64 + 28 * 5);
	for (y = 0; y < 5; y++)
		for (x = 0; x < 7; x++) {
			paint(want, x, y);
			assert_memory_equal(
			    f->out + 64 + y * 28 + x * 4, want, 4);
		}
	assert_int_equal(f->out[64 + 28 * 5], 0x55);
}

static void
test_decode(void **state)
{
	bool (*const send[])(struct gbx_sink *, uint32_t, uint32_t) = {
	    send_rows, send_canvas};
	struct fix f;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		fix_open(&f, GBX_WIRE_OP_DECODE, 1);
		assert_true(gbx_sink_image_begin(&f.sink, 7, 5, 3));
		assert_true(gbx_sink_wants_pixels(&f.sink));
		assert_true(send[i](&f.sink, 7, 5));
		assert_true(gbx_sink_image_end(&f.sink));
		check_decoded(&f);
		assert_int_equal(fix_close(&f, GBX_WIRE_OK), GBX_WIRE_OK);
	}
}

/* Rows come in order and all of them; else there is no block. */
static void
test_rows_missing(void **state)
{
	const uint32_t both[] = {GBX_WIRE_OP_DECODE, GBX_WIRE_OP_THUMBNAIL};
	struct fix f;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		fix_open(&f, both[i], 0);
		assert_true(gbx_sink_image_begin(&f.sink, 7, 5, 0));
		assert_null(gbx_sink_row(&f.sink, 1));
		assert_false(gbx_sink_row_done(&f.sink, 1));
		assert_true(send_rows(&f.sink, 7, 4));
		assert_null(gbx_sink_row(&f.sink, 3));
		assert_false(gbx_sink_canvas_done(&f.sink));
		assert_false(gbx_sink_image_end(&f.sink));
		assert_int_equal(f.sink.n_blocks, 0);
		assert_int_equal(
		    fix_close(&f, GBX_WIRE_MALFORMED), GBX_WIRE_MALFORMED);
		assert_int_equal(f.sink.out_used, 0);
	}
}

static void
test_rows_too_many(void **state)
{
	struct fix f;

	(void)state;
	fix_open(&f, GBX_WIRE_OP_DECODE, 0);
	assert_true(gbx_sink_image_begin(&f.sink, 7, 5, 0));
	assert_true(send_rows(&f.sink, 7, 5));
	assert_null(gbx_sink_row(&f.sink, 5));
	assert_true(gbx_sink_image_end(&f.sink));
	assert_null(gbx_sink_row(&f.sink, 0));
	assert_false(gbx_sink_image_end(&f.sink));
	assert_int_equal(fix_close(&f, GBX_WIRE_OK), GBX_WIRE_OK);
	assert_int_equal(f.sink.n_blocks, 1);
}

static void
test_memory(void **state)
{
	struct fix f;

	(void)state;
	fix_open(&f, GBX_WIRE_OP_THUMBNAIL, 0);
	assert_true(gbx_sink_image_begin(&f.sink, 7, 5, 0));
	gbx_test_arena_exhausted = true;
	assert_int_equal(fix_close(&f, GBX_WIRE_MALFORMED), GBX_WIRE_LIMIT);
	assert_int_equal(f.sink.limit, GBX_WIRE_LIMIT_MEMORY);
}

/* ---- thumbnails --------------------------------------------------------- */

static void
test_fit(void **state)
{
	static const struct {
		uint32_t w, h, box_w, box_h, orientation, want_w, want_h;
	} cases[] = {
	    {400, 300, 100, 100, 0, 100, 75},
	    {300, 400, 100, 100, 1, 75, 100},
	    {100, 100, 100, 100, 0, 100, 100},
	    {20, 10, 100, 100, 0, 20, 10},
	    {20, 10, 100, 100, 6, 10, 20},
	    {400, 300, 100, 100, 6, 75, 100},
	    {400, 300, 100, 20, 0, 27, 20},
	    {400, 300, 20, 100, 8, 20, 27},
	    {3000, 1, 100, 100, 0, 100, 1},
	    {1, 3000, 100, 100, 5, 100, 1},
	    {3000, 16, 100, 100, 0, 100, 1},
	    {1000, 1000, 1, 1, 0, 1, 1},
	    {999, 1000, 100, 100, 0, 100, 100},
	    {101, 100, 100, 200, 0, 100, 99},
	    {1000, 7, 300, 2, 0, 286, 2},
	};
	struct fix f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fix_open(&f, GBX_WIRE_OP_THUMBNAIL, 0);
		f.task.box_w = cases[i].box_w;
		f.task.box_h = cases[i].box_h;
		assert_true(gbx_sink_image_begin(
		    &f.sink, cases[i].w, cases[i].h, cases[i].orientation));
		assert_true(send_rows(&f.sink, cases[i].w, cases[i].h));
		assert_true(gbx_sink_image_end(&f.sink));
		assert_int_equal(f.sink.block[0].width, cases[i].want_w);
		assert_int_equal(f.sink.block[0].height, cases[i].want_h);
		assert_int_equal(f.sink.block[0].stride, cases[i].want_w * 4);
		assert_int_equal(f.sink.block[0].length,
		    cases[i].want_w * cases[i].want_h * 4);
		assert_int_equal(f.sink.block[0].orientation, 0);
		assert_int_equal(fix_close(&f, GBX_WIRE_OK), GBX_WIRE_OK);
	}
}

/* Where the stored pixel (x, y) of a w x h picture is seen, as Exif 2.32 words
 * it: which side row 0 and column 0 are. */
static void
seen_at(uint32_t o, uint32_t x, uint32_t y, uint32_t w, uint32_t h,
    uint32_t *ret_x, uint32_t *ret_y)
{
	uint32_t right = w - 1 - x, below = h - 1 - y;
	const uint32_t at[9][2] = {{x, y}, {x, y}, {right, y}, {right, below},
	    {x, below}, {y, x}, {below, x}, {below, right}, {y, right}};

	*ret_x = at[o][0];
	*ret_y = at[o][1];
}

/* A picture that fits is turned and nothing else. */
static void
check_turned(uint32_t o, uint32_t w, uint32_t h)
{
	uint32_t x, y, tx, ty, stride = (o >= 5 ? h : w) * 4;
	uint8_t want[4];
	struct fix f;

	fix_open(&f, GBX_WIRE_OP_THUMBNAIL, 0);
	assert_true(gbx_sink_image_begin(&f.sink, w, h, o));
	assert_true((o & 1 ? send_rows : send_canvas)(&f.sink, w, h));
	assert_true(gbx_sink_image_end(&f.sink));
	assert_int_equal(f.sink.block[0].stride, stride);
	for (y = 0; y < h; y++)
		for (x = 0; x < w; x++) {
			paint(want, x, y);
			seen_at(o, x, y, w, h, &tx, &ty);
			assert_memory_equal(
			    f.out + ty * stride + tx * 4, want, 4);
		}
	assert_int_equal(f.out[w * h * 4], 0x55);
	assert_int_equal(fix_close(&f, GBX_WIRE_OK), GBX_WIRE_OK);
}

static void
test_orientations(void **state)
{
	uint32_t o;

	(void)state;
	for (o = 0; o <= 8; o++) {
		check_turned(o, 7, 5);
		check_turned(o, 5, 7);
		check_turned(o, 1, 9);
		check_turned(o, 9, 1);
		check_turned(o, 1, 1);
	}
}

/* Scaling and turning together: the same pixels as scaling alone, turned. */
static void
test_scaled_orientations(void **state)
{
	uint8_t plain[20 * 15 * 4];
	uint32_t o, x, y, tx, ty, stride;
	struct fix f;

	(void)state;
	for (o = 1; o <= 8; o++) {
		fix_open(&f, GBX_WIRE_OP_THUMBNAIL, 0);
		f.task.box_w = f.task.box_h = 20;
		assert_true(gbx_sink_image_begin(&f.sink, 200, 150, o));
		assert_true(send_rows(&f.sink, 200, 150));
		assert_true(gbx_sink_image_end(&f.sink));
		if (o == 1)
			memcpy(plain, f.out, sizeof(plain));
		stride = o >= 5 ? 60 : 80;
		for (y = 0; y < 15; y++)
			for (x = 0; x < 20; x++) {
				seen_at(o, x, y, 20, 15, &tx, &ty);
				assert_memory_equal(
				    f.out + ty * stride + tx * 4,
				    plain + y * 80 + x * 4, 4);
			}
		assert_int_equal(f.out[sizeof(plain)], 0x55);
		assert_int_equal(fix_close(&f, GBX_WIRE_OK), GBX_WIRE_OK);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_begin),
	    cmocka_unit_test(test_begin_refuses),
	    cmocka_unit_test(test_probe),
	    cmocka_unit_test(test_decode),
	    cmocka_unit_test(test_rows_missing),
	    cmocka_unit_test(test_rows_too_many),
	    cmocka_unit_test(test_memory),
	    cmocka_unit_test(test_fit),
	    cmocka_unit_test(test_orientations),
	    cmocka_unit_test(test_scaled_orientations),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
