/* SPDX-License-Identifier: ISC */
/*
 * One page of a TIFF: what its tags say, and its pixels.
 * Side: hostile. page.c reads the tags, inside.c what they don't say, depths.c
 * makes samples of any depth bytes and bytes pixels, read.c goes through strips
 * and tiles.
 */
#ifndef GBX_TIFF_PAGE_H
#define GBX_TIFF_PAGE_H

#include <tiffio.h>

#include "sandboxed_parsers/runtime/parser.h"

#define TIFF_CHANNELS_MAX 5 /* four inks and alpha */

struct gbx_tiff_page {
	uint32_t width, height, orientation;
	uint16_t bits, per_pixel; /* of a sample; samples of a pixel */
	uint16_t format;	  /* SAMPLEFORMAT_* */
	uint16_t photometric;
	bool planes; /* each sample in strips or tiles of its own */
	bool tiled;
	bool by_library; /* only libtiff's own conversion reads it */

	/* The samples that make up a pixel: inks or colours, then alpha. */
	unsigned n_colours, n_channels;
	uint16_t channel[TIFF_CHANNELS_MAX];
	bool premultiplied;
	uint8_t palette[256][3];
	uint8_t reduce[256]; /* samples of up to 8 bits, as bytes */
};

/* GBX_WIRE_OK, or why it can't be read. data: the whole file. */
enum gbx_wire_status gbx_tiff_page_open(
    TIFF *tif, const uint8_t *data, size_t size, struct gbx_tiff_page *p);

/* inside.c: a kind of JPEG that libjpeg decodes? */
bool gbx_tiff_jpeg_is_read(TIFF *tif, const uint8_t *data, size_t size);
/* The page at this offset only shows what a camera's raw picture is of, which
 * is not read. *ret_lost: it can't be returned to. */
bool gbx_tiff_is_preview(
    TIFF *tif, uint64_t page, const uint8_t *data, size_t size, bool *ret_lost);

/* n samples, packed as libtiff hands them out, as bytes: 0 to 255 for none to
 * full; of a palette, its indices. */
void gbx_tiff_unpack(
    const struct gbx_tiff_page *p, const uint8_t *from, uint8_t *to, size_t n);
/* n pixels; channel c of pixel x is from[c][x * step]. */
void gbx_tiff_paint(const struct gbx_tiff_page *p, const uint8_t *const *from,
    size_t step, uint8_t *to, uint32_t n);

/* All pixels into the sink. False: the sink or malloc refused, or nothing at
 * all could be read. *ret_damaged: some of it could not. */
bool gbx_tiff_read(TIFF *tif, const struct gbx_tiff_page *p,
    struct gbx_sink *sink, bool *ret_damaged);

#endif
