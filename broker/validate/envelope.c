/* SPDX-License-Identifier: ISC */
/*
 * The envelope of a reply: cap, scan, unpack, prove the form, check, and only
 * then copy out.
 * Side: trusted. Never gives the caller a number that was not checked, and
 * writes nothing at all when it refuses.
 */
#include <string.h>

#include "broker/validate/check.h"
#include "schemas/glovebox.pb-c.h"

static enum gbx_gate_field
check_reply(const struct gbx_gate_job *job, const Gbx__Wire__Reply *reply)
{
	enum gbx_gate_field field;
	uint64_t end = 0;
	size_t i;

	if (reply->nonce.len != GBX_NONCE_LEN ||
	    memcmp(reply->nonce.data, job->nonce, GBX_NONCE_LEN) != 0)
		return GBX_FIELD_NONCE;
	for (i = 0; i < reply->n_items; i++) {
		field = gbx_gate_item(job, reply->items[i], &end);
		if (field != GBX_FIELD_NONE)
			return field;
	}
	return GBX_FIELD_NONE;
}

static void
copy_item(const Gbx__Wire__Item *wire, struct gbx_gate_reply *ret_reply)
{
	struct gbx_gate_item *item = &ret_reply->item[ret_reply->n_items++];
	struct gbx_gate_block *block;
	size_t i;

	*item = (struct gbx_gate_item){
	    .status = wire->status,
	    .format = wire->format,
	    .limit = wire->limit,
	    .degraded = wire->degraded,
	    .total = wire->total,
	    .first_block = ret_reply->n_blocks,
	    .n_blocks = (uint32_t)wire->n_blocks,
	};
	for (i = 0; i < wire->n_blocks; i++) {
		block = &ret_reply->block[ret_reply->n_blocks++];
		gbx_gate_block_copy(wire->blocks[i], block);
		ret_reply->data_end = block->offset + block->length;
	}
}

static void
copy_reply(const Gbx__Wire__Reply *wire, struct gbx_gate_reply *ret_reply)
{
	size_t i;

	ret_reply->n_items = 0;
	ret_reply->n_blocks = 0;
	ret_reply->data_end = 0;
	for (i = 0; i < wire->n_items; i++)
		copy_item(wire->items[i], ret_reply);
}

static enum gbx_gate_field
open_reply(const struct gbx_gate_job *job, const uint8_t *wire, size_t length,
    struct gbx_gate_reply *ret_reply)
{
	struct Gbx__Wire__Reply *reply;
	enum gbx_gate_field field;
	struct gbx_gate_scan scan;

	if (job->n_inputs == 0 || job->n_inputs > GBX_BATCH_MAX)
		return GBX_FIELD_JOB;
	if (length == 0 || length > GBX_REPLY_MAX)
		return GBX_FIELD_REPLY_LENGTH;
	field = gbx_gate_scan(GBX_MSG_REPLY, wire, length, &scan);
	if (field != GBX_FIELD_NONE)
		return field;
	if (scan.seen[GBX_MSG_ITEM] != job->n_inputs)
		return GBX_FIELD_ITEMS;
	field = gbx_gate_unpack(wire, length, &reply);
	if (field != GBX_FIELD_NONE)
		return field;
	field = check_reply(job, reply);
	if (field == GBX_FIELD_NONE)
		copy_reply(reply, ret_reply);
	gbx_gate_unpack_free(reply);
	return field;
}

const char *
gbx_gate_open(const struct gbx_gate_job *job, const uint8_t *wire,
    size_t length, struct gbx_gate_reply *ret_reply)
{
	return gbx_gate_field_name(open_reply(job, wire, length, ret_reply));
}
