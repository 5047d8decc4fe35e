/* SPDX-License-Identifier: ISC */
/*
 * Messages as trees: taken apart, written down again. For tests only. Knows
 * which fields hold messages, and no rule about any of them.
 */
#include "tests/unit/gate/mutate_tree.h"

#include <string.h>

#define NEST_MOST 400u

/* ---- taking apart ------------------------------------------------------- */

static size_t
get_varint(const uint8_t *p, size_t n, uint64_t *ret)
{
	size_t i;

	*ret = 0;
	for (i = 0; i < n && i < 10; i++) {
		*ret |= (uint64_t)(p[i] & 0x7f) << (7 * i);
		if (p[i] < 0x80)
			return i + 1;
	}
	return 0;
}

/* Reply.items, Item.blocks, Block.raster; a record has none. */
static bool
holds_message(const struct tree *t, unsigned depth, uint32_t number)
{
	static const uint32_t at[] = {2, 6, 5};

	return !t->record && depth < 3 && number == at[depth];
}

static void
parse(
    struct tree *t, uint32_t parent, unsigned depth, const uint8_t *p, size_t n)
{
	uint32_t *link = &t->node[parent].child;
	struct node *node;
	uint64_t tag, value;
	size_t step;

	while (n > 0 && t->n < NODES - 64) {
		step = get_varint(p, n, &tag);
		if (step == 0)
			return;
		p += step;
		n -= step;
		step = get_varint(p, n, &value);
		if (step == 0)
			return;
		p += step;
		n -= step;
		node = &t->node[t->n];
		*node = (struct node){.number = (uint32_t)(tag >> 3),
		    .type = (uint8_t)(tag & 7),
		    .next = NOTHING,
		    .child = NOTHING,
		    .value = value};
		*link = t->n++;
		link = &node->next;
		if (node->type != LEN)
			continue;
		if (value > n)
			return;
		node->bytes = p;
		node->length = (size_t)value;
		node->is_message = holds_message(t, depth, node->number);
		if (node->is_message)
			parse(t, (uint32_t)(node - t->node), depth + 1, p,
			    node->length);
		p += value;
		n -= (size_t)value;
	}
}

void
tree_parse(struct tree *t, bool record, const uint8_t *wire, size_t length)
{
	t->record = record;
	t->n = 1;
	t->node[0] = (struct node){
	    .type = LEN, .is_message = true, .next = NOTHING, .child = NOTHING};
	parse(t, 0, 0, wire, length);
}

/* ---- writing down ------------------------------------------------------- */

struct pen {
	uint8_t *to;
	size_t n, room;
};

static void
put(struct pen *p, uint8_t byte)
{
	if (p->n < p->room)
		p->to[p->n++] = byte;
}

static void
put_varint(struct pen *p, uint64_t value, unsigned pad)
{
	for (; value > 0x7f; value >>= 7)
		put(p, (uint8_t)(value | 0x80));
	if (pad == 0) {
		put(p, (uint8_t)value);
		return;
	}
	put(p, (uint8_t)(value | 0x80));
	while (--pad > 0)
		put(p, 0x80);
	put(p, 0);
}

static void
put_bytes(struct pen *p, const uint8_t *bytes, size_t n)
{
	if (n > p->room - p->n)
		n = p->room - p->n;
	if (n > 0)
		memcpy(p->to + p->n, bytes, n);
	p->n += n;
}

static void put_children(struct pen *p, const struct tree *t, uint32_t at);

/* Fields within fields, none of them known; the innermost is the payload. */
static void
put_nested(
    struct pen *p, const struct node *node, const uint8_t *inner, size_t length)
{
	uint8_t buf[2][CASE_WIRE];
	struct pen from, to = {buf[0], 0, sizeof(buf[0])};
	unsigned i, n = node->nest * NEST_MOST / UINT8_MAX;

