/* SPDX-License-Identifier: ISC */
/* Packed rows of a bitmap, see dib.h. Side: hostile. */
#include <string.h>

#include "base/bytes.h"
#include "sandboxed_parsers/bmp/dib.h"
#include "sandboxed_parsers/runtime/parser.h"

uint64_t
gbx_bmp_stride(uint32_t width, uint32_t bits)
{
	return ((uint64_t)width * bits + 31) / 32 * 4;
}

bool
gbx_bmp_colour(const struct gbx_dib *dib, uint32_t i, uint8_t *ret_rgba)
{
	const uint8_t *bgr = dib->palette + (size_t)i * dib->palette_step;
	bool good = i < dib->n_colours;

	ret_rgba[0] = good ? bgr[2] : 0;
	ret_rgba[1] = good ? bgr[1] : 0;
	ret_rgba[2] = good ? bgr[0] : 0;
	ret_rgba[3] = 255;
	return good;
}

static bool
unpack_indices(const struct gbx_dib *dib, const uint8_t *row, uint8_t *to)
{
	uint32_t bits = dib->bits, mask = (1u << bits) - 1, x, at, i;
	bool good = true;

	for (x = 0; x < dib->width; x++, to += 4) {
		at = x % (8 / bits);
		i = (uint32_t)row[x / (8 / bits)] >> (8 - bits * (at + 1)) &
		    mask;
		good &= gbx_bmp_colour(dib, i, to);
	}
	return good;
}

/* A channel of up to 32 bits as eight, rounded. */
static uint8_t
channel(uint32_t pixel, uint32_t mask, uint8_t none)
{
	uint32_t v, most;
	int shift;

	if (mask == 0)
		return none;
	shift = __builtin_ctz(mask);
	v = (pixel & mask) >> shift;
	most = mask >> shift;
	return (uint8_t)(((uint64_t)v * 255 + most / 2) / most);
}

static void
unpack_fields(const struct gbx_dib *dib, const uint8_t *row, uint8_t *to)
{
	uint32_t x, v;

	for (x = 0; x < dib->width; x++, to += 4) {
		v = dib->bits == 16 ? gbx_le16(row + (size_t)x * 2)
				    : gbx_le32(row + (size_t)x * 4);
		to[0] = channel(v, dib->mask[0], 0);
		to[1] = channel(v, dib->mask[1], 0);
		to[2] = channel(v, dib->mask[2], 0);
		to[3] = channel(v, dib->mask[3], 255);
	}
}

static void
unpack_bgr(const struct gbx_dib *dib, const uint8_t *row, uint8_t *to)
{
	uint32_t x;

	for (x = 0; x < dib->width; x++, row += 3, to += 4) {
		to[0] = row[2];
		to[1] = row[1];
		to[2] = row[0];
		to[3] = 255;
	}
}

bool
gbx_bmp_unpack(const struct gbx_dib *dib, const uint8_t *row, uint8_t *to)
{
	if (dib->bits <= 8)
		return unpack_indices(dib, row, to);
	if (dib->bits == 24)
		unpack_bgr(dib, row, to);
	else
		unpack_fields(dib, row, to);
	return true;
}

bool
gbx_bmp_has_alpha(const struct gbx_dib *dib, const uint8_t *data, size_t size)
{
	uint64_t stride = gbx_bmp_stride(dib->width, dib->bits), y;
	size_t bytes = dib->bits / 8;
	const uint8_t *p;
	uint32_t x;

	if ((dib->bits != 16 && dib->bits != 32) || dib->mask[3] == 0)
		return false;
	for (y = 0; y < dib->height && (y + 1) * stride <= size; y++)
		for (p = data + y * stride, x = 0; x < dib->width; x++)
			if (((bytes == 2 ? gbx_le16(p + x * bytes)
					 : gbx_le32(p + x * bytes)) &
				dib->mask[3]) != 0)
				return true;
	return false;
}

/* How many rows there are; the last one may lack its padding. */
static uint64_t
rows_given(const struct gbx_dib *dib, size_t size)
{
	uint64_t stride = gbx_bmp_stride(dib->width, dib->bits);
	uint64_t needed = ((uint64_t)dib->width * dib->bits + 7) / 8;

	return size / stride + (size % stride >= needed);
}

bool
gbx_bmp_rows(const struct gbx_dib *from, const uint8_t *data, size_t size,
    struct gbx_sink *sink)
{
	uint64_t stride = gbx_bmp_stride(from->width, from->bits);
	uint64_t given = rows_given(from, size), at;
	struct gbx_dib plain = *from;
	const struct gbx_dib *dib = &plain;
	uint8_t *row;
	uint32_t y;

	/* Where nothing would be seen the channel is one that nobody filled. */
	if (!gbx_bmp_has_alpha(from, data, size))
		plain.mask[3] = 0;
	if (given == 0)
		return false;
	if (given < dib->height)
		gbx_sink_degraded(sink);
	for (y = 0; y < dib->height; y++) {
		row = gbx_sink_row(sink, y);
		if (row == NULL)
			return false;
		at = dib->top_down ? y : dib->height - 1 - y;
		if (at >= given) /* written all the same: no hole in it */
			memset(row, 0, (size_t)dib->width * 4);
		else if (!gbx_bmp_unpack(dib, data + at * stride, row))
			gbx_sink_degraded(sink);
		if (!gbx_sink_row_done(sink, y))
			return false;
	}
	return true;
}
