/* SPDX-License-Identifier: ISC */
/*
 * The sink's bytes: what an encoder writes, or a member of an archive, straight
 * into the output mapping.
 * Side: hostile. The gate checks what comes of it.
 */
#include <string.h>

#include "sandboxed_parsers/runtime/sink.h"

static struct gbx_sink_block *
bytes_block(struct gbx_sink *s)
{
	struct gbx_sink_block *b;
	uint64_t offset;

	if (s->n_blocks > 0)
		return &s->block[0];
	if (gbx_sink_reserve(s, 0, &offset) == NULL)
		return NULL;
	b = gbx_sink_add_block(s, GBX_WIRE_BYTES);
	if (b != NULL)
		b->offset = offset;
	return b;
}

uint8_t *
gbx_sink_file(struct gbx_sink *s, uint64_t length)
{
	struct gbx_sink_block *b;
	uint64_t offset;
	uint8_t *to;

	if (s->n_blocks > 0)
		return NULL;
	to = gbx_sink_reserve(s, length, &offset);
	b = to == NULL ? NULL : gbx_sink_add_block(s, GBX_WIRE_BYTES);
	if (b == NULL)
		return NULL;
	b->offset = offset;
	b->length = length;
	return to;
}

bool
gbx_sink_bytes(struct gbx_sink *s, const void *data, size_t length)
{
	struct gbx_sink_block *b = bytes_block(s);

	if (b == NULL)
		return false;
	if (length > s->out_size - s->out_used ||
	    length > s->task->limit[GBX_WIRE_LIMIT_OUTPUT] - s->out_bytes)
		return gbx_sink_limit(s, GBX_WIRE_LIMIT_OUTPUT);
	memcpy(s->out + s->out_used, data, length);
	s->out_used += length;
	s->out_bytes += length;
	b->length += length;
	return true;
}
