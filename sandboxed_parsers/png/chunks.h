/* SPDX-License-Identifier: ISC */
/*
 * What a PNG's chunks say that libpng is not asked for. Side: hostile.
 */
#ifndef GBX_PNG_CHUNKS_H
#define GBX_PNG_CHUNKS_H

#include "sandboxed_parsers/runtime/parser.h"

/* What stands before the image. */
struct gbx_png_extras {
	uint32_t frames;      /* acTL; 1 without it */
	uint32_t orientation; /* eXIf; 0 without it */
};

/* data[0..size) ends with the beginning of the image data. */
struct gbx_png_extras gbx_png_extras(const uint8_t *data, size_t size);

/* Tell the sink what the colours are: cICP, else iCCP, else sRGB, else gAMA
 * (PNG, third edition, 4.3; cHRM is not looked at). The range is the same. */
void gbx_png_colours(struct gbx_sink *sink, const uint8_t *data, size_t size);

/* Texts, EXIF and the like, of the whole file. */
void gbx_png_metadata(struct gbx_sink *sink, const uint8_t *data, size_t size);

#endif
