/* SPDX-License-Identifier: ISC */
/*
 * Run-length coded bitmaps, of 4, 8 and (OS/2) 24 bits a pixel.
 * Side: hostile. Each step takes bytes of the input and paints at most 255
 * pixels; what lies beyond an edge is dropped. Pixels that nothing paints are
 * transparent.
 */
#include <string.h>

#include "sandboxed_parsers/bmp/dib.h"
#include "sandboxed_parsers/runtime/parser.h"

enum {
	END_OF_LINE = 0,
	END_OF_BITMAP = 1,
	DELTA = 2 /* larger numbers: so many pixels as they are */
};

struct run {
	const struct gbx_dib *dib;
	struct gbx_sink *sink;
	const uint8_t *data;
	size_t size, pos;
	uint8_t *canvas;
	size_t stride;
	uint64_t x, y; /* y in the order of the file */
};

static void
paint(struct run *r, const uint8_t rgba[4])
{
	uint64_t y;

	if (r->x < r->dib->width && r->y < r->dib->height) {
		y = r->dib->top_down ? r->y : r->dib->height - 1 - r->y;
		memcpy(r->canvas + y * r->stride + r->x * 4, rgba, 4);
	} else {
		gbx_sink_degraded(r->sink);
	}
	r->x++;
}

static void
paint_index(struct run *r, uint32_t i)
{
	uint8_t rgba[4];

	if (!gbx_bmp_colour(r->dib, i, rgba))
		gbx_sink_degraded(r->sink);
	paint(r, rgba);
}

static void
paint_bgr(struct run *r, const uint8_t *bgr)
{
	const uint8_t rgba[4] = {bgr[2], bgr[1], bgr[0], 255};

	paint(r, rgba);
}

/* Bytes that n pixels take where they stand as they are, without padding. */
static size_t
bytes_of(const struct run *r, uint32_t n)
{
	switch (r->dib->coding) {
	case GBX_DIB_RLE4:
		return (n + 1) / 2;
	case GBX_DIB_RLE24:
		return (size_t)n * 3;
	default:
		return n;
	}
}

/* Pixel i of those that start at p. In a run p holds one pixel, or for four
 * bits two, in turn. */
static void
paint_one(struct run *r, const uint8_t *p, uint32_t i, bool repeat)
{
	switch (r->dib->coding) {
	case GBX_DIB_RLE4:
		if (!repeat)
			p += i / 2;
		paint_index(r, i & 1 ? *p & 15u : *p >> 4);
		return;
	case GBX_DIB_RLE24:
		paint_bgr(r, repeat ? p : p + (size_t)i * 3);
		return;
	default:
		paint_index(r, repeat ? *p : p[i]);
	}
}

static bool
take(struct run *r, size_t n, const uint8_t **ret)
{
	if (n > r->size - r->pos)
		return false;
	*ret = r->data + r->pos;
	r->pos += n;
	return true;
}

static bool
repeat(struct run *r, uint32_t n)
{
	const uint8_t *p;
	uint32_t i;

	if (!take(r, r->dib->coding == GBX_DIB_RLE24 ? 3 : 1, &p))
		return false;
	for (i = 0; i < n; i++)
		paint_one(r, p, i, true);
	return true;
}

/* Padded to an even number of bytes, but for a last byte that is not there. */
static bool
copy(struct run *r, uint32_t n)
{
	const uint8_t *p;
	uint32_t i;

	if (!take(r, bytes_of(r, n), &p))
		return false;
	for (i = 0; i < n; i++)
		paint_one(r, p, i, false);
	if (bytes_of(r, n) & 1)
		take(r, 1, &p);
	return true;
}

/* False: the data end before the bitmap does. */
static bool
step(struct run *r, bool *ret_end)
{
	const uint8_t *p;

	if (!take(r, 1, &p))
		return false;
	if (*p > 0)
		return repeat(r, *p);
	if (!take(r, 1, &p))
		return false;
	switch (*p) {
	case END_OF_LINE:
		r->x = 0;
		r->y++;
		return true;
	case END_OF_BITMAP:
		*ret_end = true;
		return true;
	case DELTA:
		if (!take(r, 2, &p))
			return false;
		r->x += p[0];
		r->y += p[1];
		return true;
	default:
		return copy(r, *p);
	}
}

bool
gbx_bmp_rle(const struct gbx_dib *dib, const uint8_t *data, size_t size,
    struct gbx_sink *sink)
{
	struct run r = {.dib = dib, .sink = sink, .data = data, .size = size};
	bool end = false;

	if (size < 2)
		return false;
	r.canvas = gbx_sink_canvas(sink, &r.stride);
	if (r.canvas == NULL)
		return false;
	/* many files lack the end of the bitmap after the last line */
	while (!end && r.y < dib->height)
		if (!step(&r, &end)) {
			gbx_sink_degraded(sink);
			break;
		}
	return gbx_sink_canvas_done(sink);
}
