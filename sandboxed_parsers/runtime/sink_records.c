/* SPDX-License-Identifier: ISC */
/*
 * The sink's records: names and values, made to fit the wire's rules, flags,
 * and members of archives.
 * Side: hostile. The gate checks all of it again and repairs nothing, so a
 * mistake here costs a job and no more.
 *
 * They wait in the arena until all blocks before them have their places.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/runtime/sink.h"
#include "sandboxed_parsers/runtime/utf8.h"
#include "schemas/glovebox.pb-c.h"
#include "schemas/hidden.h"
#include "schemas/ops.h"
#include "schemas/paths.h"

/* Call gbx_sink_format first: not all formats have them. */
static bool
may_have(uint32_t format)
{
	switch (format) {
#define GBX_FORMAT(num, ID, worker, name, ops, kinds, unit, mime, suffix) \
	case num: \
		return ((kinds)&GBX_MAY(RECORDS)) != 0;
#include "schemas/formats.def"
	default:
		return false;
	}
}

bool
gbx_sink_wants_records(const struct gbx_sink *s)
{
	const struct gbx_op_row *row = &gbx_op_rows[s->task->op];

	if (row->records == 0)
		return false;
	return (row->wants & GBX_WIRE_WANT_METADATA) == 0 ||
	       ((s->task->want & GBX_WIRE_WANT_METADATA) != 0 &&
		   may_have(s->format));
}

static bool
may_send(const struct gbx_sink *s, uint32_t kind)
{
	return (gbx_op_rows[s->task->op].records & kind) != 0;
}

/* What a character becomes in a name or value; 0: nothing. */
static uint32_t
label_char(uint32_t c)
{
	if (gbx_utf8_is_control(c) || gbx_utf8_is_line_break(c))
		return ' ';
	return gbx_hidden(c) ? 0 : c;
}

/* Clean in[0..n) into out[0..room), without blanks at either end. Returns the
 * length. */
static size_t
clean_label(const char *in, size_t n, uint8_t *out, size_t room)
{
	const uint8_t *p = (const uint8_t *)in;
	size_t used = 0, step, width;
	uint8_t bytes[4];
	uint32_t c;

	for (; n > 0; p += step, n -= step) {
		step = gbx_utf8_next(p, n, &c);
		if (step == 0)
			step = n; /* cut at the end */
		c = label_char(c);
		if (c == 0 || (c == ' ' && used == 0))
			continue;
		width = gbx_utf8_put(c, bytes);
		if (width > room - used)
			break;
		memcpy(out + used, bytes, width);
		used += width;
	}
	while (used > 0 && out[used - 1] == ' ')
		used--;
	return used;
}

static size_t
put_varint(uint64_t value, uint8_t *out)
{
	size_t n = 0;

	for (; value >= 0x80; value >>= 7)
		out[n++] = (uint8_t)(value | 0x80);
	out[n++] = (uint8_t)value;
	return n;
}

static bool
make_room(struct gbx_sink *s, size_t n)
{
	size_t room = s->rec.room > 0 ? s->rec.room : 512;
	uint8_t *buf;

	if (n <= s->rec.room - s->rec.used)
		return true;
	while (room - s->rec.used < n)
		room *= 2;
	buf = realloc(s->rec.buf, room);
	if (buf == NULL)
		return gbx_sink_limit(s, GBX_WIRE_LIMIT_MEMORY);
	s->rec.buf = buf;
	s->rec.room = room;
	return true;
}

static bool
add_record(struct gbx_sink *s, const Gbx__Wire__Record *r)
{
	size_t length = gbx__wire__record__get_packed_size(r);

	if (!make_room(s, length + 10))
		return false;
	s->rec.used += put_varint(length, s->rec.buf + s->rec.used);
	s->rec.used += gbx__wire__record__pack(r, s->rec.buf + s->rec.used);
	s->rec.count++;
	return true;
}

static bool
has_room(struct gbx_sink *s)
{
	return s->rec.count - s->rec.members <
		   s->task->limit[GBX_WIRE_LIMIT_RECORDS] ||
	       gbx_sink_limit(s, GBX_WIRE_LIMIT_RECORDS);
}

static bool
add_property(struct gbx_sink *s, uint32_t parent, const char *name,
    const char *value, size_t value_length)
{
	Gbx__Wire__Record r = GBX__WIRE__RECORD__INIT;
	uint8_t clean_name[GBX_NAME_MAX], clean_value[GBX_VALUE_MAX];

	if (!gbx_sink_wants_records(s))
		return true;
	r.kind = GBX_WIRE_REC_PROPERTY;
	r.parent = parent;
	r.name.data = clean_name;
	r.name.len =
	    clean_label(name, strlen(name), clean_name, sizeof(clean_name));
	r.value.data = clean_value;
	r.value.len =
	    clean_label(value, value_length, clean_value, sizeof(clean_value));
	if (r.name.len == 0 || r.value.len == 0)
		return true;
	return has_room(s) && add_record(s, &r);
}

