/* SPDX-License-Identifier: ISC */
/*
 * The encoders of this worker, one a file. Side: hostile: the pixels were
 * chosen by whoever made the input, though nothing else was.
 */
#ifndef GBX_ENCODE_ENCODE_H
#define GBX_ENCODE_ENCODE_H

#include "sandboxed_parsers/runtime/parser.h"

struct gbx_encode_picture {
	uint32_t width, height;
	uint32_t quality;	      /* 1..100, 0: without loss */
	uint32_t orientation, colour; /* to be told; 0: not */
	const uint8_t *rgba;	      /* width x 4 bytes a row, no gaps */
};

/* False: no memory, or the sink is full. */
bool gbx_encode_png(
    const struct gbx_encode_picture *picture, struct gbx_sink *sink);
/* JPEG has no alpha: what is transparent lies on white. */
bool gbx_encode_jpeg(
    const struct gbx_encode_picture *picture, struct gbx_sink *sink);
bool gbx_encode_webp(
    const struct gbx_encode_picture *picture, struct gbx_sink *sink);

#endif
