/* SPDX-License-Identifier: ISC */
/*
 * The first look at a message from a worker: is it canonical protobuf of our
 * schema? One loop over a table, so that nothing a worker writes can make it
 * recurse, allocate or run longer than its length.
 * Side: trusted. Never follows an offset, never reads past the given range.
 *
 * The encoding: https://protobuf.dev/programming-guides/encoding/
 */
#include "broker/validate/check.h"

enum type {
	NUM32 = 1,
	NUM64,
	BOOL,
	BYTES,
	MESSAGE,
};

struct field {
	enum type type;
	enum gbx_gate_field blame;
	uint32_t max; /* BYTES: length; MESSAGE: how many in their parent */
	enum gbx_gate_message message;
};

struct message {
	enum gbx_gate_field blame;
	uint32_t max; /* how many in the whole */
	struct field field[GBX_SCAN_FIELDS + 1];
};

/* Mirrors glovebox.proto, field by field. */
/* clang-format off */
static const struct message messages[GBX_MSG_COUNT] = {
	[GBX_MSG_REPLY] = { GBX_FIELD_REPLY_TAG, 1, {
		[1] = { BYTES,   GBX_FIELD_NONCE, GBX_NONCE_LEN, 0 },
		[2] = { MESSAGE, GBX_FIELD_ITEMS, GBX_BATCH_MAX, GBX_MSG_ITEM },
	} },
	[GBX_MSG_ITEM] = { GBX_FIELD_ITEM_TAG, GBX_BATCH_MAX, {
		[1] = { NUM32,   GBX_FIELD_ITEM_STATUS, 0, 0 },
		[2] = { NUM32,   GBX_FIELD_ITEM_FORMAT, 0, 0 },
		[3] = { NUM32,   GBX_FIELD_ITEM_LIMIT, 0, 0 },
		[4] = { BOOL,    GBX_FIELD_ITEM_DEGRADED, 0, 0 },
		[5] = { NUM32,   GBX_FIELD_ITEM_TOTAL, 0, 0 },
		[6] = { MESSAGE, GBX_FIELD_ITEM_BLOCKS, GBX_BLOCKS_MAX, GBX_MSG_BLOCK },
	} },
	[GBX_MSG_BLOCK] = { GBX_FIELD_BLOCK_TAG, GBX_REPLY_BLOCKS_MAX, {
		[1] = { NUM32,   GBX_FIELD_BLOCK_KIND, 0, 0 },
		[2] = { NUM64,   GBX_FIELD_BLOCK_OFFSET, 0, 0 },
		[3] = { NUM64,   GBX_FIELD_BLOCK_LENGTH, 0, 0 },
		[4] = { NUM32,   GBX_FIELD_BLOCK_INDEX, 0, 0 },
		[5] = { MESSAGE, GBX_FIELD_BLOCK_RASTER, 1, GBX_MSG_RASTER },
		[6] = { NUM32,   GBX_FIELD_BLOCK_RECORDS, 0, 0 },
	} },
	[GBX_MSG_RASTER] = { GBX_FIELD_RASTER_TAG, GBX_REPLY_BLOCKS_MAX, {
		[1] = { NUM32,   GBX_FIELD_RASTER_WIDTH, 0, 0 },
		[2] = { NUM32,   GBX_FIELD_RASTER_HEIGHT, 0, 0 },
		[3] = { NUM64,   GBX_FIELD_RASTER_STRIDE, 0, 0 },
		[4] = { NUM32,   GBX_FIELD_RASTER_LAYOUT, 0, 0 },
		[5] = { NUM32,   GBX_FIELD_RASTER_DURATION, 0, 0 },
		[6] = { NUM32,   GBX_FIELD_RASTER_ORIENT, 0, 0 },
		[7] = { NUM32,   GBX_FIELD_RASTER_COLOUR, 0, 0 },
		[8] = { NUM32,   GBX_FIELD_RASTER_FRAMES, 0, 0 },
	} },
	[GBX_MSG_RECORD] = { GBX_FIELD_RECORD_TAG, 1, {
		[1] = { NUM32,   GBX_FIELD_RECORD_KIND, 0, 0 },
		[2] = { NUM32,   GBX_FIELD_RECORD_PARENT, 0, 0 },
		[3] = { BYTES,   GBX_FIELD_RECORD_NAME, GBX_NAME_MAX, 0 },
		[4] = { NUM64,   GBX_FIELD_RECORD_OFFSET, 0, 0 },
		[5] = { NUM64,   GBX_FIELD_RECORD_SIZE, 0, 0 },
		[6] = { NUM64,   GBX_FIELD_RECORD_PACKED, 0, 0 },
		[7] = { NUM32,   GBX_FIELD_RECORD_FLAGS, 0, 0 },
		[8] = { BYTES,   GBX_FIELD_RECORD_VALUE, GBX_VALUE_MAX, 0 },
		[9] = { NUM32,   GBX_FIELD_RECORD_TYPE, 0, 0 },
		[10] = { BYTES,  GBX_FIELD_RECORD_RAW, GBX_RAW_MAX, 0 },
	} },
};
/* clang-format on */

/* Reply, Item, Block, Raster: no type contains itself. */
#define DEPTH_MAX 4

