/* SPDX-License-Identifier: ISC */
/*
 * The reply under construction: items as the sinks left them, packed into the
 * reply page at the end. Side: hostile.
 */
#ifndef GBX_RUNTIME_REPLY_H
#define GBX_RUNTIME_REPLY_H

#include "sandboxed_parsers/runtime/sink.h"
#include "schemas/glovebox.pb-c.h"

struct gbx_reply {
	Gbx__Wire__Reply wire;
	Gbx__Wire__Item *item_list[GBX_BATCH_MAX];
	Gbx__Wire__Item item[GBX_BATCH_MAX];
	Gbx__Wire__Block *block_list[GBX_REPLY_BLOCKS_MAX];
	Gbx__Wire__Block block[GBX_REPLY_BLOCKS_MAX];
	Gbx__Wire__Raster raster[GBX_REPLY_BLOCKS_MAX];
	uint32_t n_blocks;
};

/* nonce is borrowed until the commit. */
void gbx_reply_open(struct gbx_reply *r, const uint8_t *nonce);
/* Copies what it needs from a closed sink. */
void gbx_reply_add(struct gbx_reply *r, const struct gbx_sink *s);
/* Pack into the page; the length goes in last. A reply that does not fit is
 * not committed, which the broker takes for no reply. */
void gbx_reply_commit_to(struct gbx_reply *r, uint8_t *page);

#endif
