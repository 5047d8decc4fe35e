/* SPDX-License-Identifier: ISC */
/*
 * Icons and cursors: a directory of pictures, each a bitmap without its file
 * header, or a PNG. The largest is read, of those the deepest.
 * Side: hostile. The bitmaps are read by bmp/, PNG by png/.
 */
#include <string.h>

#include "base/bytes.h"
#include "sandboxed_parsers/bmp/dib.h"
#include "sandboxed_parsers/ico/samples.h"
#include "sandboxed_parsers/png/png.h"
#include "sandboxed_parsers/runtime/parser.h"

#define HEADER_LEN 6u
#define ENTRY_LEN  16u
#define PNG_LEAST  33u /* signature and IHDR */
#define LEAST	   40u /* of any picture: a bitmap's header */

struct picture {
	const uint8_t *data;
	size_t size;
	bool png;
	uint64_t pixels;
	uint32_t bits;
};

/* ---- which one ---------------------------------------------------------- */

static bool
is_png(const uint8_t *data, size_t size)
{
	return size >= PNG_LEAST && memcmp(data, "\x89PNG\r\n\x1a\n", 8) == 0;
}

static void
measure_png(struct picture *p)
{
	static const uint8_t channels[8] = {1, 1, 3, 1, 2, 1, 4, 1};

	p->png = true;
	p->pixels = (uint64_t)gbx_be32(p->data + 16) * gbx_be32(p->data + 20);
	p->bits = (uint32_t)p->data[24] * channels[p->data[25] & 7];
}

/* The directory's own numbers are bytes, and often wrong: the picture's are
 * taken. */
static bool
measure(struct picture *p)
{
	struct gbx_dib dib;

	if (is_png(p->data, p->size)) {
		measure_png(p);
		return true;
	}
	if (gbx_bmp_header(p->data, p->size, 0, &dib) != GBX_WIRE_OK)
		return false;
	p->png = false;
	p->pixels = (uint64_t)dib.width * (dib.height / 2);
	p->bits = dib.bits;
	return true;
}

static bool
is_better(const struct picture *a, const struct picture *b)
{
	return a->pixels != b->pixels ? a->pixels > b->pixels
				      : a->bits > b->bits;
}

/* A picture that reaches past the end is cut off there; one that can't be so
 * short has a wrong length, which nobody else reads either. */
static bool
choose(const struct gbx_task *task, struct picture *ret_best)
{
	uint32_t n = gbx_le16(task->data + 4), i, at, length;
	struct picture p;
	bool found = false;

	for (i = 0; i < n; i++) {
		const uint8_t *e = task->data + HEADER_LEN + i * ENTRY_LEN;

		if (HEADER_LEN + (i + 1) * ENTRY_LEN > task->size)
			break;
		length = gbx_le32(e + 8);
		at = gbx_le32(e + 12);
		if (at >= task->size)
			continue;
		p.data = task->data + at;
		p.size = task->size - at;
		if (length >= LEAST && length < p.size)
			p.size = length;
		if (measure(&p) && (!found || is_better(&p, ret_best))) {
			*ret_best = p;
			found = true;
		}
	}
	return found;
}

/* ---- a bitmap ----------------------------------------------------------- */

/* Bit set: nothing is to be seen there. */
static void
mask_row(const uint8_t *mask, uint32_t width, uint8_t *row)
{
	uint32_t x;

	for (x = 0; x < width; x++)
		row[(size_t)x * 4 + 3] = mask[x / 8] & 0x80 >> x % 8 ? 0 : 255;
}

/* The colours, then, without alpha of their own, the mask. */
static bool
read_rows(const struct gbx_dib *dib, const uint8_t *data, size_t size,
    struct gbx_sink *sink)
{
	uint64_t stride = gbx_bmp_stride(dib->width, dib->bits);
	uint64_t mask_stride = gbx_bmp_stride(dib->width, 1);
	uint64_t mask_at = stride * dib->height, from;
	/* 32 bits without any are from before there was alpha in icons. */
	bool alpha = dib->bits == 32 && gbx_bmp_has_alpha(dib, data, size);
	uint8_t *row;
	uint32_t y, at;

	if (mask_at > size)
		return false;
	for (y = 0; y < dib->height; y++) {
		row = gbx_sink_row(sink, y);
		if (row == NULL)
			return false;
		at = dib->top_down ? y : dib->height - 1 - y;
		if (!gbx_bmp_unpack(dib, data + at * stride, row))
			gbx_sink_degraded(sink);
		from = mask_at + at * mask_stride;
		if (!alpha && mask_stride <= size && from <= size - mask_stride)
			mask_row(data + from, dib->width, row);
		else if (!alpha)
			gbx_sink_degraded(sink);
		if (!gbx_sink_row_done(sink, y))
			return false;
	}
	return true;
}

/* What is said to be 32 bits without masks has alpha here, other than in a
 * BMP. Its height counts colours and mask. */
static enum gbx_wire_status
read_bitmap(const struct picture *p, struct gbx_sink *sink)
{
	enum gbx_wire_status status;
	struct gbx_dib dib;

	status = gbx_bmp_header(p->data, p->size, 0, &dib);
	if (status != GBX_WIRE_OK)
		return status;
	if (dib.coding != GBX_DIB_ROWS)
		return GBX_WIRE_UNSUPPORTED;
	if (dib.bits == 32 && dib.mask[3] == 0)
		dib.mask[3] =
		    0xff000000 & ~(dib.mask[0] | dib.mask[1] | dib.mask[2]);
	dib.height /= 2;
	if (dib.palette_end > p->size || !gbx_sink_total(sink, 1) ||
	    !gbx_sink_image_begin(sink, dib.width, dib.height, 0))
		return GBX_WIRE_MALFORMED;
	if (!gbx_sink_wants_pixels(sink))
		return GBX_WIRE_OK;
	return read_rows(&dib, p->data + dib.palette_end,
		   p->size - (size_t)dib.palette_end, sink) &&
		       gbx_sink_image_end(sink)
		   ? GBX_WIRE_OK
		   : GBX_WIRE_MALFORMED;
}

/* ---- all of it ---------------------------------------------------------- */

static enum gbx_wire_status
read_png(
    const struct gbx_task *task, const struct picture *p, struct gbx_sink *sink)
{
	struct gbx_task inner = *task;
	enum gbx_wire_status status;

	inner.data = p->data;
	inner.size = p->size;
	status = gbx_png_read(&inner, sink);
	if (status == GBX_WIRE_OK)
		gbx_sink_total(sink, 1); /* whatever else an APNG has */
	return status;
}

static enum gbx_wire_status
run(const struct gbx_task *task, struct gbx_sink *sink)
{
	const uint8_t *h = task->data;
	struct picture best = {0};

	gbx_sink_format(sink, GBX_FORMAT_ICO);
	if (task->first != 0)
		return GBX_WIRE_UNSUPPORTED;
	if (task->size < HEADER_LEN || gbx_le16(h) != 0 ||
	    (gbx_le16(h + 2) != 1 && gbx_le16(h + 2) != 2))
		return GBX_WIRE_MALFORMED;
	if (!choose(task, &best))
		return GBX_WIRE_MALFORMED;
	return best.png ? read_png(task, &best, sink)
			: read_bitmap(&best, sink);
}

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_ICO,
    .run = run,
    .samples = samples,
    .n_samples = sizeof(samples) / sizeof(samples[0]),
};
