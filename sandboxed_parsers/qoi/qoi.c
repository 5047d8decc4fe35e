/* SPDX-License-Identifier: ISC */
/*
 * QOI, after its specification of one page (qoiformat.org), by code of ours:
 * the library is a header that allocates the whole picture.
 * Side: hostile. Allocates nothing.
 *
 * What ends too soon, or does not end with the end marker, is `degraded`.
 */
#include <string.h>

#include "base/bytes.h"
#include "sandboxed_parsers/qoi/samples.h"
#include "sandboxed_parsers/runtime/parser.h"

#define HEADER_LEN 14
#define MARKER_LEN 8

/* Whole bytes, then the two high bits. */
enum {
	OP_RGB = 0xfe,
	OP_RGBA = 0xff,
	OP_INDEX = 0x00,
	OP_DIFF = 0x40,
	OP_LUMA = 0x80,
	OP_RUN = 0xc0,
	OP_BITS = 0xc0
};

struct pixel {
	uint8_t r, g, b, a;
};

struct reader {
	const uint8_t *data;
	size_t size, pos;
	struct pixel now, seen[64];
	unsigned run; /* how often `now` comes again */
	bool alpha;
};

static bool
take(struct reader *r, size_t n, const uint8_t **ret)
{
	if (n > r->size - r->pos)
		return false;
	*ret = r->data + r->pos;
	r->pos += n;
	return true;
}

/* ---- chunks ------------------------------------------------------------- */

static bool
whole(struct reader *r, bool alpha)
{
	const uint8_t *p;

	if (!take(r, alpha ? 4 : 3, &p))
		return false;
	r->now.r = p[0];
	r->now.g = p[1];
	r->now.b = p[2];
	if (alpha)
		r->now.a = p[3];
	return true;
}

static void
diff(struct pixel *to, uint8_t tag)
{
	to->r = (uint8_t)(to->r + (tag >> 4 & 3) - 2);
	to->g = (uint8_t)(to->g + (tag >> 2 & 3) - 2);
	to->b = (uint8_t)(to->b + (tag & 3) - 2);
}

static bool
luma(struct reader *r, uint8_t tag)
{
	const uint8_t *p;
	int green = (tag & 63) - 32;

	if (!take(r, 1, &p))
		return false;
	r->now.r = (uint8_t)(r->now.r + green + (*p >> 4) - 8);
	r->now.g = (uint8_t)(r->now.g + green);
	r->now.b = (uint8_t)(r->now.b + green + (*p & 15) - 8);
	return true;
}

static void
remember(struct reader *r)
{
	const struct pixel *p = &r->now;

	r->seen[(p->r * 3 + p->g * 5 + p->b * 7 + p->a * 11) % 64] = *p;
}

static bool
chunk(struct reader *r)
{
	const uint8_t *p;
	bool good = true;

	if (!take(r, 1, &p))
		return false;
	if (*p == OP_RGB || *p == OP_RGBA)
		good = whole(r, *p == OP_RGBA);
	else if ((*p & OP_BITS) == OP_INDEX)
		r->now = r->seen[*p & 63];
	else if ((*p & OP_BITS) == OP_DIFF)
		diff(&r->now, *p);
	else if ((*p & OP_BITS) == OP_LUMA)
		good = luma(r, *p);
	else
		r->run = *p & 63;
	if (good)
		remember(r);
	return good;
}

/* ---- rows --------------------------------------------------------------- */

/* How many pixels of the row there are; the rest becomes 0. */
static uint32_t
fill_row(struct reader *r, uint8_t *to, uint32_t width)
{
	uint32_t x;

	for (x = 0; x < width; x++, to += 4) {
		if (r->run > 0)
			r->run--;
		else if (!chunk(r))
			break;
		memcpy(to, &r->now, 4);
		if (!r->alpha)
			to[3] = 255;
	}
	memset(to, 0, (size_t)(width - x) * 4);
	return x;
}

static bool
read_rows(
    struct reader *r, uint32_t width, uint32_t height, struct gbx_sink *sink)
{
	uint64_t there = 0;
	uint8_t *row;
	uint32_t y;

	for (y = 0; y < height; y++) {
		row = gbx_sink_row(sink, y);
		if (row == NULL)
			return false;
		there += fill_row(r, row, width);
		if (there == 0 || !gbx_sink_row_done(sink, y))
			return false;
	}
	if (there < (uint64_t)width * height || r->size - r->pos < MARKER_LEN ||
	    memcmp(r->data + r->pos, "\0\0\0\0\0\0\0\1", MARKER_LEN) != 0)
		gbx_sink_degraded(sink);
	return true;
}

static enum gbx_wire_status
run(const struct gbx_task *task, struct gbx_sink *sink)
{
	struct reader r = {.data = task->data,
	    .size = task->size,
	    .pos = HEADER_LEN,
	    .now = {.a = 255}};
	const uint8_t *h = task->data;
	uint32_t width, height;

	gbx_sink_format(sink, GBX_FORMAT_QOI);
	if (task->first != 0)
		return GBX_WIRE_UNSUPPORTED;
	if (task->size < HEADER_LEN || memcmp(h, "qoif", 4) != 0 ||
	    (h[12] != 3 && h[12] != 4) || h[13] > 1)
		return GBX_WIRE_MALFORMED;
	width = gbx_be32(h + 4);
	height = gbx_be32(h + 8);
	r.alpha = h[12] == 4;
	if (!gbx_sink_total(sink, 1) ||
	    !gbx_sink_image_begin(sink, width, height, 0))
		return GBX_WIRE_MALFORMED;
	if (!gbx_sink_wants_pixels(sink))
		return GBX_WIRE_OK;
	return read_rows(&r, width, height, sink) && gbx_sink_image_end(sink)
		   ? GBX_WIRE_OK
		   : GBX_WIRE_MALFORMED;
}

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_QOI,
    .run = run,
    .samples = samples,
    .n_samples = sizeof(samples) / sizeof(samples[0]),
};
