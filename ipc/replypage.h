/* SPDX-License-Identifier: ISC */
/*
 * The reply page, last of the output memfd: u32 little-endian length, then
 * that many bytes. Side: both; each side calls its own half.
 */
#ifndef GBX_IPC_REPLYPAGE_H
#define GBX_IPC_REPLYPAGE_H

#include <stddef.h>
#include <stdint.h>

#include "schemas/limits.h"

/* Worker: where to pack, and the length last. */
static inline uint8_t *
gbx_reply_body(uint8_t page[GBX_REPLY_PAGE])
{
	return page + 4;
}

static inline void
gbx_reply_commit(uint8_t page[GBX_REPLY_PAGE], uint32_t length)
{
	page[0] = (uint8_t)length;
	page[1] = (uint8_t)(length >> 8);
	page[2] = (uint8_t)(length >> 16);
	page[3] = (uint8_t)(length >> 24);
}

/* Broker, on its own copy of the page: the length claimed, any value. */
static inline uint32_t
gbx_reply_raw_length(const uint8_t page[GBX_REPLY_PAGE])
{
	return (uint32_t)page[0] | (uint32_t)page[1] << 8 |
	       (uint32_t)page[2] << 16 | (uint32_t)page[3] << 24;
}

#endif
