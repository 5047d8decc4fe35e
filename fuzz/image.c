/* SPDX-License-Identifier: ISC */
/* See image.h. */
#include "fuzz/image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/runtime/arena.h"
#include "tests/support/image.h"

#define OUT_SIZE  (1 << 18)
#define INPUT_CAP (1 << 20)
#define START	  100 /* not aligned: the sink has to see to that */

static uint8_t out[2][OUT_SIZE];

static void
must(bool held, const char *what)
{
	if (held)
		return;
	dprintf(2, "image: %s\n", what); /* stderr may be swallowed */
	abort();
}

static struct gbx_task
make_task(const uint8_t *data, size_t size, uint8_t mode)
{
	static const uint32_t boxes[4] = {1, 5, 64, 300};
	struct gbx_task task = {
	    .op = GBX_WIRE_OP_PROBE + (mode & 3u) % 3,
	    .data = data,
	    .size = size,
	    .count = mode & 0x40 ? 3 : 1,
	    .first = mode >> 4 & 3,
	    .box_w = boxes[mode >> 2 & 3],
	    .box_h = 64,
	};
	size_t i;

	for (i = 0; i < GBX_LIMIT_COUNT; i++)
		task.limit[i] = 1 << 20;
	task.limit[GBX_WIRE_LIMIT_PIXELS] = 1 << 15;
	task.limit[GBX_WIRE_LIMIT_OUTPUT] = 1 << 17;
	task.limit[GBX_WIRE_LIMIT_FRAMES] = 100;
	task.limit[GBX_WIRE_LIMIT_SCANS] = 20;
	return task;
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

static void
run(const struct gbx_task *task, struct gbx_sink *sink, int which, uint8_t fill)
{
	const char *fault;

	memset(out[which], fill, OUT_SIZE);
	gbx_arena_forget_exhausted();
	gbx_sink_open(sink, task, out[which], OUT_SIZE, START);
	gbx_sink_close(sink, gbx_parser.run(task, sink));
	fault = image_fault(task, sink, START);
	must(fault == NULL, fault);
	check_around(sink, out[which], fill);
}

static void
check_probe(const struct gbx_task *task, const struct gbx_sink *decoded)
{
	struct gbx_task probe = *task;
	struct gbx_sink s;

	probe.op = GBX_WIRE_OP_PROBE;
	run(&probe, &s, 1, 0);
	must(s.status == GBX_WIRE_OK, "can't be probed");
	must(s.block[0].width == decoded->block[0].width &&
		 s.block[0].height == decoded->block[0].height,
	    "the probe told another geometry");
}

static void
check_again(const struct gbx_task *task, const struct gbx_sink *a)
{
	struct gbx_sink b;
	uint32_t i;

	run(task, &b, 1, 0);
	must(a->status == b.status && a->limit == b.limit &&
		 a->degraded == b.degraded,
	    "not the same twice");
	for (i = 0; i < a->n_blocks; i++)
		must(memcmp(out[0] + a->block[i].offset,
			 out[1] + a->block[i].offset, a->block[i].length) == 0,
		    "other bytes the second time");
}

int
gbx_fuzz_image(const uint8_t *data, size_t size)
{
	struct gbx_sink s;
	struct gbx_task task;
	uint8_t *copy;

	if (size < 1 || size > INPUT_CAP)
		return 0;
	image_prepare();
	size--;
	copy = malloc(size ? size : 1);
	if (copy == NULL)
		return 0;
	memcpy(copy, data, size);
	task = make_task(copy, size, data[size]);
	run(&task, &s, 0, 0);
	check_again(&task, &s);
	if (s.status == GBX_WIRE_OK && task.op == GBX_WIRE_OP_DECODE)
		check_probe(&task, &s);
	free(copy);
	return 0;
}
