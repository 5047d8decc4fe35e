/* SPDX-License-Identifier: ISC */
/*
 * Numbers as they lie in files. Side: both. The caller has checked that
 * there is room for them.
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

static inline void
gbx_put_le32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
}

static inline void
gbx_put_be32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

#endif