	put_bytes(&to, inner, length);
	for (i = 0; i < n; i++) {
		from = to;
		to = (struct pen){buf[(i + 1) % 2], 0, CASE_WIRE};
		put_varint(&to, 15u << 3 | 2, 0);
		put_varint(&to, from.n, 0);
		put_bytes(&to, from.to, from.n);
	}
	put_varint(p, to.n + (uint64_t)node->lie, node->pad);
	put_bytes(p, to.to, to.n);
}

static void
put_payload(struct pen *p, const struct tree *t, uint32_t at)
{
	const struct node *node = &t->node[at];
	uint8_t buf[CASE_WIRE];
	struct pen inner = {buf, 0, sizeof(buf)};

	if (node->is_message)
		put_children(&inner, t, at);
	else
		put_bytes(&inner, node->bytes, node->length);
	if (node->nest > 0) {
		put_nested(p, node, buf, inner.n);
		return;
	}
	put_varint(p, inner.n + (uint64_t)node->lie, node->pad);
	put_bytes(p, buf, inner.n);
}

static void
put_node(struct pen *p, const struct tree *t, uint32_t at)
{
	const struct node *node = &t->node[at];
	unsigned i, size = node->type == FIXED64 ? 8 : 4;

	put_varint(p, (uint64_t)node->number << 3 | node->type, node->tag_pad);
	if (node->type == LEN)
		put_payload(p, t, at);
	else if (node->type == FIXED32 || node->type == FIXED64)
		for (i = 0; i < size; i++)
			put(p, (uint8_t)(node->value >> 8 * i));
	else if (node->type != GROUP && node->type != END)
		put_varint(p, node->value, node->pad);
}

/* `guard`: links may have been bent into a ring. */
static void
put_children(struct pen *p, const struct tree *t, uint32_t at)
{
	uint32_t child = t->node[at].child, guard = 0;

	for (; child != NOTHING && guard < NODES; guard++) {
		put_node(p, t, child);
		child = t->node[child].next;
	}
}

size_t
tree_write(const struct tree *t, uint8_t *to, size_t room)
{
	struct pen pen = {to, 0, room};

	put_children(&pen, t, 0);
	return pen.n;
}

/* ---- moving nodes ------------------------------------------------------- */

/* The link that leads to a node, or NULL. */
static uint32_t *
link_to(struct tree *t, uint32_t at)
{
	uint32_t i;

	for (i = 0; i < t->n; i++) {
		if (t->node[i].child == at)
			return &t->node[i].child;
		if (t->node[i].next == at)
			return &t->node[i].next;
	}
	return NULL;
}

uint32_t
tree_copy(struct tree *t, const struct tree *from, uint32_t at)
{
	uint32_t child, last = NOTHING, made, copy;

	if (t->n >= NODES)
		return NOTHING;
	copy = t->n++;
	t->node[copy] = from->node[at];
	t->node[copy].next = t->node[copy].child = NOTHING;
	child = from->node[at].child;
	for (; child != NOTHING; child = from->node[child].next) {
		made = tree_copy(t, from, child);
		if (made == NOTHING)
			break;
		if (last == NOTHING)
			t->node[copy].child = made;
		else
			t->node[last].next = made;
		last = made;
	}
	return copy;
}

void
tree_insert_after(struct tree *t, uint32_t at, uint32_t fresh)
{
	if (fresh == NOTHING)
		return;
	t->node[fresh].next = t->node[at].next;
	t->node[at].next = fresh;
}

void
tree_insert_into(struct tree *t, uint32_t message, uint32_t fresh)
{
	if (fresh == NOTHING)
		return;
	t->node[fresh].next = t->node[message].child;
	t->node[message].child = fresh;
}

void
tree_reverse(struct tree *t, uint32_t at)
{
	uint32_t child = t->node[at].child, before = NOTHING, next;

	for (; child != NOTHING; child = next) {
		next = t->node[child].next;
		t->node[child].next = before;
		before = child;
	}
	t->node[at].child = before;
}

void
tree_cut_out(struct tree *t, uint32_t at)
{
	uint32_t *link = link_to(t, at);

	if (link != NULL)
		*link = t->node[at].next;
}
