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

/*
 * The codestream of a file that has a box with a size of 64 bits, which libjxl
 * 0.7 takes for a file that is cut off: a copy that
 * the caller frees. All of the file, and no copy, where no box is so. False:
 * no memory.
 */
bool gbx_jxl_codestream(const uint8_t *data, size_t size, uint8_t **ret_copy,
    const uint8_t **ret_data, size_t *ret_size);

#endif
