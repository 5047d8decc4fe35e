/* SPDX-License-Identifier: ISC */
/*
 * Pictures in PQ and HLG (Rec. ITU-R BT.2100) as sRGB. Side: hostile.
 */
#ifndef GBX_RUNTIME_HDR_H
#define GBX_RUNTIME_HDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gbx_sink;

/* Code points of ITU-T H.273: 16 is PQ, 18 HLG. */
bool gbx_is_hdr(uint32_t transfer);

/* The sink's pixels are to be converted from these; unknown primaries are
 * BT.2020's. False: no memory. */
bool gbx_hdr_set(
    struct gbx_sink *s, uint32_t colour_primaries, uint32_t transfer);

/* The same of a profile that names PQ or HLG by code points; its curves are for
 * readers that know no more. False: it names neither. */
bool gbx_hdr_set_icc(struct gbx_sink *s, const uint8_t *profile, size_t length);

#endif
