/* SPDX-License-Identifier: ISC */
/*
 * What the liar writes: any bytes in the data area and in the reply page.
 * Side: hostile. Nothing here is checked, save that the liar's own buffer
 * holds; `fill` and `poke` go wherever they are sent.
 */
#include <string.h>

#include "ipc/replypage.h"
#include "tests/hostile/liar/liar.h"

static void
put(struct liar *l, const void *bytes, size_t n)
{
	if (n > sizeof(l->wire) - l->n_wire)
		n = sizeof(l->wire) - l->n_wire;
	memcpy(l->wire + l->n_wire, bytes, n);
	l->n_wire += n;
}

static size_t
varint(uint64_t value, uint8_t ret[10])
{
	size_t n = 0;

	for (; value > 0x7f; value >>= 7)
		ret[n++] = (uint8_t)(value | 0x80);
	ret[n++] = (uint8_t)value;
	return n;
}

static void
put_varint(struct liar *l, uint64_t value)
{
	uint8_t bytes[10];

	put(l, bytes, varint(value, bytes));
}

static void
put_bytes(struct liar *l, uint64_t field, const void *bytes, size_t n)
{
	put_varint(l, field << 3 | 2);
	put_varint(l, n);
	put(l, bytes, n);
}

static void
open_message(struct liar *l)
{
	if (l->depth < LIAR_DEPTH)
		l->open[l->depth++] = l->n_wire;
}

/* Put the length in front of what was written since open_message. */
static void
close_message(struct liar *l)
{
	uint8_t length[10];
	size_t at, size, n;

	if (l->depth == 0)
		return;
	at = l->open[--l->depth];
	size = l->n_wire - at;
	n = varint(size, length);
	if (n > sizeof(l->wire) - l->n_wire)
		return;
	memmove(l->wire + at + n, l->wire + at, size);
	memcpy(l->wire + at, length, n);
	l->n_wire += n;
}

/* n messages, each the only field of the one around it. */
static void
nest(struct liar *l, uint64_t field, uint64_t n)
{
	size_t from = l->n_wire;
	uint8_t head[20];
	size_t length;

	for (; n > 0; n--) {
		length = varint(field << 3 | 2, head);
		length += varint(l->n_wire - from, head + length);
		if (length > sizeof(l->wire) - l->n_wire)
			return;
		memmove(
		    l->wire + from + length, l->wire + from, l->n_wire - from);
		memcpy(l->wire + from, head, length);
		l->n_wire += length;
	}
}

/* FIELD=NUMBER, FIELD:HEX, FIELD/TEXT, FIELD{ */
static bool
put_field(struct liar *l, struct liar_word word)
{
	uint8_t bytes[2048];
	struct liar_word left = word, right;
	uint64_t field, value;
	char kind;

	for (left.length = 0; left.length < word.length; left.length++)
		if (memchr("=:/{", word.p[left.length], 4) != NULL)
			break;
	if (left.length == word.length || !liar_number(l, left, &field))
		return false;
	kind = word.p[left.length];
	right.p = word.p + left.length + 1;
	right.length = word.length - left.length - 1;
	if (kind == '=') {
		if (!liar_number(l, right, &value))
			return false;
		put_varint(l, field << 3);
		put_varint(l, value);
	} else if (kind == ':') {
		put_bytes(
		    l, field, bytes, liar_hex(right, bytes, sizeof(bytes)));
	} else if (kind == '/') {
		put_bytes(l, field, right.p, right.length);
	} else {
		put_varint(l, field << 3 | 2);
		open_message(l);
	}
	return true;
}

/* Into the data area: OFFSET first. */
static bool
put_data(struct liar *l, struct liar_word word)
{
	uint8_t *out = l->sink->out, bytes[2048];
	uint64_t length;

	if (liar_is(word, "fill")) {
		out += liar_value(l);
		length = liar_value(l);
		memset(out, (int)liar_value(l), length);
	} else if (liar_is(word, "poke")) {
		out += liar_value(l);
		length = liar_hex(liar_word(l), bytes, sizeof(bytes));
		memcpy(out, bytes, length);
	} else if (liar_is(word, "data")) {
		memcpy(out + liar_value(l), l->wire, l->n_wire);
		l->mark = l->n_wire;
		l->n_wire = 0;
	} else if (liar_is(word, "again")) {
		out += liar_value(l);
		l->mark = 0;
		for (length = liar_value(l); length > 0; length--) {
			memcpy(out + l->mark, l->wire, l->n_wire);
			l->mark += l->n_wire;
		}
		l->n_wire = 0;
	} else if (liar_is(word, "leak")) {
		memcpy(out + liar_value(l), liar_nonce(), GBX_NONCE_LEN);
	} else if (liar_is(word, "note")) {
		memcpy(out + liar_value(l), &l->last, sizeof(l->last));
	} else {
		return false;
	}
	return true;
}

static void
put_times(struct liar *l)
{
	uint64_t n = liar_value(l);
	uint8_t bytes[64];
	size_t length = liar_hex(liar_word(l), bytes, sizeof(bytes));

	for (; n > 0; n--)
		put(l, bytes, length);
}

static void
commit(struct liar *l)
{
	uint8_t *page = l->sink->out + l->sink->out_size;
	size_t n = l->n_wire < GBX_REPLY_MAX ? l->n_wire : GBX_REPLY_MAX;

	memcpy(gbx_reply_body(page), l->wire, n);
	gbx_reply_commit(page, (uint32_t)l->n_wire);
}

enum liar_next
liar_wire(struct liar *l, struct liar_word word)
{
	uint8_t bytes[2048];

	if (put_field(l, word) || put_data(l, word))
		return LIAR_GO_ON;
	if (liar_is(word, "rec{")) {
		open_message(l);
	} else if (liar_is(word, "}")) {
		close_message(l);
	} else if (liar_is(word, "x")) {
		put(l, bytes, liar_hex(liar_word(l), bytes, sizeof(bytes)));
	} else if (liar_is(word, "times")) {
		put_times(l);
	} else if (liar_is(word, "nest")) {
		uint64_t field = liar_value(l);

		nest(l, field, liar_value(l));
	} else if (liar_is(word, "nonce")) {
		put_bytes(l, 1, liar_nonce(), GBX_NONCE_LEN);
	} else if (liar_is(word, "commit")) {
		commit(l);
	} else if (liar_is(word, "length")) {
		gbx_reply_commit(
		    l->sink->out + l->sink->out_size, (uint32_t)liar_value(l));
	} else {
		return LIAR_UNKNOWN;
	}
	return LIAR_GO_ON;
}
