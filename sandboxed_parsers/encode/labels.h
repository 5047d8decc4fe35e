/* SPDX-License-Identifier: ISC */
/*
 * What may be written beside pixels, and nothing else: which way up, and what
 * the colours are in. All of it is ours: a number becomes an EXIF block of one
 * tag, a name a profile that was made before the lock. Side: hostile.
 */
#ifndef GBX_ENCODE_LABELS_H
#define GBX_ENCODE_LABELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GBX_ENCODE_EXIF_LEN 26

/* From the TIFF header on. */
void gbx_encode_exif(uint32_t orientation, uint8_t ret[GBX_ENCODE_EXIF_LEN]);

/* The profile of a named colour space (enum gbx_wire_colour), static. NULL for
 * sRGB and for what has no name: none is written. */
const uint8_t *gbx_encode_profile(uint32_t colour, size_t *ret_length);

/* Before the lock: make the profiles. */
void gbx_encode_make_profiles(void);

#endif