bool
gbx_sink_property(struct gbx_sink *s, const char *name, const char *value,
    size_t value_length)
{
	uint32_t before = s->rec.count;

	if (!add_property(s, 0, name, value, value_length))
		return false;
	s->rec.parent = s->rec.count > before ? s->rec.count : 0;
	return true;
}

bool
gbx_sink_detail(struct gbx_sink *s, const char *name, const char *value,
    size_t value_length)
{
	return s->rec.parent == 0 ||
	       add_property(s, s->rec.parent, name, value, value_length);
}

uint32_t
gbx_sink_records_left(const struct gbx_sink *s)
{
	uint64_t most = s->task->limit[GBX_WIRE_LIMIT_RECORDS];

	most = most > s->rec.count - s->rec.members
		   ? most - (s->rec.count - s->rec.members)
		   : 0;
	return most > UINT32_MAX ? UINT32_MAX : (uint32_t)most;
}

bool
gbx_sink_size(struct gbx_sink *s, const char *name, size_t size)
{
	char text[24];

	snprintf(text, sizeof(text), "%zu", size);
	return gbx_sink_property(s, name, text, strlen(text));
}

bool
gbx_sink_flag(struct gbx_sink *s, enum gbx_wire_flag flag)
{
	if (may_send(s, GBX_REC(FLAG)))
		s->rec.flags |= (uint32_t)flag & GBX_WIRE_FLAG_ALL;
	return true;
}

/* Where its names lead; what of them was not told counts, too. */
static uint32_t
name_flags(const struct gbx_member *m, const Gbx__Wire__Record *r)
{
	uint32_t flags = gbx_path_flags(r->name.data, r->name.len) |
			 gbx_path_flags(r->raw.data, r->raw.len);

	if ((r->raw.len > 0 && r->raw.len < m->raw_length) ||
	    (r->name.len > GBX_NAME_MAX - 4 && r->name.len < m->name_length))
		flags |= GBX_WIRE_MEMBER_CUT |
			 gbx_path_flags(m->name, m->name_length) |
			 gbx_path_flags(m->raw, m->raw_length);
	return flags;
}

bool
gbx_sink_member(struct gbx_sink *s, const struct gbx_member *m)
{
	uint8_t name[GBX_NAME_MAX], target[GBX_VALUE_MAX];
	Gbx__Wire__Record r = GBX__WIRE__RECORD__INIT;

	if (!may_send(s, GBX_REC(MEMBER)))
		return true;
	if (!gbx_sink_total(s, s->total + 1))
		return false;
	r.kind = GBX_WIRE_REC_MEMBER;
	r.name.data = name;
	r.name.len = clean_label(m->name, m->name_length, name, sizeof(name));
	r.value.data = target;
	r.value.len =
	    clean_label(m->target, m->target_length, target, sizeof(target));
	if (m->raw_length > 0 &&
	    (m->raw_length != r.name.len ||
		memcmp(m->raw, name, m->raw_length) != 0)) {
		r.raw.data = (uint8_t *)(uintptr_t)m->raw;
		r.raw.len =
		    m->raw_length < GBX_RAW_MAX ? m->raw_length : GBX_RAW_MAX;
	}
	r.type = m->type;
	r.offset = m->offset;
	r.size = m->size;
	r.packed = m->packed;
	r.flags = (m->flags & GBX_WIRE_MEMBER_FLAGS) | name_flags(m, &r);
	if (!add_record(s, &r))
		return false;
	s->rec.members++;
	return true;
}

static bool
add_flags(struct gbx_sink *s)
{
	Gbx__Wire__Record r = GBX__WIRE__RECORD__INIT;
	uint32_t bit;

	r.kind = GBX_WIRE_REC_FLAG;
	for (bit = 1; bit <= GBX_WIRE_FLAG_ALL; bit <<= 1) {
		r.flags = s->rec.flags & bit;
		if (r.flags != 0 && !(has_room(s) && add_record(s, &r)))
			return false;
	}
	return true;
}

bool
gbx_sink_records_finish(struct gbx_sink *s)
{
	struct gbx_sink_block *b;
	uint64_t offset;
	uint8_t *to;

	if (!gbx_sink_wants_records(s))
		return true;
	if (s->limit != GBX_WIRE_LIMIT_NONE || !add_flags(s))
		return false;
	if (s->rec.count == 0)
		return true;
	/* The limit counts the data of all blocks together. */
	if (s->rec.used >
	    s->task->limit[GBX_WIRE_LIMIT_OUTPUT] - s->text.length)
		return gbx_sink_limit(s, GBX_WIRE_LIMIT_OUTPUT);
	to = gbx_sink_reserve(s, s->rec.used, &offset);
	b = to == NULL ? NULL : gbx_sink_add_block(s, GBX_WIRE_RECORDS);
	if (b == NULL)
		return false;
	memcpy(to, s->rec.buf, s->rec.used);
	b->offset = offset;
	b->length = s->rec.used;
	b->records = s->rec.count;
	return true;
}

void
gbx_sink_records_free(struct gbx_sink *s)
{
	free(s->rec.buf);
	s->rec.buf = NULL;
	s->rec.used = 0;
	s->rec.room = 0;
}
