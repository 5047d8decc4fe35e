/* SPDX-License-Identifier: ISC */
/*
 * The data area, once the envelope is accepted and nobody can write to it any
 * more: gaps, text, records, durations, bytes.
 * Side: trusted. Reads only inside the blocks that the envelope's check placed,
 * and the less than 64 bytes between two of them.
 */
#include "broker/validate/check.h"

static bool
is_zero(const uint8_t *data, uint64_t from, uint64_t to)
{
	uint8_t any = 0;

	for (; from < to; from++)
		any |= data[from];
	return any == 0;
}

static enum gbx_gate_field
check_block(const struct gbx_gate_job *job, const struct gbx_gate_block *block,
    const uint8_t *data, uint32_t *flags, bool *bidi)
{
	const uint8_t *own = data + block->offset;

	switch (block->kind) {
	case GBX_WIRE_TEXT:
		return gbx_gate_text_data(own, block->length, bidi);
	case GBX_WIRE_RECORDS:
		return gbx_gate_records_data(job->op, block, data, flags);
	case GBX_WIRE_BYTES:
		return gbx_gate_bytes_data(own, block->length);
	case GBX_WIRE_DURATIONS:
		return gbx_gate_durations_data(own, block->length);
	default: /* pixels: any bytes */
		return GBX_FIELD_NONE;
	}
}

static enum gbx_gate_field
check_item(const struct gbx_gate_job *job, const struct gbx_gate_reply *reply,
    const struct gbx_gate_item *item, const uint8_t *data, uint64_t *end)
{
	const struct gbx_gate_block *block;
	enum gbx_gate_field field;
	uint32_t i, flags = 0;
	bool bidi = false;

	for (i = 0; i < item->n_blocks; i++) {
		block = &reply->block[item->first_block + i];
		if (!is_zero(data, *end, block->offset))
			return GBX_FIELD_DATA_GAP;
		*end = block->offset + block->length;
		field = check_block(job, block, data, &flags, &bidi);
		if (field != GBX_FIELD_NONE)
			return field;
	}
	if (bidi != ((flags & GBX_WIRE_FLAG_BIDI) != 0))
		return GBX_FIELD_TEXT_BIDI;
	return GBX_FIELD_NONE;
}

static enum gbx_gate_field
check_data(const struct gbx_gate_job *job, const struct gbx_gate_reply *reply,
    const uint8_t *data, size_t size)
{
	enum gbx_gate_field field;
	uint64_t end = 0;
	uint32_t i;

	if (size < reply->data_end)
		return GBX_FIELD_DATA_SIZE;
	for (i = 0; i < reply->n_items; i++) {
		field = check_item(job, reply, &reply->item[i], data, &end);
		if (field != GBX_FIELD_NONE)
			return field;
	}
	return GBX_FIELD_NONE;
}

const char *
gbx_gate_data(const struct gbx_gate_job *job,
    const struct gbx_gate_reply *reply, const uint8_t *data, size_t size)
{
	return gbx_gate_field_name(check_data(job, reply, data, size));
}
