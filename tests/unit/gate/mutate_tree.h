/* SPDX-License-Identifier: ISC */
/*
 * A message on the wire as a tree of fields, which need not be what they ought
 * to be. For mutate.c's own files.
 */
#ifndef GBX_TESTS_GATE_MUTATE_TREE_H
#define GBX_TESTS_GATE_MUTATE_TREE_H

#include "tests/unit/gate/mutate.h"

#define NODES	768
#define NOTHING UINT32_MAX

enum {
	VARINT = 0,
	FIXED64 = 1,
	LEN = 2,
	GROUP = 3,
	END = 4,
	FIXED32 = 5
};

struct node {
	uint32_t number, next, child; /* by place in the tree */
	uint8_t type;
	bool is_message;
	uint8_t tag_pad, pad; /* bytes too many in the tag, in the number */
	uint8_t nest;	      /* wrap the payload so often in unknown fields */
	int64_t lie;	      /* added to the length */
	uint64_t value;
	const uint8_t *bytes; /* of the wire that was parsed */
	size_t length;
};

/* Node 0 is the message itself. */
struct tree {
	struct node node[NODES];
	uint32_t n;
	bool record;
};

void tree_parse(
    struct tree *t, bool record, const uint8_t *wire, size_t length);
/* Write it down; what does not fit is cut. */
size_t tree_write(const struct tree *t, uint8_t *to, size_t room);

/* A copy of a node of `from` with all below it, hanging nowhere; NOTHING if
 * the tree is full, and inserting NOTHING does nothing. */
uint32_t tree_copy(struct tree *t, const struct tree *from, uint32_t at);
void tree_insert_after(struct tree *t, uint32_t at, uint32_t fresh);
/* As the first field of a message. */
void tree_insert_into(struct tree *t, uint32_t message, uint32_t fresh);
void tree_cut_out(struct tree *t, uint32_t at);
void tree_reverse(struct tree *t, uint32_t message);

#endif
