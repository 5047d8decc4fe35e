/* SPDX-License-Identifier: ISC */
/*
 * Truevision TGA, by code of ours, after the TGA 2.0 specification.
 * Side: hostile. Allocates nothing but the sink's canvas.
 *
 * TGA has no magic bytes: only what is declared to be one comes here, and the
 * header has to make sense in every field. What ends too soon is `degraded`.
 */
#include <string.h>

#include "base/bytes.h"
#include "sandboxed_parsers/runtime/parser.h"
#include "sandboxed_parsers/tga/samples.h"

#define HEADER_LEN 18u

enum {
	MAPPED = 1,
	COLOUR = 2,
	GRAY = 3,
	PACKED = 8 /* added to one of these: in packets */
};

struct reader {
	const uint8_t *data;
	size_t size, pos;
	struct gbx_sink *sink;
	uint32_t kind, width, height;
	bool packed, top_down, right_to_left;
	uint32_t bytes; /* of a pixel */
	bool alpha;
	const uint8_t *map;
	uint32_t map_first, map_length, map_bytes;
	bool map_alpha;
};

/* ---- one pixel ---------------------------------------------------------- */

static uint8_t
of_five(uint32_t v)
{
	return (uint8_t)(((v & 31) * 255 + 15) / 31);
}

static void
colour(const uint8_t *p, uint32_t bytes, bool alpha, uint8_t *to)
{
	uint32_t v;

	if (bytes == 2) {
		v = gbx_le16(p);
		to[0] = of_five(v >> 10);
		to[1] = of_five(v >> 5);
		to[2] = of_five(v);
		to[3] = alpha && !(v & 0x8000) ? 0 : 255;
		return;
	}
	to[0] = p[2];
	to[1] = p[1];
	to[2] = p[0];
	to[3] = bytes == 4 && alpha ? p[3] : 255;
}

static void
mapped(struct reader *r, uint32_t i, uint8_t *to)
{
	if (i < r->map_first || i - r->map_first >= r->map_length) {
		gbx_sink_degraded(r->sink);
		memcpy(to, "\0\0\0\xff", 4);
		return;
	}
	colour(r->map + (size_t)(i - r->map_first) * r->map_bytes, r->map_bytes,
	    r->map_alpha, to);
}

static void
pixel(struct reader *r, const uint8_t *p, uint8_t *to)
{
	switch (r->kind) {
	case MAPPED:
		mapped(r, r->bytes == 2 ? gbx_le16(p) : p[0], to);
		return;
	case GRAY:
		memset(to, p[0], 3);
		to[3] = r->bytes == 2 && r->alpha ? p[1] : 255;
		return;
	default:
		colour(p, r->bytes, r->alpha, to);
	}
}

/* ---- header ------------------------------------------------------------- */

/* 15 bits are stored as 16. */
static bool
colour_bits(uint32_t bits)
{
	return bits == 15 || bits == 16 || bits == 24 || bits == 32;
}

/* A map may be there and unused; its size counts all the same. */
static bool
read_map(struct reader *r, const uint8_t *h)
{
	size_t length;

	if (h[1] > 1 || (h[1] == 0 && r->kind == MAPPED))
		return false;
	if (h[1] == 0)
		return true;
	r->map_first = gbx_le16(h + 3);
	r->map_length = gbx_le16(h + 5);
	if (!colour_bits(h[7]))
		return false;
	r->map_bytes = (h[7] + 7u) / 8;
	r->map_alpha = h[7] == 32 || (h[7] == 16 && (h[17] & 15) > 0);
	length = (size_t)r->map_length * r->map_bytes;
	if (length > r->size - r->pos)
		return false;
	r->map = r->data + r->pos;
	r->pos += length;
	return true;
}

/* Bits 0-3 of the descriptor: how many of a pixel are alpha. */
static bool
read_depth(struct reader *r, uint32_t bits, uint32_t attributes)
{
	r->bytes = (bits + 7) / 8;
	r->alpha = attributes > 0;
	if (attributes > 8)
		return false;
	switch (r->kind) {
	case MAPPED:
		return bits == 8 || bits == 15 || bits == 16;
	case GRAY:
		return bits == 8 || (bits == 16 && attributes == 8);
	default:
		return colour_bits(bits);
	}
}

/* Kinds 32 and 33, of which no file is known, are left out. */
static enum gbx_wire_status
read_header(struct reader *r)
{
	const uint8_t *h = r->data;

	if (r->size < HEADER_LEN)
		return GBX_WIRE_MALFORMED;
	r->packed = h[2] & PACKED;
	r->kind = h[2] & ~(uint32_t)PACKED;
	if (r->kind < MAPPED || r->kind > GRAY)
		return h[2] == 32 || h[2] == 33 ? GBX_WIRE_UNSUPPORTED
						: GBX_WIRE_MALFORMED;
	r->width = gbx_le16(h + 12);
	r->height = gbx_le16(h + 14);
	r->top_down = h[17] & 0x20;
	r->right_to_left = h[17] & 0x10;
	r->pos = HEADER_LEN;
	if ((h[17] & 0xc0) != 0 || r->width == 0 || r->height == 0 ||
	    h[0] > r->size - r->pos)
		return GBX_WIRE_MALFORMED;
	r->pos += h[0]; /* the file's own name for itself */
	if (!read_map(r, h) || !read_depth(r, h[16], h[17] & 15))
		return GBX_WIRE_MALFORMED;
	return GBX_WIRE_OK;
}

