/* SPDX-License-Identifier: ISC */
/*
 * What an Item may say, held against the job: status, format, limit, and each
 * block at its place. Which blocks there may be is in parts.c; what a block of
 * one kind may say is in that kind's own file.
 * Side: trusted. Believes nothing; a rule that is not here is a refusal.
 */
#include "base/checked.h"
#include "broker/validate/check.h"
#include "schemas/glovebox.pb-c.h"
#include "schemas/ops.h"

const struct gbx_gate_format *
gbx_gate_format(uint32_t format)
{
	static const struct gbx_gate_format formats[GBX_FORMAT_COUNT] = {
#define GBX_FORMAT(num, ID, worker, name, ops, kinds, unit, mime, suffix) \
	[num] = {GBX_WORKER_##worker, ops, kinds, GBX_WIRE_UNIT_##unit},
#include "schemas/formats.def"
	};

	if (format == GBX_FORMAT_NONE || format >= GBX_FORMAT_COUNT)
		return NULL;
	return &formats[format];
}

bool
gbx_gate_op_fits(const struct gbx_gate_format *format, uint32_t op)
{
	return op >= GBX_WIRE_OP_PROBE && op < GBX_WIRE_OP_COUNT &&
	       format->ops & (1u << op);
}

static uint32_t
unit_of(const struct gbx_gate_format *format, uint32_t op)
{
	uint32_t unit = gbx_op_rows[op].unit;

	return unit == GBX_WIRE_UNIT_FORMAT ? format->unit : unit;
}

uint32_t
gbx_gate_unit(uint32_t format, uint32_t op)
{
	const struct gbx_gate_format *row = gbx_gate_format(format);

	return row == NULL ? 0 : unit_of(row, op);
}

uint32_t
gbx_gate_total_limit(const struct gbx_gate_format *format, uint32_t op)
{
	switch (unit_of(format, op)) {
	case GBX_WIRE_UNIT_FRAMES:
		return GBX_WIRE_LIMIT_FRAMES;
	case GBX_WIRE_UNIT_PAGES:
		return GBX_WIRE_LIMIT_PAGES;
	default:
		return GBX_WIRE_LIMIT_MEMBERS;
	}
}

static bool
has_durations(const Gbx__Wire__Item *item)
{
	return item->blocks[item->n_blocks - 1]->kind == GBX_WIRE_DURATIONS;
}

/* A limit that only the broker or the kernel can run into is not the worker's
 * to name. */
static bool
limit_fits(uint32_t limit)
{
	switch (limit) {
	case GBX_WIRE_LIMIT_NONE:
	case GBX_WIRE_LIMIT_WALL:
	case GBX_WIRE_LIMIT_CPU:
	case GBX_WIRE_LIMIT_INPUT:
		return false;
	default:
		return limit < GBX_LIMIT_COUNT;
	}
}

void
gbx_gate_block_copy(
    const struct Gbx__Wire__Block *wire, struct gbx_gate_block *ret_block)
{
	*ret_block = (struct gbx_gate_block){
	    .kind = wire->kind,
	    .index = wire->index,
	    .offset = wire->offset,
	    .length = wire->length,
	    .records = wire->records,
	};
	if (wire->raster == NULL)
		return;
	ret_block->width = wire->raster->width;
	ret_block->height = wire->raster->height;
	ret_block->stride = wire->raster->stride;
	ret_block->layout = wire->raster->layout;
	ret_block->duration_ms = wire->raster->duration_ms;
	ret_block->orientation = wire->raster->orientation;
	ret_block->colour = wire->raster->colour;
	ret_block->frames =
	    wire->raster->frames == 0 ? 1 : wire->raster->frames;
}

/* One item, block by block. */
struct walk {
	const struct gbx_gate_job *job;
	const struct gbx_gate_format *format;
	const Gbx__Wire__Item *item;
	struct gbx_gate_place place;
	uint64_t end;	 /* of all data so far */
	uint64_t bytes;	 /* of this item's */
	uint64_t frames; /* so far */
};

static enum gbx_gate_field
check_kind(const struct walk *w, const struct gbx_gate_block *block)
{
	switch (block->kind) {
	case GBX_WIRE_PIXELS:
		return gbx_gate_pixels_block(w->job, block);
	case GBX_WIRE_DURATIONS:
		return gbx_gate_durations_block(block, w->frames);
	case GBX_WIRE_TEXT:
		return gbx_gate_text_block(w->job, block);
	case GBX_WIRE_RECORDS:
		return gbx_gate_records_block(w->job, block);
	case GBX_WIRE_BYTES:
		return gbx_gate_bytes_block(block);
	default:
		return GBX_FIELD_BLOCK_KIND;
	}
}

/* Blocks lie one after another, each at the next aligned place. */
static enum gbx_gate_field
check_place(struct walk *w, const struct gbx_gate_block *block)
{
	uint64_t start, stop, bytes;

	if (!gbx_round_up_ok(w->end, GBX_ALIGN, &start) ||
	    block->offset != start)
		return GBX_FIELD_BLOCK_OFFSET;
	if (!gbx_add_ok(start, block->length, &stop) || stop > w->job->out_size)
		return GBX_FIELD_BLOCK_LENGTH;
	if (!gbx_add_ok(w->bytes, block->length, &bytes) ||
	    bytes > w->job->limit[GBX_WIRE_LIMIT_OUTPUT])
		return GBX_FIELD_BLOCK_LENGTH;
	w->end = stop;
	w->bytes = bytes;
	return GBX_FIELD_NONE;
}

/* Nothing that is 1 by itself is written out. */
static bool
frames_fit(const struct walk *w, const Gbx__Wire__Raster *raster)
{
	return raster == NULL || raster->frames == 0 ||
	       (raster->frames > 1 && gbx_op_rows[w->job->op].many);
}

/* The frames that were asked for, in order and without a hole. */
static enum gbx_gate_field
check_index(struct walk *w, const struct gbx_gate_block *block)
{
	uint64_t past = (uint64_t)block->index + block->frames;

	if (block->kind != GBX_WIRE_PIXELS)
		return block->index == 0 ? GBX_FIELD_NONE
					 : GBX_FIELD_BLOCK_INDEX;
	/* A total that is not known is none that may be larger. */
	if (block->index != w->job->first + w->frames ||
	    past > w->job->limit[gbx_gate_total_limit(w->format, w->job->op)] ||
	    (w->item->total != 0 && past > w->item->total))
		return GBX_FIELD_BLOCK_INDEX;
	w->frames += block->frames;
	return w->frames <= w->job->count ? GBX_FIELD_NONE
					  : GBX_FIELD_RASTER_FRAMES;
}

/* Where there is one frame, nothing is shown for a time; where a block tells
 * the times, nothing else does. */
static bool
duration_fits(const struct walk *w, const struct gbx_gate_block *block)
{
	if (block->kind == GBX_WIRE_DURATIONS)
		return w->item->total > 1;
	return block->duration_ms == 0 ||
	       (w->item->total > 1 && block->frames == 1 &&
		   !has_durations(w->item));
}

static enum gbx_gate_field
check_block(struct walk *w, const Gbx__Wire__Block *wire)
{
	struct gbx_gate_block block;
	enum gbx_gate_field field;

	gbx_gate_block_copy(wire, &block);
	field = gbx_gate_next_part(w->job, w->format, block.kind, &w->place);
	if (field != GBX_FIELD_NONE)
		return field;
	if ((wire->raster != NULL) != (block.kind == GBX_WIRE_PIXELS))
		return GBX_FIELD_BLOCK_RASTER;
	field = check_place(w, &block);
	if (field != GBX_FIELD_NONE)
		return field;
	if (!frames_fit(w, wire->raster))
		return GBX_FIELD_RASTER_FRAMES;
	field = check_index(w, &block);
	if (field != GBX_FIELD_NONE)
		return field;
	if (!duration_fits(w, &block))
		return GBX_FIELD_RASTER_DURATION;
	return check_kind(w, &block);
}

static enum gbx_gate_field
check_ok(
    const struct gbx_gate_job *job, const Gbx__Wire__Item *item, uint64_t *end)
{
	const struct gbx_gate_format *format = gbx_gate_format(item->format);
	struct walk w = {
	    .job = job, .format = format, .item = item, .end = *end};
	enum gbx_gate_field field;
	uint32_t i;

	if (format == NULL || !gbx_gate_op_fits(format, job->op))
		return GBX_FIELD_ITEM_FORMAT;
	if (item->total > job->limit[gbx_gate_total_limit(format, job->op)])
		return GBX_FIELD_ITEM_TOTAL;
	if (gbx_gate_too_many(job, format, item))
		return GBX_FIELD_ITEM_BLOCKS;
	for (i = 0; i < item->n_blocks; i++) {
		field = check_block(&w, item->blocks[i]);
		if (field != GBX_FIELD_NONE)
			return field;
	}
	if (!gbx_gate_parts_end(job, format, &w.place))
		return GBX_FIELD_ITEM_BLOCKS;
	*end = w.end;
	return GBX_FIELD_NONE;
}

/* No result: nothing that could be taken for one. */
static enum gbx_gate_field
check_not_ok(const Gbx__Wire__Item *item)
{
	if (item->degraded)
		return GBX_FIELD_ITEM_DEGRADED;
	if (item->total != 0)
		return GBX_FIELD_ITEM_TOTAL;
	if (item->n_blocks != 0)
		return GBX_FIELD_ITEM_BLOCKS;
	return GBX_FIELD_NONE;
}

enum gbx_gate_field
gbx_gate_item(const struct gbx_gate_job *job,
    const struct Gbx__Wire__Item *wire, uint64_t *end)
{
	const struct gbx_gate_format *format = gbx_gate_format(wire->format);

	if (wire->status < GBX_WIRE_OK || wire->status > GBX_WIRE_LIMIT)
		return GBX_FIELD_ITEM_STATUS;
	if (wire->format != GBX_FORMAT_NONE &&
	    (format == NULL || format->worker != job->worker))
		return GBX_FIELD_ITEM_FORMAT;
	if (wire->status == GBX_WIRE_LIMIT ? !limit_fits(wire->limit)
					   : wire->limit != 0)
		return GBX_FIELD_ITEM_LIMIT;
	if (wire->status == GBX_WIRE_OK)
		return check_ok(job, wire, end);
	return check_not_ok(wire);
}
