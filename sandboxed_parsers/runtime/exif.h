/* SPDX-License-Identifier: ISC */
/*
 * The orientation out of an EXIF block. Side: hostile; allocates nothing.
 */
#ifndef GBX_RUNTIME_EXIF_H
#define GBX_RUNTIME_EXIF_H

#include <stddef.h>
#include <stdint.h>

/* Tag 0x0112 of the first directory: 1..8, or 0 when it is not there or is
 * not well-formed. */
uint32_t gbx_exif_orientation(const uint8_t *exif, size_t size);

#endif
