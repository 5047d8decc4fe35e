/* SPDX-License-Identifier: ISC */
/*
 * The two halves of gbx_png_read, under a guard of decoder.h. Side: hostile.
 */
#ifndef GBX_PNG_IMAGE_H
#define GBX_PNG_IMAGE_H

#include "sandboxed_parsers/png/chunks.h"
#include "sandboxed_parsers/png/decoder.h"

/* Header, limits, colours and metadata, which is all of a probe; then, where
 * pixels are wanted, these. False: a limit, or no memory. */
bool gbx_png_open_image(
    struct gbx_png_decoder *d, struct gbx_sink *sink, struct gbx_png_extras *x);
bool gbx_png_pixels(struct gbx_png_decoder *d, struct gbx_sink *sink);

#endif
