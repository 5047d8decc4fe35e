/* SPDX-License-Identifier: ISC */
/*
 * Numbers as they lie in files. Side: both. The caller has checked that the
 * bytes are there.
 */
#ifndef GBX_BASE_BYTES_H
#define GBX_BASE_BYTES_H

#include <stdint.h>

static inline uint32_t
gbx_le16(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static inline uint32_t
gbx_le32(const uint8_t *p)
{
	return gbx_le16(p) | gbx_le16(p + 2) << 16;
}

static inline uint32_t
gbx_be16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static inline uint32_t
gbx_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

#endif
