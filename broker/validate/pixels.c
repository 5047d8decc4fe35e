/* SPDX-License-Identifier: ISC */
/*
 * PIXELS: geometry, computed again from width and height alone.
 * Side: trusted. Never multiplies without a check. The pixels themselves can
 * hold no lie: any four bytes are a colour.
 */
#include "base/checked.h"
#include "broker/validate/check.h"

static uint32_t
pixel_size(uint32_t layout)
{
	return layout == GBX_WIRE_RGBA8 ? 4 : 0;
}

static enum gbx_gate_field
check_sides(const struct gbx_gate_job *job, const struct gbx_gate_block *block)
{
	uint32_t max_w = GBX_SIDE_MAX, max_h = GBX_SIDE_MAX;
	uint64_t pixels;

	if (job->op == GBX_WIRE_OP_THUMBNAIL && job->box_w < max_w)
		max_w = job->box_w;
	if (job->op == GBX_WIRE_OP_THUMBNAIL && job->box_h < max_h)
		max_h = job->box_h;
	if (block->width < 1 || block->width > max_w)
		return GBX_FIELD_RASTER_WIDTH;
	if (block->height < 1 || block->height > max_h)
		return GBX_FIELD_RASTER_HEIGHT;
	if (!gbx_mul_ok(block->width, block->height, &pixels) ||
	    pixels > job->limit[GBX_WIRE_LIMIT_PIXELS])
		return GBX_FIELD_RASTER_PIXELS;
	return GBX_FIELD_NONE;
}

/* A probe has geometry and no bytes. */
static enum gbx_gate_field
check_bytes(const struct gbx_gate_job *job, const struct gbx_gate_block *block)
{
	uint32_t size = pixel_size(block->layout);
	uint64_t stride, length;

	if (size == 0)
		return GBX_FIELD_RASTER_LAYOUT;
	if (job->op == GBX_WIRE_OP_PROBE)
		size = 0;
	if (!gbx_mul_ok(block->width, size, &stride) || block->stride != stride)
		return GBX_FIELD_RASTER_STRIDE;
	if (!gbx_mul_ok(stride, block->height, &length) ||
	    !gbx_mul_ok(length, block->frames, &length) ||
	    block->length != length)
		return GBX_FIELD_BLOCK_LENGTH;
	return GBX_FIELD_NONE;
}

/* A thumbnail stands upright and is sRGB, as far as that could be done (else it
 * is in other colours and says so), unless it was to stay as it is stored. */
static enum gbx_gate_field
check_stored(const struct gbx_gate_job *job, const struct gbx_gate_block *block)
{
	bool small = job->op == GBX_WIRE_OP_THUMBNAIL;

	if (block->orientation > 8 ||
	    (small && block->orientation != 0 &&
		!(job->want & GBX_WIRE_WANT_ORIENTATION)))
		return GBX_FIELD_RASTER_ORIENT;
	if (block->colour >= GBX_WIRE_COLOUR_COUNT ||
	    (small && block->colour > GBX_WIRE_COLOUR_SRGB &&
		block->colour != GBX_WIRE_COLOUR_OTHER &&
		!(job->want & GBX_WIRE_WANT_COLOUR)))
		return GBX_FIELD_RASTER_COLOUR;
	return GBX_FIELD_NONE;
}

enum gbx_gate_field
gbx_gate_pixels_block(
    const struct gbx_gate_job *job, const struct gbx_gate_block *block)
{
	enum gbx_gate_field field;

	field = check_sides(job, block);
	if (field == GBX_FIELD_NONE)
		field = check_bytes(job, block);
	if (field != GBX_FIELD_NONE)
		return field;
	if (block->duration_ms > GBX_DURATION_MAX)
		return GBX_FIELD_RASTER_DURATION;
	if (block->records != 0)
		return GBX_FIELD_BLOCK_RECORDS;
	return check_stored(job, block);
}
