/* SPDX-License-Identifier: ISC */
/* The table of codes.def. Side: hostile. */
#ifndef GBX_AVIF_CODES_H
#define GBX_AVIF_CODES_H

#include <avif/avif.h>

#include "sandboxed_parsers/runtime/codes.h"

static const struct gbx_code gbx_avif_codes[] = {
#define GBX_CODE(code, means) {(int)code, GBX_MEANS_##means, #code},
#include "sandboxed_parsers/avif/codes.def"
#undef GBX_CODE
};
#define GBX_AVIF_CODES (sizeof(gbx_avif_codes) / sizeof(gbx_avif_codes[0]))

#endif
