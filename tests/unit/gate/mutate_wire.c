/* SPDX-License-Identifier: ISC */
/*
 * What is done to the fields of a hostile reply. For tests only; see mutate.h.
 */
#include <string.h>

#include "tests/unit/gate/mutate_tree.h"

static uint32_t
new_node(struct tree *t, struct dice *d)
{
	static const uint32_t numbers[] = {
	    0, 1, 2, 3, 5, 6, 7, 8, 9, 15, 16, 100, 0x1fffffff};
	static const uint8_t types[] = {
	    VARINT, VARINT, LEN, LEN, FIXED64, FIXED32, GROUP, END, 6, 7};
	uint32_t at = t->n;

	if (at >= NODES)
		return NOTHING;
	t->n++;
	t->node[at] = (struct node){.number = numbers[dice_below(d, 13)],
	    .type = types[dice_below(d, 10)],
	    .next = NOTHING,
	    .child = NOTHING,
	    .value = dice_number(d, 1),
	    .bytes = t->node[0].bytes};
	return at;
}

/* Message within message: the fields of one become those of another. */
static void
wrap(struct tree *t, uint32_t at, uint32_t fresh)
{
	struct node *node = &t->node[at];

	if (fresh == NOTHING || !node->is_message)
		return;
	t->node[fresh].number = node->number;
	t->node[fresh].type = LEN;
	t->node[fresh].is_message = true;
	t->node[fresh].child = node->child;
	node->child = fresh;
}

static void
swap(struct tree *t, uint32_t a, uint32_t b)
{
	struct node x = t->node[a], *p = &t->node[a], *q = &t->node[b];

	/* What they are, not where they hang. */
	p->number = q->number;
	p->type = q->type;
	p->value = q->value;
	p->bytes = q->bytes;
	p->length = q->length;
	q->number = x.number;
	q->type = x.type;
	q->value = x.value;
	q->bytes = x.bytes;
	q->length = x.length;
}

static void
bend_number(struct tree *t, struct dice *d, uint32_t at)
{
	struct node *node = &t->node[at];

	if (node->type != LEN)
		node->value = dice_number(d, node->value);
	else if (node->is_message)
		node->lie = (int64_t)dice_below(d, 9) - 4;
	else if (node->length > 0)
		node->length -= dice_below(d, node->length + 1);
}

/* A hundred times the same field, or one of every number. */
static void
flood(struct tree *t, struct dice *d, uint32_t at)
{
	size_t n = dice_below(d, 300);
	bool count = dice_below(d, 4) == 0;
	uint32_t fresh, from = at;

	while (n-- > 0) {
		fresh = tree_copy(t, t, from);
		tree_insert_after(t, at, fresh);
		if (fresh == NOTHING)
			return;
		at = fresh;
		if (count)
			t->node[at].number += (uint32_t)n;
	}
}

static void
bend(struct tree *t, struct dice *d, const struct tree *donor)
{
	uint32_t at = 1 + (uint32_t)dice_below(d, t->n - 1);
	uint32_t other = 1 + (uint32_t)dice_below(d, t->n - 1);
	struct node *node = &t->node[at];

	switch (dice_below(d, 24)) {
	case 0:
		tree_cut_out(t, at);
		break;
	case 1: /* twice */
		tree_insert_after(t, at, tree_copy(t, t, at));
		break;
	case 2: /* again, elsewhere */
		tree_insert_after(t, other, tree_copy(t, t, at));
		break;
	case 3:
		swap(t, at, other);
		break;
	case 4:
		tree_reverse(t, t->node[at].is_message ? at : 0);
		break;
	case 5: /* a piece of another reply */
		if (donor->n > 1)
			tree_insert_after(t, at,
			    tree_copy(t, donor,
				1 + (uint32_t)dice_below(d, donor->n - 1)));
		break;
	case 6:
		tree_insert_after(t, at, new_node(t, d));
		break;
	case 7:
		tree_insert_into(t, node->is_message ? at : 0, new_node(t, d));
		break;
	case 8:
		node->number = (uint32_t)dice_number(d, node->number) >> 3;
		break;
	case 9:
		node->type = (uint8_t)dice_below(d, 8);
		break;
	case 10:
		node->tag_pad = (uint8_t)(1 + dice_below(d, 10));
		break;
	case 11:
		node->pad = (uint8_t)(1 + dice_below(d, 10));
		break;
	case 12:
		node->lie = (int64_t)dice_number(d, 0);
		break;
	case 13: /* a default, written out */
		node->value = 0;
		node->length = 0;
		break;
	case 14:
		node->nest = (uint8_t)(1 + dice_below(d, 255));
		break;
	case 15:
		wrap(t, at, new_node(t, d));
		break;
	case 16: /* packed, as repeated numbers may be */
		node->type = LEN;
		node->bytes = t->node[other].bytes;
		node->length = t->node[other].length;
		break;
	case 17:
		flood(t, d, at);
		break;
	default:
		bend_number(t, d, at);
		break;
	}
}

size_t
mutate_message(struct dice *d, bool record, uint8_t *wire, size_t length,
    size_t room, const uint8_t *donor, size_t donor_length, unsigned times)
{
	static struct tree tree, other; /* large; tests have one thread */
	static uint8_t from[CASE_WIRE];

	if (length > sizeof(from))
		return length;
	memcpy(from, wire, length);
	tree_parse(&tree, record, from, length);
	other.n = 0;
	if (donor != NULL)
		tree_parse(&other, record, donor, donor_length);
	while (times-- > 0 && tree.n > 1)
		bend(&tree, d, &other);
	return tree_write(&tree, wire, room);
}
