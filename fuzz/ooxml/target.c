/* SPDX-License-Identifier: ISC */
/*
 * The OOXML parser on the real sink. The input is a file with one more byte at
 * its end, which says what is asked: bit 0 probe, 1-2 how tight the limits are,
 * 3 a list of the members, 4 one of them (with bits 5-6: which), 7: leave the
 * archive as it is; else CRCs and sizes of its members are made right, or no
 * change would get past them.
 *
 * Oracle: the gate's own checks of text, records and members, the places of the
 * blocks,
 * the limits, and the same answer when asked again in memory that held
 * something else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/validate/check.h"
#include "fuzz/archive.h"
#include "fuzz/fuzz.h"
#include "sandboxed_parsers/runtime/arena.h"
#include "sandboxed_parsers/runtime/sink.h"

#define OUT_SIZE  (1 << 17)
#define INPUT_CAP (1 << 18)
#define START	  100 /* not aligned: the sink has to see to that */

static uint8_t out[2][OUT_SIZE];

static void
must(bool held, const char *what)
{
	if (held)
		return;
	fprintf(stderr, "ooxml: %s\n", what);
	abort();
}

/* ---- oracle ------------------------------------------------------------- */

static uint32_t
op_of(uint8_t mode)
{
	if (mode & 0x08)
		return GBX_WIRE_OP_LIST;
	if (mode & 0x10)
		return GBX_WIRE_OP_EXTRACT;
	return mode & 1 ? GBX_WIRE_OP_PROBE : GBX_WIRE_OP_TEXT;
}

static struct gbx_task
make_task(const uint8_t *data, size_t size, uint8_t mode)
{
	static const uint64_t tight[4] = {1 << 14, 1000, 100, 3};
	struct gbx_task task = {
	    .op = op_of(mode),
	    .first = mode & 0x10 && !(mode & 0x08) ? mode >> 5 & 3 : 0,
	    .data = data,
	    .size = size,
	    .count = 1,
	};
	size_t i;

	for (i = 1; i < GBX_LIMIT_COUNT; i++)
		task.limit[i] = tight[mode >> 1 & 3];
	return task;
}

static void
check_records(const struct gbx_sink_block *b, const uint8_t *data,
    const struct gbx_task *task, uint32_t *flags)
{
	struct gbx_gate_block gate = {
	    .kind = b->kind,
	    .offset = b->offset,
	    .length = b->length,
	    .records = b->records,
	};

	struct gbx_gate_told told = {
	    .op = GBX_WIRE_OP_TEXT, .in_length = task->size};

	must(b->records >= 1 &&
		 b->records <= task->limit[GBX_WIRE_LIMIT_RECORDS],
	    "records");
	must(gbx_gate_records_data(&gate, data, &told) == GBX_FIELD_NONE,
	    "a record");
	*flags |= told.flags;
}

static void
check_blocks(const struct gbx_sink *s, const struct gbx_task *task)
{
	size_t end = START, total = 0;
	uint32_t i, flags = 0;
	bool bidi = false;

	must(s->n_blocks >= 1 && s->n_blocks <= 2, "blocks");
	for (i = 0; i < s->n_blocks; i++) {
		const struct gbx_sink_block *b = &s->block[i];

		must(b->kind == (i == 0 ? GBX_WIRE_TEXT : GBX_WIRE_RECORDS),
		    "kind");
		must(b->offset == (end + 63) / 64 * 64, "offset");
		must(b->length <= OUT_SIZE - b->offset, "length");
		end = b->offset + b->length;
		total += b->length;
	}
	must(end == s->out_used, "end");
	must(total <= task->limit[GBX_WIRE_LIMIT_OUTPUT], "output");
	must(s->block[0].length <= task->limit[GBX_WIRE_LIMIT_TEXT], "text");
	must(gbx_gate_text_data(s->out + s->block[0].offset, s->block[0].length,
		 &bidi) == GBX_FIELD_NONE,
	    "characters");
	if (s->n_blocks == 2)
		check_records(&s->block[1], s->out, task, &flags);
	must(bidi == ((flags & GBX_WIRE_FLAG_BIDI) != 0), "bidi");
}

