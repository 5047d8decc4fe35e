/* SPDX-License-Identifier: ISC */
/*
 * What an Item may say, held against the job: status, format, limit, and which
 * blocks in which order at which place. What a block of one kind may say is in
 * that kind's own file.
 * Side: trusted. Believes nothing; a rule that is not here is a refusal.
 */
#include "base/checked.h"
#include "broker/validate/check.h"
#include "schemas/glovebox.pb-c.h"

const struct gbx_gate_format *
gbx_gate_format(uint32_t format)
{
	static const struct gbx_gate_format formats[GBX_FORMAT_COUNT] = {
#define GBX_FORMAT(num, ID, worker, name, ops, kinds, mime, suffix) \
	[num] = {GBX_WORKER_##worker, ops, kinds},
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

static bool
is_image(const struct gbx_gate_format *format)
{
	return format->kinds & GBX_MAY(PIXELS);
}

bool
gbx_gate_kind_fits(const struct gbx_gate_format *format, uint32_t op,
    uint32_t place, uint32_t kind)
{
	uint32_t want = GBX_WIRE_PIXELS;

	if (op == GBX_WIRE_OP_ENCODE)
		want = GBX_WIRE_BYTES;
	else if (op == GBX_WIRE_OP_TEXT)
		want = place == 0 ? GBX_WIRE_TEXT : GBX_WIRE_RECORDS;
	return kind == want && format->kinds & (1u << want);
}

/* How many blocks an accepted item has. */
static bool
count_fits(const struct gbx_gate_job *job, const struct gbx_gate_format *format,
    size_t n)
{
	switch (job->op) {
	case GBX_WIRE_OP_PROBE:
		return n == (is_image(format) ? 1 : 0);
	case GBX_WIRE_OP_DECODE:
		return n >= 1 && n <= job->count && n <= GBX_BLOCKS_MAX;
	case GBX_WIRE_OP_THUMBNAIL:
	case GBX_WIRE_OP_ENCODE:
		return n == 1;
	case GBX_WIRE_OP_TEXT:
		return n == 1 || n == 2;
	default:
		return false;
	}
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
}

static enum gbx_gate_field
check_kind(const struct gbx_gate_job *job, const struct gbx_gate_block *block)
{
	switch (block->kind) {
	case GBX_WIRE_PIXELS:
		return gbx_gate_pixels_block(job, block);
	case GBX_WIRE_TEXT:
		return gbx_gate_text_block(job, block);
	case GBX_WIRE_RECORDS:
		return gbx_gate_records_block(job, block);
	case GBX_WIRE_BYTES:
		return gbx_gate_bytes_block(block);
	default:
		return GBX_FIELD_BLOCK_KIND;
	}
}

/* Blocks lie one after another, each at the next aligned place. */
static enum gbx_gate_field
check_place(const struct gbx_gate_job *job, const struct gbx_gate_block *block,
    uint64_t *end, uint64_t *item_bytes)
{
	uint64_t start, stop, bytes;

	if (!gbx_round_up_ok(*end, GBX_ALIGN, &start) || block->offset != start)
		return GBX_FIELD_BLOCK_OFFSET;
	if (!gbx_add_ok(start, block->length, &stop) || stop > job->out_size)
		return GBX_FIELD_BLOCK_LENGTH;
	if (!gbx_add_ok(*item_bytes, block->length, &bytes) ||
	    bytes > job->limit[GBX_WIRE_LIMIT_OUTPUT])
		return GBX_FIELD_BLOCK_LENGTH;
	*end = stop;
	*item_bytes = bytes;
	return GBX_FIELD_NONE;
}

/* The frames that were asked for, in order and without a hole. */
static bool
index_fits(const struct gbx_gate_job *job, const Gbx__Wire__Item *item,
    const struct gbx_gate_block *block, uint32_t place)
{
	if (block->kind != GBX_WIRE_PIXELS)
		return block->index == 0;
	if (block->index != (uint64_t)job->first + place)
		return false;
	return item->total == 0 || block->index < item->total;
}

static enum gbx_gate_field
check_block(const struct gbx_gate_job *job, const Gbx__Wire__Item *item,
    uint32_t place, uint64_t *end, uint64_t *item_bytes)
{
	const Gbx__Wire__Block *wire = item->blocks[place];
	struct gbx_gate_block block;
	enum gbx_gate_field field;

	gbx_gate_block_copy(wire, &block);
	if (!gbx_gate_kind_fits(
		gbx_gate_format(item->format), job->op, place, block.kind))
		return GBX_FIELD_BLOCK_KIND;
	if ((wire->raster != NULL) != (block.kind == GBX_WIRE_PIXELS))
		return GBX_FIELD_BLOCK_RASTER;
	field = check_place(job, &block, end, item_bytes);
	if (field != GBX_FIELD_NONE)
		return field;
	if (!index_fits(job, item, &block, place))
		return GBX_FIELD_BLOCK_INDEX;
	if (block.duration_ms != 0 && item->total < 2)
		return GBX_FIELD_RASTER_DURATION;
	return check_kind(job, &block);
}

static enum gbx_gate_field
check_ok(
    const struct gbx_gate_job *job, const Gbx__Wire__Item *item, uint64_t *end)
{
	const struct gbx_gate_format *format = gbx_gate_format(item->format);
	enum gbx_gate_field field;
	uint64_t item_bytes = 0;
	uint32_t i;

	if (format == NULL || !gbx_gate_op_fits(format, job->op))
		return GBX_FIELD_ITEM_FORMAT;
	if (item->total > job->limit[is_image(format) ? GBX_WIRE_LIMIT_FRAMES
						      : GBX_WIRE_LIMIT_PAGES])
		return GBX_FIELD_ITEM_TOTAL;
	if (!count_fits(job, format, item->n_blocks))
		return GBX_FIELD_ITEM_BLOCKS;
	for (i = 0; i < item->n_blocks; i++) {
		field = check_block(job, item, i, end, &item_bytes);
		if (field != GBX_FIELD_NONE)
			return field;
	}
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
