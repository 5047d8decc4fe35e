/* SPDX-License-Identifier: ISC */
/*
 * What a PNG's chunks say that libpng is not asked for. Side: hostile.
 */
#ifndef GBX_PNG_CHUNKS_H
#define GBX_PNG_CHUNKS_H

#include "sandboxed_parsers/png/walk.h"
#include "sandboxed_parsers/runtime/compose.h"
#include "sandboxed_parsers/runtime/parser.h"

enum gbx_png_dispose {
	GBX_PNG_DISPOSE_NONE = 0,
	GBX_PNG_DISPOSE_CLEAR = 1,
	GBX_PNG_DISPOSE_PREVIOUS = 2,
};
enum gbx_png_blend {
	GBX_PNG_BLEND_SOURCE = 0,
	GBX_PNG_BLEND_OVER = 1,
};

/* fcTL (PNG, third edition, 11.3.6.2). The area is as it stands there. */
struct gbx_png_control {
	uint32_t sequence;
	struct gbx_area area;
	uint64_t ms;
	uint8_t dispose, blend;
};

/* False: no fcTL, or one that says what can't be. */
bool gbx_png_control(
    const struct gbx_png_chunk *c, struct gbx_png_control *ret);

/* What stands before the image data, and the orientation. */
struct gbx_png_extras {
	/* 1 without acTL. An image that is no part of the animation counts,
	 * too: it is what those see who know nothing of animations. */
	uint32_t frames;
	bool animated; /* that image is the first frame of the animation */
	struct gbx_png_control first; /* then */
	uint32_t orientation;	      /* eXIf; 0 without it */
};

/* data[0..size) ends with the beginning of the image data, data[0..whole) with
 * the file: eXIf may stand behind the image. */
struct gbx_png_extras gbx_png_extras(
    const uint8_t *data, size_t size, size_t whole);

/* Tell the sink what the colours are: cICP, else iCCP, else sRGB, else gAMA
 * and cHRM (PNG, third edition, 4.3). The range is the same. */
void gbx_png_colours(struct gbx_sink *sink, const uint8_t *data, size_t size);

/* Texts, EXIF and the like, of the whole file. */
void gbx_png_metadata(struct gbx_sink *sink, const uint8_t *data, size_t size);

#endif
