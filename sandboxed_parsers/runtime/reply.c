/* SPDX-License-Identifier: ISC */
/*
 * The reply under construction. Side: hostile.
 */
#include "sandboxed_parsers/runtime/reply.h"
#include "ipc/replypage.h"

void
gbx_reply_open(struct gbx_reply *r, const uint8_t *nonce)
{
	/* The arrays are set as they are used: a page not touched is a page not
	 * paid for. */
	r->n_blocks = 0;
	gbx__wire__reply__init(&r->wire);
	r->wire.nonce.data = (uint8_t *)nonce;
	r->wire.nonce.len = GBX_NONCE_LEN;
	r->wire.items = r->item_list;
}

static void
add_block(
    struct gbx_reply *r, Gbx__Wire__Item *item, const struct gbx_sink_block *b)
{
	uint32_t i = r->n_blocks;
	Gbx__Wire__Block *block;
	Gbx__Wire__Raster *raster;

	if (i == GBX_REPLY_BLOCKS_MAX)
		return;
	block = &r->slot[i].block;
	raster = &r->slot[i].raster;
	gbx__wire__block__init(block);
	block->kind = b->kind;
	block->offset = b->offset;
	block->length = b->length;
	block->index = b->index;
	block->records = b->records;
	if (b->kind == GBX_WIRE_PIXELS) {
		gbx__wire__raster__init(raster);
		raster->width = b->width;
		raster->height = b->height;
		raster->stride = b->stride;
		raster->layout = b->layout;
		raster->duration_ms = b->duration_ms;
		raster->orientation = b->orientation;
		raster->colour = b->colour;
		raster->frames = b->frames > 1 ? b->frames : 0;
		block->raster = raster;
	}
	r->block_list[i] = block;
	if (item->n_blocks++ == 0)
		item->blocks = &r->block_list[i];
	r->n_blocks++;
}

void
gbx_reply_add(struct gbx_reply *r, const struct gbx_sink *s)
{
	size_t i = r->wire.n_items;
	Gbx__Wire__Item *item = &r->slot[i].item;
	uint32_t b;

	if (i == GBX_BATCH_MAX)
		return;
	gbx__wire__item__init(item);
	item->status = s->status;
	item->format = s->format;
	item->limit = s->status == GBX_WIRE_LIMIT ? s->limit : 0;
	item->degraded = s->degraded;
	item->total = s->total;
	for (b = 0; b < s->n_blocks; b++)
		add_block(r, item, &s->block[b]);
	r->item_list[i] = item;
	r->wire.n_items++;
}

void
gbx_reply_commit_to(struct gbx_reply *r, uint8_t *page)
{
	size_t length = gbx__wire__reply__get_packed_size(&r->wire);

	if (length > GBX_REPLY_MAX)
		return;
	gbx__wire__reply__pack(&r->wire, gbx_reply_body(page));
	gbx_reply_commit(page, (uint32_t)length);
}
