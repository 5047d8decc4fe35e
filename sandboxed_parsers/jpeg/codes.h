/* SPDX-License-Identifier: ISC */
/* The table of codes.def. Side: hostile. */
#ifndef GBX_JPEG_CODES_H
#define GBX_JPEG_CODES_H

#include <stdio.h> /* jpeglib.h wants it first */

#include <jpeglib.h>

#include <jerror.h> /* its numbers go by jpeglib.h's version */

#include "sandboxed_parsers/runtime/codes.h"

static const struct gbx_code gbx_jpeg_codes[] = {
#define GBX_CODE(code, means) {code, GBX_MEANS_##means, #code},
#include "sandboxed_parsers/jpeg/codes.def"
#undef GBX_CODE
};
#define GBX_JPEG_CODES (sizeof(gbx_jpeg_codes) / sizeof(gbx_jpeg_codes[0]))

#endif
