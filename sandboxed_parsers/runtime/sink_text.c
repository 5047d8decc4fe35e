/* SPDX-License-Identifier: ISC */
/*
 * The sink's text: what a document parser hands over, made to fit the wire's
 * rules.
 * Side: hostile. The gate checks all of it again and repairs nothing, so a
 * mistake here costs a job and no more.
 *
 * Text goes straight into the output mapping, character by character, and is
 * never held twice.
 */
#include <string.h>

#include "sandboxed_parsers/runtime/sink.h"
#include "sandboxed_parsers/runtime/utf8.h"

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

/* ---- the end ------------------------------------------------------------ */

bool
gbx_sink_text_finish(struct gbx_sink *s)
{
	if (s->task->op != GBX_WIRE_OP_TEXT)
		return true;
	/* A limit was noted: nothing of this will be sent. */
	if (s->limit != GBX_WIRE_LIMIT_NONE)
		return false;
	return text_settle(s);
}
