/* SPDX-License-Identifier: ISC */
/*
 * The sink's text and records: what a document parser hands over, made to fit
 * the wire's rules.
 * Side: hostile. The gate checks all of it again and repairs nothing, so a
 * mistake here costs a job and no more.
 *
 * Text goes straight into the output mapping, character by character, and is
 * never held twice. Records wait in the arena until the text has its place.
 */
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/runtime/sink.h"
#include "sandboxed_parsers/runtime/utf8.h"
#include "schemas/glovebox.pb-c.h"

/* ---- text --------------------------------------------------------------- */

static bool
text_begin(struct gbx_sink *s)
{
	uint64_t offset;

	if (s->text.begun)
		return true;
	if (gbx_sink_reserve(s, 0, &offset) == NULL)
		return false;
	s->text.begun = true;
	s->text.offset = offset;
	return true;
}

static bool
write_bytes(struct gbx_sink *s, const void *bytes, size_t n)
{
	size_t have = s->text.length, at = s->text.offset + have;

	if (n > s->task->limit[GBX_WIRE_LIMIT_TEXT] ||
	    have > s->task->limit[GBX_WIRE_LIMIT_TEXT] - n)
		return gbx_sink_limit(s, GBX_WIRE_LIMIT_TEXT);
	if (n > s->task->limit[GBX_WIRE_LIMIT_OUTPUT] ||
	    have > s->task->limit[GBX_WIRE_LIMIT_OUTPUT] - n ||
	    n > s->out_size - at)
		return gbx_sink_limit(s, GBX_WIRE_LIMIT_OUTPUT);
	memcpy(s->out + at, bytes, n);
	s->text.length = have + n;
	s->out_used = at + n;
	return true;
}

static bool
write_char(struct gbx_sink *s, uint32_t c)
{
	uint8_t bytes[4];

	if (gbx_utf8_is_control(c) && c != '\t' && c != '\n')
		c = ' ';
	else if (gbx_utf8_is_bidi(c) && !gbx_sink_flag(s, GBX_WIRE_FLAG_BIDI))
		return false;
	return write_bytes(s, bytes, gbx_utf8_put(c, bytes));
}

/* Bytes that stand for themselves. */
static size_t
plain_run(const uint8_t *p, size_t n)
{
	size_t i = 0;

	while (i < n &&
	       ((p[i] >= 0x20 && p[i] < 0x7f) || p[i] == '\n' || p[i] == '\t'))
		i++;
	return i;
}

/* One character or one run of plain bytes at p. 0: the rest has yet to come,
 * or the sink is full (*ret_full). */
static size_t
write_some(struct gbx_sink *s, const uint8_t *p, size_t n, bool *ret_full)
{
	size_t step = plain_run(p, n);
	uint32_t c;

	*ret_full = false;
	if (step > 0) {
		*ret_full = !write_bytes(s, p, step);
		return step;
	}
	if (p[0] == '\r') {
		if (n == 1)
			return 0; /* is a newline to follow? */
		*ret_full = !write_char(s, '\n');
		return p[1] == '\n' ? 2 : 1;
	}
	step = gbx_utf8_next(p, n, &c);
	if (step > 0)
		*ret_full = !write_char(s, c);
	return step;
}

/* What the last call left over, completed by bytes of this one. Returns how
 * many it took of text. */
static size_t
write_pending(
    struct gbx_sink *s, const uint8_t *text, size_t length, bool *ret_full)
{
	size_t had = s->text.n_pending, took = 0, step = 0;

	*ret_full = false;
	while (step == 0 && took < length) {
		s->text.pending[s->text.n_pending++] = text[took++];
		step =
		    write_some(s, s->text.pending, s->text.n_pending, ret_full);
	}
	if (step == 0)
		return took;
	/* An ill-formed start, or a lone \r, does not take the new byte. */
	s->text.n_pending = 0;
	return step > had ? step - had : 0;
}

