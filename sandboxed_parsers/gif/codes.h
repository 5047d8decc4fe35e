/* SPDX-License-Identifier: ISC */
/* The table of codes.def. Side: hostile. */
#ifndef GBX_GIF_CODES_H
#define GBX_GIF_CODES_H

#include <gif_lib.h>

#include "sandboxed_parsers/runtime/codes.h"

static const struct gbx_code gbx_gif_codes[] = {
#define GBX_CODE(code, means) {code, GBX_MEANS_##means, #code},
#include "sandboxed_parsers/gif/codes.def"
#undef GBX_CODE
};
#define GBX_GIF_CODES (sizeof(gbx_gif_codes) / sizeof(gbx_gif_codes[0]))

#endif
