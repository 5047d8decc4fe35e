/* SPDX-License-Identifier: ISC */
/*
 * The rules of an item by themselves: tables that hold more than formats.def
 * does today, and items that the scan would already have stopped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "broker/validate/check.h"
#include "tests/unit/gate/model.h"

static void
test_formats(void **state)
{
	uint32_t i;

	(void)state;
	assert_null(gbx_gate_format(GBX_FORMAT_NONE));
	assert_null(gbx_gate_format(GBX_FORMAT_COUNT));
	assert_null(gbx_gate_format(UINT32_MAX));
	for (i = 1; i < GBX_FORMAT_COUNT; i++) {
		assert_non_null(gbx_gate_format(i));
		assert_in_range(
		    gbx_gate_format(i)->worker, 1, GBX_WORKER_COUNT - 1);
		assert_int_not_equal(gbx_gate_format(i)->ops, 0);
		assert_int_not_equal(gbx_gate_format(i)->kinds, 0);
	}
}

static void
test_ops(void **state)
{
	struct gbx_gate_format none = {1, 0, ~0u, 1}, all = {1, ~0u, ~0u, 1};
	struct gbx_gate_format text = {1, GBX_CAN(TEXT), ~0u, 2};
	uint32_t op;

	(void)state;
	for (op = 0; op < 70; op++) {
		assert_false(gbx_gate_op_fits(&none, op));
		assert_int_equal(gbx_gate_op_fits(&all, op),
		    op >= GBX_WIRE_OP_PROBE && op <= GBX_WIRE_OP_EXTRACT);
		assert_int_equal(
		    gbx_gate_op_fits(&text, op), op == GBX_WIRE_OP_TEXT);
	}
}

/* What a total counts, and so which limit holds it. */
static void
test_units(void **state)
{
	static const uint32_t own[] = {0, GBX_WIRE_LIMIT_FRAMES,
	    GBX_WIRE_LIMIT_PAGES, GBX_WIRE_LIMIT_MEMBERS};
	struct gbx_gate_format format = {1, ~0u, ~0u, 0};
	uint32_t op, want;

	(void)state;
	for (format.unit = 1; format.unit <= 3; format.unit++)
		for (op = 1; op < GBX_WIRE_OP_COUNT; op++) {
			want = own[format.unit];
			if (op == GBX_WIRE_OP_LIST || op == GBX_WIRE_OP_EXTRACT)
				want = GBX_WIRE_LIMIT_MEMBERS;
			assert_int_equal(
			    gbx_gate_total_limit(&format, op), want);
		}
	assert_int_equal(gbx_gate_unit(GBX_FORMAT_NONE, GBX_WIRE_OP_PROBE), 0);
	assert_int_equal(gbx_gate_unit(GBX_FORMAT_DOCX, GBX_WIRE_OP_TEXT),
	    GBX_WIRE_UNIT_PAGES);
	assert_int_equal(gbx_gate_unit(GBX_FORMAT_DOCX, GBX_WIRE_OP_LIST),
	    GBX_WIRE_UNIT_MEMBERS);
	assert_int_equal(
	    gbx_gate_format(GBX_FORMAT_GIF)->unit, GBX_WIRE_UNIT_FRAMES);
	assert_int_equal(
	    gbx_gate_format(GBX_FORMAT_PPTX)->unit, GBX_WIRE_UNIT_PAGES);
}

/* So many frames of a pixel each in one block, shown for ms; bytes: of a block
 * of durations behind it. */
static enum gbx_gate_field
ask_strip(
    uint32_t count, uint32_t total, uint32_t frames, uint32_t ms, size_t bytes)
{
	static const uint8_t times[8];
	static struct model m;
	Gbx__Wire__Item *item;
	Gbx__Wire__Block *block;
	uint64_t end = 0;

	model_init(&m, BASE_DECODE);
	m.job.count = count;
	m.reply.n_items = 0;
	m.n_blocks = 0;
	m.end = 0;
	item = model_item(&m, GBX_WIRE_OK, GBX_FORMAT_PNG);
	item->total = total;
	block = model_pixels(&m, item, 1, 1);
	block->raster->duration_ms = ms;
	block->raster->frames = frames > 1 ? frames : 0;
	block->length *= frames;
	if (bytes > 0)
		model_bytes(&m, item, GBX_WIRE_DURATIONS, times, bytes);
	return gbx_gate_item(&m.job, item, &end);
}

