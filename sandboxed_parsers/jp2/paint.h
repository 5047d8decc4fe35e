/* SPDX-License-Identifier: ISC */
/*
 * Decoded components of a JPEG 2000 picture as straight 8-bit RGBA.
 * Side: hostile; allocates nothing.
 */
#ifndef GBX_JP2_PAINT_H
#define GBX_JP2_PAINT_H

#include <stdbool.h>
#include <stdint.h>

#include <openjpeg-2.5/openjpeg.h>

struct gbx_jp2_paint {
	uint32_t width, height;
	unsigned n_colours; /* 1, 3 or 4 */
	bool ycc;
	bool premultiplied;
	const opj_image_comp_t *channel[4], *alpha; /* NULL: opaque */
};

/* The picture is as large as its finest component, of those that can be part of
 * it; as the header says, or as they were decoded. */
void gbx_jp2_measure(
    const opj_image_t *image, uint32_t *ret_width, uint32_t *ret_height);
/* Which components are which, after decoding; `boxed`: in a JP2 file, which
 * has boxes that say so. False: not of a kind that we read. */
bool gbx_jp2_paint_open(
    struct gbx_jp2_paint *p, const opj_image_t *image, bool boxed);
/* Do all of them have their samples? */
bool gbx_jp2_paint_whole(const struct gbx_jp2_paint *p);
void gbx_jp2_paint_row(const struct gbx_jp2_paint *p, uint32_t y, uint8_t *to);

#endif
