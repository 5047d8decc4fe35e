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
	uint32_t n_blocks;
	Gbx__Wire__Item *item_list[GBX_BATCH_MAX];
	Gbx__Wire__Block *block_list[GBX_REPLY_BLOCKS_MAX];
	/* Side by side, so that a small reply touches one page: pages are what
	 * a short life costs. */
	struct gbx_reply_slot {
		Gbx__Wire__Item item;
		Gbx__Wire__Block block;
		Gbx__Wire__Raster raster;
	} slot[GBX_REPLY_BLOCKS_MAX]; /* items use the first GBX_BATCH_MAX */
};

/* nonce is borrowed until the commit. */
void gbx_reply_open(struct gbx_reply *r, const uint8_t *nonce);
/* Copies what it needs from a closed sink. */
void gbx_reply_add(struct gbx_reply *r, const struct gbx_sink *s);
/* Pack into the page; the length goes in last. A reply that does not fit is
 * not committed, which the broker takes for no reply. */
void gbx_reply_commit_to(struct gbx_reply *r, uint8_t *page);

#endif