bool
gbx_sink_text(struct gbx_sink *s, const char *text, size_t length)
{
	const uint8_t *p = (const uint8_t *)text;
	size_t step;
	bool full = false;

	if (s->task->op != GBX_WIRE_OP_TEXT)
		return true;
	if (!text_begin(s))
		return false;
	if (s->text.n_pending > 0) {
		step = write_pending(s, p, length, &full);
		p += step;
		length -= step;
	}
	while (length > 0 && !full) {
		step = write_some(s, p, length, &full);
		if (step == 0) {
			memcpy(s->text.pending, p, length);
			s->text.n_pending = length;
			break;
		}
		p += step;
		length -= step;
	}
	return !full;
}

/* The text is over: what is pending stays incomplete. */
static bool
text_settle(struct gbx_sink *s)
{
	bool cr = s->text.n_pending > 0 && s->text.pending[0] == '\r';
	struct gbx_sink_block *b;

	if (!text_begin(s))
		return false;
	if (s->text.n_pending > 0 &&
	    !write_char(s, cr ? '\n' : GBX_UTF8_REPLACEMENT))
		return false;
	s->text.n_pending = 0;
	b = gbx_sink_add_block(s, GBX_WIRE_TEXT);
	if (b == NULL)
		return false;
	b->offset = s->text.offset;
	b->length = s->text.length;
	return true;
}

/* ---- records ------------------------------------------------------------ */

/* What a character becomes in a name or value; 0: nothing. */
static uint32_t
label_char(uint32_t c)
{
	if (gbx_utf8_is_control(c) || gbx_utf8_is_line_break(c))
		return ' ';
	if (gbx_utf8_is_bidi(c) || gbx_utf8_is_no_text(c))
		return 0;
	return c;
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

	if (s->rec.count >= s->task->limit[GBX_WIRE_LIMIT_RECORDS])
		return gbx_sink_limit(s, GBX_WIRE_LIMIT_RECORDS);
	if (!make_room(s, length + 10))
		return false;
	s->rec.used += put_varint(length, s->rec.buf + s->rec.used);
	s->rec.used += gbx__wire__record__pack(r, s->rec.buf + s->rec.used);
	s->rec.count++;
	return true;
}

bool
gbx_sink_property(struct gbx_sink *s, const char *name, const char *value,
    size_t value_length)
{
	Gbx__Wire__Record r = GBX__WIRE__RECORD__INIT;
	uint8_t clean_name[GBX_NAME_MAX], clean_value[GBX_VALUE_MAX];

	if (s->task->op != GBX_WIRE_OP_TEXT)
		return true;
	r.kind = GBX_WIRE_REC_PROPERTY;
	r.name.data = clean_name;
	r.name.len =
	    clean_label(name, strlen(name), clean_name, sizeof(clean_name));
	r.value.data = clean_value;
	r.value.len =
	    clean_label(value, value_length, clean_value, sizeof(clean_value));
	if (r.name.len == 0 || r.value.len == 0)
		return true;
	return add_record(s, &r);
}

bool
gbx_sink_flag(struct gbx_sink *s, enum gbx_wire_flag flag)
{
	if (s->task->op == GBX_WIRE_OP_TEXT)
		s->rec.flags |= (uint32_t)flag & GBX_WIRE_FLAG_ALL;
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
		if (r.flags != 0 && !add_record(s, &r))
			return false;
	}
	return true;
}

static bool
records_settle(struct gbx_sink *s)
{
	struct gbx_sink_block *b;
	uint64_t offset;
	uint8_t *to;

	if (!add_flags(s))
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

/* ---- the end ------------------------------------------------------------ */

bool
gbx_sink_text_finish(struct gbx_sink *s)
{
	if (s->task->op != GBX_WIRE_OP_TEXT)
		return true;
	/* A limit was noted: nothing of this will be sent. */
	if (s->limit != GBX_WIRE_LIMIT_NONE)
		return false;
	return text_settle(s) && records_settle(s);
}

void
gbx_sink_text_free(struct gbx_sink *s)
{
	free(s->rec.buf);
	s->rec.buf = NULL;
	s->rec.used = 0;
	s->rec.room = 0;
}
