/* SPDX-License-Identifier: ISC */
/* The table of codes.def. Side: hostile. */
#ifndef GBX_PNG_CODES_H
#define GBX_PNG_CODES_H

#include "sandboxed_parsers/runtime/codes.h"

static const struct gbx_code gbx_png_codes[] = {
#define GBX_CODE(text, means) {0, GBX_MEANS_##means, text},
#include "sandboxed_parsers/png/codes.def"
#undef GBX_CODE
};
#define GBX_PNG_CODES (sizeof(gbx_png_codes) / sizeof(gbx_png_codes[0]))

#endif