struct frame {
	enum gbx_gate_message type;
	size_t end;
	uint32_t last;	/* the field number before */
	uint32_t times; /* how often in a row */
};

struct scan {
	const uint8_t *wire;
	size_t pos;
	uint32_t depth;
	struct frame frame[DEPTH_MAX];
	struct gbx_gate_scan out;
};

size_t
gbx_gate_varint(
    const uint8_t *wire, size_t pos, size_t end, uint64_t *ret_value)
{
	uint64_t value = 0;
	unsigned shift = 0;
	size_t start = pos;
	uint8_t byte;

	do {
		if (pos == end)
			return 0;
		byte = wire[pos++];
		/* The tenth byte has room for one bit, and starts at bit 63. */
		if (shift == 63 && byte > 1)
			return 0;
		value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	if (byte == 0 && pos - start > 1)
		return 0;
	*ret_value = value;
	return pos - start;
}

/* Scalars: proto3 never writes a zero. */
static bool
scan_number(struct scan *s, const struct field *field, uint64_t *ret_num)
{
	const struct frame *top = &s->frame[s->depth];
	uint64_t max = UINT64_MAX, num;
	size_t n;

	n = gbx_gate_varint(s->wire, s->pos, top->end, &num);
	if (field->type == NUM32)
		max = UINT32_MAX;
	else if (field->type == BOOL)
		max = 1;
	if (n == 0 || num == 0 || num > max)
		return false;
	s->pos += n;
	*ret_num = num;
	return true;
}

static bool
scan_length(struct scan *s, uint64_t max, uint64_t *ret_length)
{
	const struct frame *top = &s->frame[s->depth];
	uint64_t length = 0;
	size_t n;

	n = gbx_gate_varint(s->wire, s->pos, top->end, &length);
	if (n == 0 || length > top->end - s->pos - n || length > max)
		return false;
	s->pos += n;
	*ret_length = length;
	return true;
}

static bool
scan_bytes(
    struct scan *s, const struct field *field, struct gbx_gate_value *ret_value)
{
	uint64_t length;

	if (!scan_length(s, field->max, &length) || length == 0)
		return false;
	ret_value->num = length;
	ret_value->bytes = s->wire + s->pos;
	s->pos += (size_t)length;
	return true;
}

/* Step into a message; its end is the only thing to come back for. */
static bool
scan_enter(struct scan *s, const struct field *field)
{
	enum gbx_gate_message type = field->message;
	uint64_t length;

	if (s->frame[s->depth].times > field->max ||
	    s->out.seen[type] == messages[type].max)
		return false;
	/* The table is no deeper; should it ever be, that is a refusal. */
	if (s->depth == DEPTH_MAX - 1 || !scan_length(s, UINT64_MAX, &length))
		return false;
	s->out.seen[type]++;
	s->frame[++s->depth] = (struct frame){
	    .type = type,
	    .end = s->pos + (size_t)length,
	};
	return true;
}

static bool
scan_value(struct scan *s, const struct field *field, uint32_t number)
{
	struct gbx_gate_value value = {0, NULL};
	bool ok;

	switch (field->type) {
	case MESSAGE:
		return scan_enter(s, field);
	case BYTES:
		ok = scan_bytes(s, field, &value);
		break;
	default:
		ok = scan_number(s, field, &value.num);
		break;
	}
	if (s->depth == 0)
		s->out.value[number] = value;
	return ok;
}

/* Is this field allowed here, after the one before it? */
static bool
scan_order(struct frame *top, const struct field *field, uint32_t number)
{
	if (number < top->last)
		return false;
	if (number > top->last)
		top->times = 0;
	else if (field->type != MESSAGE)
		return false;
	top->last = number;
	top->times++;
	return true;
}

/* All our field numbers are below 16: a tag is one byte. */
static enum gbx_gate_field
scan_field(struct scan *s)
{
	struct frame *top = &s->frame[s->depth];
	const struct message *message = &messages[top->type];
	const struct field *field;
	uint8_t tag = s->wire[s->pos++];
	uint32_t number = tag >> 3;

	if (number > GBX_SCAN_FIELDS)
		return message->blame;
	field = &message->field[number];
	if (field->type == 0) /* 0 itself is no field either */
		return message->blame;
	if ((tag & 7) != (field->type == BYTES || field->type == MESSAGE) * 2)
		return message->blame;
	if (!scan_order(top, field, number))
		return message->blame;
	return scan_value(s, field, number) ? GBX_FIELD_NONE : field->blame;
}

enum gbx_gate_field
gbx_gate_scan(enum gbx_gate_message type, const uint8_t *wire, size_t length,
    struct gbx_gate_scan *ret_scan)
{
	struct scan s = {.wire = wire};
	enum gbx_gate_field field;

	s.frame[0].type = type;
	s.frame[0].end = length;
	for (;;) {
		if (s.pos < s.frame[s.depth].end) {
			field = scan_field(&s);
			if (field != GBX_FIELD_NONE)
				return field;
		} else if (s.depth > 0) {
			s.depth--;
		} else {
			break;
		}
	}
	*ret_scan = s.out;
	return GBX_FIELD_NONE;
}
