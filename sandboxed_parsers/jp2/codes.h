/* SPDX-License-Identifier: ISC */
/* The table of codes.def. Side: hostile. */
#ifndef GBX_JP2_CODES_H
#define GBX_JP2_CODES_H

#include "sandboxed_parsers/runtime/codes.h"

static const struct gbx_code gbx_jp2_codes[] = {
#define GBX_CODE(text, means) {0, GBX_MEANS_##means, text},
#include "sandboxed_parsers/jp2/codes.def"
#undef GBX_CODE
};
#define GBX_JP2_CODES (sizeof(gbx_jp2_codes) / sizeof(gbx_jp2_codes[0]))

#endif
