/* SPDX-License-Identifier: ISC */
/*
 * A device-independent bitmap: what a BMP holds behind its file header, and an
 * icon behind its directory. Side: hostile. Allocates nothing.
 *
 * dib.c reads the header, rows.c packed rows, rle.c the run-length codings.
 */
#ifndef GBX_BMP_DIB_H
#define GBX_BMP_DIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schemas/limits.h"

struct gbx_sink;

enum gbx_dib_coding {
	GBX_DIB_ROWS,
	GBX_DIB_RLE4,
	GBX_DIB_RLE8,
	GBX_DIB_RLE24
};

struct gbx_dib {
	uint32_t width, height;
	bool top_down;
	uint32_t bits; /* of a pixel: 1, 2, 4, 8, 16, 24, 32 */
	enum gbx_dib_coding coding;
	uint32_t mask[4]; /* of 16 and 32 bits: R, G, B, A; a mask of 0: none */
	const uint8_t *palette; /* B, G, R, and one more if step is 4 */
	uint32_t n_colours, palette_step;
	uint64_t palette_end; /* from the header's first byte */
	uint64_t pixels_at;   /* the same; behind a palette that ends there */
};

/*
 * The header at the start of data, which is followed by masks and palette.
 * pixels_at: where, from there, the pixels are said to begin, which ends the
 * palette; 0: right after it. GBX_WIRE_OK, or why it can't be read.
 */
enum gbx_wire_status gbx_bmp_header(const uint8_t *data, size_t size,
    size_t pixels_at, struct gbx_dib *ret_dib);

/* Bytes of a row: a multiple of four. */
uint64_t gbx_bmp_stride(uint32_t width, uint32_t bits);

/* Some pixel of a whole row is not transparent, where there is such a mask. */
bool gbx_bmp_has_alpha(
    const struct gbx_dib *dib, const uint8_t *data, size_t size);
/* The pixels in data into a begun image of the sink. What is missing is
 * transparent and makes it degraded. */
bool gbx_bmp_rows(const struct gbx_dib *dib, const uint8_t *data, size_t size,
    struct gbx_sink *sink);
bool gbx_bmp_rle(const struct gbx_dib *dib, const uint8_t *data, size_t size,
    struct gbx_sink *sink);

/* Colour i of the palette, opaque; black where there is none: false. */
bool gbx_bmp_colour(const struct gbx_dib *dib, uint32_t i, uint8_t *ret_rgba);
/* One packed row into width RGBA pixels. False: an index out of range. */
bool gbx_bmp_unpack(const struct gbx_dib *dib, const uint8_t *row, uint8_t *to);

#endif
