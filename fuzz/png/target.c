/* SPDX-License-Identifier: ISC */
/*
 * The PNG parser on the real sink. The input is a file with one more byte at
 * its end, which says what is asked: bits 0-1 the operation, 2-3 the box, 7:
 * leave the CRCs as they are; else they are made right, or no change would get
 * past them.
 *
 * Oracle: what the gate will demand of the reply holds; every byte of the
 * result is written, and is the same in memory that held something else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "fuzz/fuzz.h"
#include "sandboxed_parsers/runtime/arena.h"
#include "sandboxed_parsers/runtime/sink.h"

#define OUT_SIZE  (1 << 18)
#define INPUT_CAP (1 << 20)
#define START	  100 /* not aligned: the sink has to see to that */

static uint8_t out[2][OUT_SIZE];

static void
must(bool held, const char *what)
{
	if (held)
		return;
	fprintf(stderr, "png: %s\n", what);
	abort();
}

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static void
put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static void
repair(uint8_t *data, size_t size)
{
	size_t pos = 8, length;

	while (size >= 20 && pos <= size - 12) {
		length = get32(data + pos);
		if (length > size - pos - 12)
			return;
		put32(data + pos + 8 + length,
		    (uint32_t)crc32(0, data + pos + 4, (uInt)length + 4));
		pos += length + 12;
	}
}

static struct gbx_task
make_task(const uint8_t *data, size_t size, uint8_t mode)
{
	static const uint32_t boxes[4] = {1, 5, 64, 300};
	struct gbx_task task = {
	    .op = GBX_WIRE_OP_PROBE + (mode & 3u) % 3,
	    .data = data,
	    .size = size,
	    .count = 1,
	    .box_w = boxes[mode >> 2 & 3],
	    .box_h = 64,
	};
	size_t i;

	for (i = 0; i < GBX_LIMIT_COUNT; i++)
		task.limit[i] = 1 << 20;
	task.limit[GBX_WIRE_LIMIT_PIXELS] = 1 << 15;
	task.limit[GBX_WIRE_LIMIT_OUTPUT] = 1 << 17;
	return task;
}

static void
run(const struct gbx_task *task, struct gbx_sink *sink, uint8_t *to, int fill)
{
	memset(to, fill, OUT_SIZE);
	gbx_arena_forget_exhausted();
	gbx_sink_open(sink, task, to, OUT_SIZE, START);
	gbx_sink_close(sink, gbx_parser.run(task, sink));
}

static void
check_block(const struct gbx_task *task, const struct gbx_sink_block *b)
{
	uint32_t size = task->op == GBX_WIRE_OP_PROBE ? 0 : 4;

	must(b->kind == GBX_WIRE_PIXELS && b->layout == GBX_WIRE_RGBA8,
	    "kind and layout");
	must(b->index == 0 && b->records == 0 && b->duration_ms == 0, "zeroes");
	must(b->offset == 128, "offset");
	must(b->width > 0 && b->height > 0, "empty");
	must((uint64_t)b->width * b->height <=
		 task->limit[GBX_WIRE_LIMIT_PIXELS],
	    "limit pixels");
	must(b->stride == (uint64_t)b->width * size, "stride");
	must(b->length == b->stride * b->height, "length");
	must(b->length <= task->limit[GBX_WIRE_LIMIT_OUTPUT], "limit output");
	must(b->orientation <= 8, "orientation");
	if (task->op == GBX_WIRE_OP_THUMBNAIL) {
		must(
		    b->width <= task->box_w && b->height <= task->box_h, "box");
		must(b->orientation == 0, "thumbnail's orientation");
		return;
	}
	must(b->width == get32(task->data + 16) &&
		 b->height == get32(task->data + 20),
	    "not the header's size");
}

static void
check_sink(const struct gbx_task *task, const struct gbx_sink *s)
{
	must(s->format == GBX_FORMAT_PNG, "format");
	must((s->status == GBX_WIRE_LIMIT) == (s->limit != 0), "limit");
	if (s->status == GBX_WIRE_OK) {
		must(s->n_blocks == 1, "blocks");
		must(s->total >= 1, "total");
		must(s->out_used == s->block[0].offset + s->block[0].length,
		    "out_used");
		check_block(task, &s->block[0]);
		return;
	}
	must(s->status == GBX_WIRE_MALFORMED || s->status == GBX_WIRE_LIMIT,
	    "status");
	must(s->n_blocks == 0 && s->total == 0 && !s->degraded &&
		 s->out_used == START,
	    "leftovers");
}

/* Nothing before the block's place or behind its end is written. */
static void
check_around(const struct gbx_sink *s, const uint8_t *mem, uint8_t fill)
{
	size_t i;

	for (i = 0; i < START; i++)
		must(mem[i] == fill, "wrote before the item");
	if (s->status != GBX_WIRE_OK)
		return;
	for (i = s->out_used; i < OUT_SIZE; i++)
		must(mem[i] == fill, "wrote past the block");
}

int
gbx_fuzz_one(const uint8_t *data, size_t size)
{
	struct gbx_sink a, b;
	struct gbx_task task;
	uint8_t *copy;

	if (size < 1 || size > INPUT_CAP)
		return 0;
	size--;
	copy = malloc(size ? size : 1);
	if (copy == NULL)
		return 0;
	memcpy(copy, data, size);
	if (!(data[size] & 0x80))
		repair(copy, size);
	task = make_task(copy, size, data[size]);
	run(&task, &a, out[0], 0);
	check_sink(&task, &a);
	check_around(&a, out[0], 0);
	run(&task, &b, out[1], 0xa5);
	check_around(&b, out[1], 0xa5);
	must(a.status == b.status && a.limit == b.limit &&
		 a.degraded == b.degraded,
	    "not the same twice");
	if (a.status == GBX_WIRE_OK)
		must(memcmp(out[0] + a.block[0].offset,
			 out[1] + a.block[0].offset, a.block[0].length) == 0,
		    "bytes not written");
	free(copy);
	return 0;
}
