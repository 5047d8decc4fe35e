/* SPDX-License-Identifier: ISC */
/* The table of codes.def. Side: hostile. */
#ifndef GBX_WEBP_CODES_H
#define GBX_WEBP_CODES_H

#include <webp/decode.h>

#include "sandboxed_parsers/runtime/codes.h"

static const struct gbx_code gbx_webp_codes[] = {
#define GBX_CODE(code, means) {(int)code, GBX_MEANS_##means, #code},
#include "sandboxed_parsers/webp/codes.def"
#undef GBX_CODE
};
#define GBX_WEBP_CODES (sizeof(gbx_webp_codes) / sizeof(gbx_webp_codes[0]))

#endif
