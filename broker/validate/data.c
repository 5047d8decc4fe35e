/* SPDX-License-Identifier: ISC */
/*
 * The data area, once the envelope is accepted and nobody can write to it any
 * more: gaps, text, records, durations, bytes.
 * Side: trusted. Reads only inside the blocks that the envelope's check placed,
 * and the less than 64 bytes between two of them.
 */
#include "broker/validate/check.h"
#include "schemas/ops.h"

static bool
is_zero(const uint8_t *data, uint64_t from, uint64_t to)
{
	uint8_t any = 0;

	for (; from < to; from++)
		any |= data[from];
	return any == 0;
}

static enum gbx_gate_field
check_block(const struct gbx_gate_block *block, const uint8_t *data,
    struct gbx_gate_told *told, bool *bidi)
{
	const uint8_t *own = data + block->offset;

	switch (block->kind) {
	case GBX_WIRE_TEXT:
		return gbx_gate_text_data(own, block->length, bidi);
	case GBX_WIRE_RECORDS:
		return gbx_gate_records_data(block, data, told);
	case GBX_WIRE_BYTES:
		return gbx_gate_bytes_data(told->op, own, block->length);
	case GBX_WIRE_DURATIONS:
		return gbx_gate_durations_data(own, block->length);
	default: /* pixels: any bytes */
		return GBX_FIELD_NONE;
	}
}

/* What its blocks say together. */
static enum gbx_gate_field
check_told(const struct gbx_gate_item *item, const struct gbx_gate_told *told,
    bool bidi)
{
	if (bidi != ((told->flags & GBX_WIRE_FLAG_BIDI) != 0))
		return GBX_FIELD_TEXT_BIDI;
	if (gbx_op_rows[told->op].records & GBX_REC(MEMBER) &&
	    told->members != item->total)
		return GBX_FIELD_ITEM_TOTAL;
	return GBX_FIELD_NONE;
}

static enum gbx_gate_field
check_item(const struct gbx_gate_job *job, const struct gbx_gate_reply *reply,
    uint32_t index, const uint8_t *data, uint64_t *end)
{
	const struct gbx_gate_item *item = &reply->item[index];
	struct gbx_gate_told told = {
	    .op = job->op, .in_length = job->input[index].length};
	const struct gbx_gate_block *block;
	enum gbx_gate_field field;
	bool bidi = false;
	uint32_t i;

	for (i = 0; i < item->n_blocks; i++) {
		block = &reply->block[item->first_block + i];
		if (!is_zero(data, *end, block->offset))
			return GBX_FIELD_DATA_GAP;
		*end = block->offset + block->length;
		field = check_block(block, data, &told, &bidi);
		if (field != GBX_FIELD_NONE)
			return field;
	}
	return check_told(item, &told, bidi);
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
		field = check_item(job, reply, i, data, &end);
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
