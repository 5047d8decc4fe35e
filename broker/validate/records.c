/* SPDX-License-Identifier: ISC */
/*
 * RECORDS: properties, flags and members, each a varint length and a Record
 * message in canonical form, one after another without a byte between or behind
 * them. What a member may say is in member.c.
 * Side: trusted. Never allocates; strings stay where they are.
 */
#include "base/checked.h"
#include "broker/validate/check.h"
#include "schemas/ops.h"

/* A length, a tag and a kind: no canonical record is smaller. The largest has
 * a length of two bytes. */
#define RECORD_MIN  3
#define RECORD_MOST (2 + GBX_RECORD_MAX)

enum gbx_gate_field
gbx_gate_records_block(
    const struct gbx_gate_job *job, const struct gbx_gate_block *block)
{
	uint64_t most = job->limit[GBX_WIRE_LIMIT_RECORDS];

	/* Members have a limit of their own, held by the item's total. */
	if (gbx_op_rows[job->op].records & GBX_REC(MEMBER) &&
	    !gbx_add_ok(most, job->limit[GBX_WIRE_LIMIT_MEMBERS], &most))
		return GBX_FIELD_BLOCK_RECORDS;
	if (block->records < 1 || block->records > most ||
	    block->records > block->length / RECORD_MIN ||
	    block->length / RECORD_MOST > block->records)
		return GBX_FIELD_BLOCK_RECORDS;
	return GBX_FIELD_NONE;
}

static void
copy_record(
    const struct gbx_gate_value *value, struct gbx_gate_record *ret_record)
{
	*ret_record = (struct gbx_gate_record){
	    .kind = (uint32_t)value[1].num,
	    .parent = (uint32_t)value[2].num,
	    .name = value[3].bytes ? (const char *)value[3].bytes : "",
	    .name_length = (uint32_t)value[3].num,
	    .offset = value[4].num,
	    .bytes = value[5].num,
	    .packed = value[6].num,
	    .flags = (uint32_t)value[7].num,
	    .value = value[8].bytes ? (const char *)value[8].bytes : "",
	    .value_length = (uint32_t)value[8].num,
	    .type = (uint32_t)value[9].num,
	    .raw = value[10].bytes,
	    .raw_length = (uint32_t)value[10].num,
	};
}

/* The record at data[*pos..end); moves *pos behind it. */
static enum gbx_gate_field
next_record(const uint8_t *data, size_t *pos, size_t end,
    struct gbx_gate_record *ret_record)
{
	struct gbx_gate_scan scan;
	enum gbx_gate_field field;
	uint64_t length;
	size_t n;

	n = gbx_gate_varint(data, *pos, end, &length);
	if (n == 0 || length == 0 || length > GBX_RECORD_MAX ||
	    length > end - *pos - n)
		return GBX_FIELD_RECORD_LENGTH;
	*pos += n;
	field =
	    gbx_gate_scan(GBX_MSG_RECORD, data + *pos, (size_t)length, &scan);
	if (field != GBX_FIELD_NONE)
		return field;
	*pos += (size_t)length;
	copy_record(scan.value, ret_record);
	return GBX_FIELD_NONE;
}

static enum gbx_gate_field
check_not_member(const struct gbx_gate_record *r)
{
	if (r->offset != 0)
		return GBX_FIELD_RECORD_OFFSET;
	if (r->bytes != 0)
		return GBX_FIELD_RECORD_SIZE;
	if (r->packed != 0)
		return GBX_FIELD_RECORD_PACKED;
	if (r->type != 0)
		return GBX_FIELD_RECORD_TYPE;
	if (r->raw_length != 0)
		return GBX_FIELD_RECORD_RAW;
	return GBX_FIELD_NONE;
}

static enum gbx_gate_field
check_property(const struct gbx_gate_record *r)
{
	if (r->name_length == 0 ||
	    !gbx_gate_is_label((const uint8_t *)r->name, r->name_length))
		return GBX_FIELD_RECORD_NAME;
	if (!gbx_gate_is_label((const uint8_t *)r->value, r->value_length))
		return GBX_FIELD_RECORD_VALUE;
	if (r->flags != 0)
		return GBX_FIELD_RECORD_FLAGS;
	return check_not_member(r);
}

static enum gbx_gate_field
check_flag(const struct gbx_gate_record *r, uint32_t *flags)
{
	if (r->parent != 0)
		return GBX_FIELD_RECORD_PARENT;
	if (r->name_length != 0)
		return GBX_FIELD_RECORD_NAME;
	if (r->value_length != 0)
		return GBX_FIELD_RECORD_VALUE;
	if (__builtin_popcount(r->flags) != 1 ||
	    (r->flags & ~(uint32_t)GBX_WIRE_FLAG_ALL) != 0 ||
	    (r->flags & *flags) != 0)
		return GBX_FIELD_RECORD_FLAGS;
	*flags |= r->flags;
	return check_not_member(r);
}

/* Which kinds an operation may send is its row in ops.def: flags come from who
 * read all of a document alone. */
static enum gbx_gate_field
check_record(
    const struct gbx_gate_record *r, uint32_t index, struct gbx_gate_told *told)
{
	/* 0, or 1 + the index of an earlier one. */
	if (r->parent > index)
		return GBX_FIELD_RECORD_PARENT;
	if (r->kind >= GBX_WIRE_REC_COUNT ||
	    (gbx_op_rows[told->op].records & (1u << r->kind)) == 0)
		return GBX_FIELD_RECORD_KIND;
	switch (r->kind) {
	case GBX_WIRE_REC_PROPERTY:
		return check_property(r);
	case GBX_WIRE_REC_FLAG:
		return check_flag(r, &told->flags);
	default:
		told->members++;
		return gbx_gate_member(r, told->in_length);
	}
}

enum gbx_gate_field
gbx_gate_records_data(const struct gbx_gate_block *block, const uint8_t *data,
    struct gbx_gate_told *told)
{
	size_t pos = (size_t)block->offset;
	size_t end = pos + (size_t)block->length;
	enum gbx_gate_field field;
	struct gbx_gate_record r;
	uint32_t i;

	for (i = 0; i < block->records; i++) {
		if (pos == end)
			return GBX_FIELD_RECORD_COUNT;
		field = next_record(data, &pos, end, &r);
		if (field == GBX_FIELD_NONE)
			field = check_record(&r, i, told);
		if (field != GBX_FIELD_NONE)
			return field;
	}
	return pos == end ? GBX_FIELD_NONE : GBX_FIELD_RECORD_COUNT;
}

bool
gbx_gate_records(const struct gbx_gate_block *block, const uint8_t *data,
    uint64_t *pos, uint32_t n, struct gbx_gate_record *ret_last)
{
	size_t end = (size_t)block->offset + (size_t)block->length;
	struct gbx_gate_record r;
	size_t at;

	if (*pos > block->length)
		return false;
	at = (size_t)block->offset + (size_t)*pos;
	for (; n > 0; n--)
		if (next_record(data, &at, end, &r) != GBX_FIELD_NONE)
			return false;
	*pos = at - block->offset;
	*ret_last = r;
	return true;
}