/* The shortest animation has two frames; one that is asked for alone, or comes
 * alone, has its duration beside its sides. */
static void
test_short_strips(void **state)
{
	(void)state;
	assert_int_equal(ask_strip(2, 2, 2, 0, 8), GBX_FIELD_NONE);
	assert_int_equal(ask_strip(2, 2, 1, 0, 4), GBX_FIELD_NONE);
	assert_int_equal(ask_strip(2, 2, 1, 5, 0), GBX_FIELD_NONE);
	assert_int_equal(ask_strip(1, 2, 1, 5, 0), GBX_FIELD_NONE);
	assert_int_equal(ask_strip(1, 2, 1, 0, 4), GBX_FIELD_ITEM_BLOCKS);
	assert_int_equal(ask_strip(2, 1, 1, 0, 4), GBX_FIELD_RASTER_DURATION);
	assert_int_equal(ask_strip(2, 2, 1, 5, 4), GBX_FIELD_RASTER_DURATION);
	assert_int_equal(ask_strip(2, 2, 2, 5, 0), GBX_FIELD_RASTER_DURATION);
	assert_int_equal(ask_strip(2, 1, 1, 5, 0), GBX_FIELD_RASTER_DURATION);
}

/* Where no total is told, frames have their limit all the same. */
static void
test_without_total(void **state)
{
	Gbx__Wire__Item *item;
	static struct model m;
	enum gbx_gate_field want;
	uint64_t end = 0;
	uint32_t first;

	(void)state;
	assert_int_equal(ask_strip(20, 0, 7, 0, 0), GBX_FIELD_NONE);
	assert_int_equal(ask_strip(20, 0, 8, 0, 0), GBX_FIELD_BLOCK_INDEX);
	for (first = 5; first < 9; first++) {
		model_init(&m, BASE_DECODE);
		m.job.first = first;
		m.reply.n_items = 0;
		m.n_blocks = 0;
		m.end = end = 0;
		item = model_item(&m, GBX_WIRE_OK, GBX_FORMAT_PNG);
		model_pixels(&m, item, 1, 1)->index = first;
		want = first < 7 ? GBX_FIELD_NONE : GBX_FIELD_BLOCK_INDEX;
		assert_int_equal(gbx_gate_item(&m.job, item, &end), want);
	}
}

/* Nine frames where nine were asked for: still too many for one item. */
static void
test_blocks(void **state)
{
	Gbx__Wire__Item *item;
	static struct model m;
	enum gbx_gate_field want;
	uint64_t end;
	int n, i;

	(void)state;
	for (n = GBX_BLOCKS_MAX; n <= GBX_BLOCKS_MAX + 1; n++) {
		model_init(&m, BASE_DECODE);
		m.job.count = 20;
		m.job.limit[GBX_WIRE_LIMIT_FRAMES] = 20;
		m.reply.n_items = 0;
		m.n_blocks = 0;
		m.end = 0;
		item = model_item(&m, GBX_WIRE_OK, GBX_FORMAT_PNG);
		for (i = 0; i < n; i++)
			model_pixels(&m, item, 1, 1);
		end = 0;
		want =
		    n > GBX_BLOCKS_MAX ? GBX_FIELD_ITEM_BLOCKS : GBX_FIELD_NONE;
		assert_int_equal(gbx_gate_item(&m.job, item, &end), want);
	}
}

/* Where the items before end so high that the next place wraps around. */
static void
test_wrap(void **state)
{
	static struct model m;
	uint64_t end = UINT64_MAX - 62;

	(void)state;
	model_init(&m, BASE_PROBE);
	m.job.out_size = UINT64_MAX;
	assert_int_equal(
	    gbx_gate_item(&m.job, m.items[0], &end), GBX_FIELD_BLOCK_OFFSET);
	end = UINT64_MAX - 63;
	m.block[0].offset = end;
	assert_int_equal(
	    gbx_gate_item(&m.job, m.items[0], &end), GBX_FIELD_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_formats),
	    cmocka_unit_test(test_ops),
	    cmocka_unit_test(test_units),
	    cmocka_unit_test(test_short_strips),
	    cmocka_unit_test(test_without_total),
	    cmocka_unit_test(test_blocks),
	    cmocka_unit_test(test_wrap),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
