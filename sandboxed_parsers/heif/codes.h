/* SPDX-License-Identifier: ISC */
/* The table of codes.def, and a message that has no code. Side: hostile. */
#ifndef GBX_HEIF_CODES_H
#define GBX_HEIF_CODES_H

#include <libheif/heif.h>

#include "sandboxed_parsers/runtime/codes.h"

static const struct gbx_code gbx_heif_codes[] = {
#define GBX_CODE(code, means) {(int)code, GBX_MEANS_##means, #code},
#include "sandboxed_parsers/heif/codes.def"
#undef GBX_CODE
};
#define GBX_HEIF_CODES (sizeof(gbx_heif_codes) / sizeof(gbx_heif_codes[0]))

/* One alpha or depth picture for several (ISO/IEC 14496-12, 8.11.12), as phones
 * write since 2024: libheif 1.15 doesn't read it, and says invalid input. */
#define GBX_HEIF_SHARED "Too many auxiliary image references"

#endif
