/* SPDX-License-Identifier: ISC */
/*
 * The sink's common part: limits, the output area, the blocks of an item.
 * Side: hostile. Nothing here is believed outside; it only has to be right for
 * parsers that mean well.
 */
#include <string.h>

#include "sandboxed_parsers/runtime/arena.h"
#include "sandboxed_parsers/runtime/sink.h"
#include "schemas/ops.h"

void
gbx_sink_open(struct gbx_sink *s, const struct gbx_task *task, uint8_t *out,
    size_t out_size, size_t out_used)
{
	memset(s, 0, sizeof(*s));
	s->task = task;
	s->out = out;
	s->out_size = out_size;
	s->out_used = out_used;
	s->out_start = out_used;
}

void
gbx_sink_format(struct gbx_sink *s, enum gbx_format format)
{
	s->format = format;
}

bool
gbx_sink_limit(struct gbx_sink *s, enum gbx_wire_limit limit)
{
	if (s->limit == GBX_WIRE_LIMIT_NONE)
		s->limit = limit;
	return false;
}

/* What is counted: by the operation, or by the format. */
static uint32_t
unit_of(const struct gbx_sink *s)
{
	uint32_t unit = gbx_op_rows[s->task->op].unit;

	if (unit != GBX_WIRE_UNIT_FORMAT)
		return unit;
	switch (s->format) {
#define GBX_FORMAT(num, ID, worker, name, ops, kinds, unit, mime, suffix) \
	case num: \
		return GBX_WIRE_UNIT_##unit;
#include "schemas/formats.def"
	default:
		return GBX_WIRE_UNIT_FRAMES;
	}
}

bool
gbx_sink_total(struct gbx_sink *s, uint32_t total)
{
	static const enum gbx_wire_limit limits[] = {
	    [GBX_WIRE_UNIT_FRAMES] = GBX_WIRE_LIMIT_FRAMES,
	    [GBX_WIRE_UNIT_PAGES] = GBX_WIRE_LIMIT_PAGES,
	    [GBX_WIRE_UNIT_MEMBERS] = GBX_WIRE_LIMIT_MEMBERS,
	};
	enum gbx_wire_limit limit = limits[unit_of(s)];

	if (total > s->task->limit[limit])
		return gbx_sink_limit(s, limit);
	s->total = total;
	return true;
}

void
gbx_sink_degraded(struct gbx_sink *s)
{
	s->degraded = true;
}

static size_t
aligned(size_t at)
{
	return (at + GBX_ALIGN - 1) & ~(size_t)(GBX_ALIGN - 1);
}

static uint8_t *
reserve_at(
    struct gbx_sink *s, size_t offset, uint64_t length, uint64_t *ret_offset)
{
	uint64_t most = s->task->limit[GBX_WIRE_LIMIT_OUTPUT];

	if (offset > s->out_size || length > s->out_size - offset ||
	    length > most - s->out_bytes) {
		gbx_sink_limit(s, GBX_WIRE_LIMIT_OUTPUT);
		return NULL;
	}
	s->out_used = offset + length;
	s->out_bytes += length;
	*ret_offset = offset;
	return s->out + offset;
}

uint8_t *
gbx_sink_reserve(struct gbx_sink *s, uint64_t length, uint64_t *ret_offset)
{
	return reserve_at(s, aligned(s->out_used), length, ret_offset);
}

uint8_t *
gbx_sink_extend(struct gbx_sink *s, uint64_t length, uint64_t *ret_offset)
{
	return reserve_at(s, s->out_used, length, ret_offset);
}

struct gbx_sink_block *
gbx_sink_add_block(struct gbx_sink *s, uint32_t kind)
{
	struct gbx_sink_block *b;

	if (s->n_blocks == GBX_BLOCKS_MAX) {
		gbx_sink_limit(s, GBX_WIRE_LIMIT_RECORDS);
		return NULL;
	}
	b = &s->block[s->n_blocks++];
	memset(b, 0, sizeof(*b));
	b->kind = kind;
	return b;
}

void
gbx_sink_close(struct gbx_sink *s, enum gbx_wire_status returned)
{
	/* The parser of a still may not have asked for more than one. */
	if (returned == GBX_WIRE_OK && s->total != 0 &&
	    s->task->first >= s->total)
		returned = GBX_WIRE_UNSUPPORTED;
	if (returned == GBX_WIRE_OK &&
	    !(gbx_sink_text_finish(s) && gbx_sink_records_finish(s) &&
		gbx_sink_frames_finish(s)))
		returned = GBX_WIRE_MALFORMED;
	if (s->limit == GBX_WIRE_LIMIT_NONE && returned != GBX_WIRE_OK &&
	    gbx_arena_exhausted())
		s->limit = GBX_WIRE_LIMIT_MEMORY;
	s->status = s->limit ? GBX_WIRE_LIMIT : returned;
	if (s->status != GBX_WIRE_OK) {
		s->out_dirty = s->out_used;
		s->out_used = s->out_start;
		s->n_blocks = 0;
		s->total = 0;
		s->degraded = false;
	}
	gbx_sink_image_free(s);
	if (s->colour.profile != NULL)
		s->colour.drop(s->colour.profile);
	gbx_sink_records_free(s);
	gbx_sink_frames_free(s);
}