/* As many members as the total says, each as the gate wants it. */
static void
check_list(const struct gbx_sink *s, const struct gbx_task *task)
{
	struct gbx_gate_told told = {.op = task->op, .in_length = task->size};
	const struct gbx_sink_block *b = &s->block[0];
	struct gbx_gate_block gate = {.kind = b->kind,
	    .offset = b->offset,
	    .length = b->length,
	    .records = b->records};

	must(s->n_blocks <= 1, "blocks of a list");
	must(s->n_blocks == 0 ||
		 gbx_gate_records_data(&gate, s->out, &told) == GBX_FIELD_NONE,
	    "a member");
	must(told.members == s->total, "members");
}

static void
check_file(const struct gbx_sink *s, const struct gbx_task *task)
{
	must(s->n_blocks == 1 && s->block[0].kind == GBX_WIRE_BYTES, "a file");
	must(s->block[0].offset + s->block[0].length == s->out_used, "its end");
	must(s->block[0].length <= task->limit[GBX_WIRE_LIMIT_OUTPUT],
	    "its length");
}

static void
check(const struct gbx_sink *s, const struct gbx_task *task)
{
	must(s->status >= GBX_WIRE_OK && s->status <= GBX_WIRE_LIMIT, "status");
	must((s->status == GBX_WIRE_LIMIT) == (s->limit != 0), "limit");
	must(s->format == 0 || s->format == GBX_FORMAT_DOCX ||
		 s->format == GBX_FORMAT_PPTX || s->format == GBX_FORMAT_ZIP,
	    "format");
	/* All limits of a task are the same here. */
	must(s->total <= task->limit[GBX_WIRE_LIMIT_PAGES], "total");
	if (s->status == GBX_WIRE_OK && task->op != GBX_WIRE_OP_PROBE) {
		if (task->op == GBX_WIRE_OP_TEXT)
			check_blocks(s, task);
		else if (task->op == GBX_WIRE_OP_LIST)
			check_list(s, task);
		else
			check_file(s, task);
		return;
	}
	must(s->n_blocks == 0 && s->out_used == START, "blocks of no result");
	must(s->status == GBX_WIRE_OK || (s->total == 0 && !s->degraded),
	    "a word about no result");
}

static void
run(const struct gbx_task *task, struct gbx_sink *s, uint8_t *to, int fill)
{
	memset(to, fill, OUT_SIZE);
	gbx_arena_forget_exhausted();
	gbx_sink_open(s, task, to, OUT_SIZE, START);
	gbx_sink_close(s, gbx_parser.run(task, s));
	check(s, task);
}

static void
compare(const struct gbx_sink *a, const struct gbx_sink *b)
{
	uint32_t i;

	must(a->status == b->status && a->limit == b->limit &&
		 a->total == b->total && a->degraded == b->degraded &&
		 a->n_blocks == b->n_blocks && a->out_used == b->out_used,
	    "another answer");
	for (i = 0; i < a->n_blocks; i++)
		must(memcmp(a->out + a->block[i].offset,
			 b->out + a->block[i].offset, a->block[i].length) == 0,
		    "other bytes");
}

int
gbx_fuzz_one(const uint8_t *data, size_t size)
{
	struct gbx_sink first, second;
	struct gbx_task task;
	uint8_t *copy, mode;

	if (size < 1 || size > INPUT_CAP)
		return 0;
	mode = data[--size];
	copy = malloc(size ? size : 1);
	must(copy != NULL, "memory");
	memcpy(copy, data, size);
	if (!(mode & 0x80))
		gbx_fuzz_repair(copy, size);
	task = make_task(copy, size, mode);
	run(&task, &first, out[0], 0);
	/* Another salt puts everything hashed into another order. */
	memset(task.salt, 0x5a, sizeof(task.salt));
	run(&task, &second, out[1], 0xee);
	compare(&first, &second);
	free(copy);
	return 0;
}
