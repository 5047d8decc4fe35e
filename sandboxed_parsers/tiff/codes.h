/* SPDX-License-Identifier: ISC */
/* The table of codes.def. Side: hostile. */
#ifndef GBX_TIFF_CODES_H
#define GBX_TIFF_CODES_H

#include "sandboxed_parsers/runtime/codes.h"

static const struct gbx_code gbx_tiff_codes[] = {
#define GBX_CODE(text, means) {0, GBX_MEANS_##means, text},
#include "sandboxed_parsers/tiff/codes.def"
#undef GBX_CODE
};
#define GBX_TIFF_CODES (sizeof(gbx_tiff_codes) / sizeof(gbx_tiff_codes[0]))

#endif
