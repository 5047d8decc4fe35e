/* SPDX-License-Identifier: ISC */
/*
 * The boxes around a JPEG XL codestream that say something of the picture.
 * Side: hostile.
 */
#ifndef GBX_JXL_BOXES_H
#define GBX_JXL_BOXES_H

#include "sandboxed_parsers/runtime/parser.h"

/* EXIF, and the size of XMP; what is Brotli-coded (`brob`) goes by its size. */
void gbx_jxl_metadata(struct gbx_sink *sink, const uint8_t *data, size_t size);

#endif