/* ---- pixels ------------------------------------------------------------- */

/* Where pixel x of the file's row goes. */
static uint8_t *
place(const struct reader *r, uint8_t *row, uint32_t x)
{
	return row + (size_t)(r->right_to_left ? r->width - 1 - x : x) * 4;
}

static bool
read_rows(struct reader *r)
{
	size_t stride = (size_t)r->width * r->bytes;
	uint64_t given = (r->size - r->pos) / stride, at;
	const uint8_t *from;
	uint32_t x, y;
	uint8_t *row;

	if (given < r->height)
		gbx_sink_degraded(r->sink);
	for (y = 0; given > 0 && y < r->height; y++) {
		row = gbx_sink_row(r->sink, y);
		if (row == NULL)
			return false;
		at = r->top_down ? y : r->height - 1 - y;
		from = r->data + r->pos + at * stride;
		if (at >= given) /* written all the same: no hole in it */
			memset(row, 0, (size_t)r->width * 4);
		for (x = 0; at < given && x < r->width; x++)
			pixel(r, from + (size_t)x * r->bytes, place(r, row, x));
		if (!gbx_sink_row_done(r->sink, y))
			return false;
	}
	return given > 0;
}

/* Pixel number i of the file. */
static void
paint(struct reader *r, uint8_t *canvas, uint64_t i, const uint8_t *from)
{
	uint32_t x = (uint32_t)(i % r->width), y = (uint32_t)(i / r->width);

	if (!r->top_down)
		y = r->height - 1 - y;
	pixel(r, from, place(r, canvas + (size_t)y * r->width * 4, x));
}

/* Packets may run on from row to row: TGA 2.0 forbids what older writers
 * did. */
static bool
read_packets(struct reader *r)
{
	uint64_t i = 0, all = (uint64_t)r->width * r->height;
	uint32_t n, step, k;
	size_t stride, length;
	uint8_t *canvas = gbx_sink_canvas(r->sink, &stride);

	if (canvas == NULL)
		return false;
	while (i < all && r->pos < r->size) {
		n = (r->data[r->pos] & 0x7fu) + 1;
		step = r->data[r->pos] & 0x80 ? 0 : r->bytes;
		length = step > 0 ? (size_t)n * step : r->bytes;
		if (length > r->size - r->pos - 1)
			break;
		for (k = 0; k < n && i < all; k++, i++)
			paint(r, canvas, i,
			    r->data + r->pos + 1 + (size_t)k * step);
		r->pos += 1 + length;
	}
	if (i < all)
		gbx_sink_degraded(r->sink);
	return i > 0 && gbx_sink_canvas_done(r->sink);
}

/* A fourth byte that the descriptor says nothing of is alpha in every other
 * reader. Where it is 0 all over, nobody wrote it. */
static bool
any_alpha(const uint8_t *from, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (from[i * 4 + 3] != 0)
			return true;
	return false;
}

static bool
any_alpha_in_packets(const struct reader *r)
{
	size_t pos = r->pos, n;
	uint64_t left = (uint64_t)r->width * r->height;

	for (; pos < r->size && left > 0; pos += 1 + n * 4) {
		n = (r->data[pos] & 0x7fu) + 1;
		left -= n < left ? n : left;
		if (r->data[pos] & 0x80)
			n = 1;
		if (n * 4 > r->size - pos - 1)
			return false;
		if (any_alpha(r->data + pos + 1, n))
			return true;
	}
	return false;
}

static void
look_for_alpha(struct reader *r)
{
	uint64_t all = (uint64_t)r->width * r->height,
		 given = (r->size - r->pos) / 4;

	if (r->alpha || r->kind != COLOUR || r->bytes != 4)
		return;
	r->alpha = r->packed ? any_alpha_in_packets(r)
			     : any_alpha(r->data + r->pos,
				   (size_t)(given < all ? given : all));
}

static enum gbx_wire_status
run(const struct gbx_task *task, struct gbx_sink *sink)
{
	struct reader r = {
	    .data = task->data, .size = task->size, .sink = sink};
	enum gbx_wire_status status;

	gbx_sink_format(sink, GBX_FORMAT_TGA);
	if (task->first != 0)
		return GBX_WIRE_UNSUPPORTED;
	status = read_header(&r);
	if (status != GBX_WIRE_OK)
		return status;
	if (!gbx_sink_total(sink, 1) ||
	    !gbx_sink_image_begin(sink, r.width, r.height, 0))
		return GBX_WIRE_MALFORMED;
	if (!gbx_sink_wants_pixels(sink))
		return GBX_WIRE_OK;
	look_for_alpha(&r);
	return (r.packed ? read_packets(&r) : read_rows(&r)) &&
		       gbx_sink_image_end(sink)
		   ? GBX_WIRE_OK
		   : GBX_WIRE_MALFORMED;
}

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_TGA,
    .run = run,
    .samples = samples,
    .n_samples = sizeof(samples) / sizeof(samples[0]),
};
