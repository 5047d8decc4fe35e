/* SPDX-License-Identifier: ISC */
/*
 * What a GIF's extensions say beside how frames are painted. Side: hostile.
 */
#ifndef GBX_GIF_METADATA_H
#define GBX_GIF_METADATA_H

#include "sandboxed_parsers/runtime/parser.h"

/* An ICC profile, and where records are wanted comments and the size of XMP. */
void gbx_gif_metadata(struct gbx_sink *sink, const uint8_t *data, size_t size);

#endif
