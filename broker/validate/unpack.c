/* SPDX-License-Identifier: ISC */
/*
 * protobuf-c on a budget, and the proof of canonical form: what was unpacked,
 * packed again, is the wire byte for byte.
 * Side: trusted. Only ever called on what scan.c let pass: protobuf-c 1.4.1 by
 * itself allocates up to 60 bytes for one of the wire and keeps what it does
 * not know.
 */
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "broker/validate/check.h"
#include "schemas/glovebox.pb-c.h"

struct budget {
	size_t left;
	bool spent;	/* it asked for more than is left */
	bool no_memory; /* malloc failed */
};

/* In front of every object, so that freeing gives back its size. */
union header {
	size_t size;
	max_align_t align;
};

static void *
budget_alloc(void *data, size_t size)
{
	struct budget *b = data;
	union header *h;

	if (size > b->left || sizeof(*h) > b->left - size) {
		b->spent = true;
		return NULL;
	}
	h = malloc(sizeof(*h) + size);
	if (h == NULL) {
		b->no_memory = true;
		return NULL;
	}
	h->size = sizeof(*h) + size;
	b->left -= h->size;
	return h + 1;
}

static void
budget_free(void *data, void *p)
{
	struct budget *b = data;
	union header *h = p;

	if (h == NULL)
		return;
	h--;
	b->left += h->size;
	free(h);
}

static enum gbx_gate_field
same_again(const Gbx__Wire__Reply *reply, const uint8_t *wire, size_t length)
{
	gbx_autofree uint8_t *again = NULL;

	/* Sizes first: packing trusts its buffer to be large enough. */
	if (gbx__wire__reply__get_packed_size(reply) != length)
		return GBX_FIELD_REPLY_FORM;
	again = malloc(length);
	if (again == NULL)
		return GBX_FIELD_MEMORY;
	if (gbx__wire__reply__pack(reply, again) != length ||
	    memcmp(again, wire, length) != 0)
		return GBX_FIELD_REPLY_FORM;
	return GBX_FIELD_NONE;
}

void
gbx_gate_unpack_free(struct Gbx__Wire__Reply *reply)
{
	struct budget b = {0};
	ProtobufCAllocator allocator = {budget_alloc, budget_free, &b};

	if (reply != NULL)
		gbx__wire__reply__free_unpacked(reply, &allocator);
}

enum gbx_gate_field
gbx_gate_unpack(
    const uint8_t *wire, size_t length, struct Gbx__Wire__Reply **ret_reply)
{
	struct budget b = {.left = GBX_UNPACK_BUDGET};
	ProtobufCAllocator allocator = {budget_alloc, budget_free, &b};
	Gbx__Wire__Reply *reply;
	enum gbx_gate_field field;

	reply = gbx__wire__reply__unpack(&allocator, length, wire);
	if (reply == NULL && b.no_memory)
		return GBX_FIELD_MEMORY;
	if (reply == NULL && b.spent)
		return GBX_FIELD_REPLY_BUDGET;
	if (reply == NULL)
		return GBX_FIELD_REPLY_UNPACK;
	field = same_again(reply, wire, length);
	if (field != GBX_FIELD_NONE) {
		gbx_gate_unpack_free(reply);
		return field;
	}
	*ret_reply = reply;
	return GBX_FIELD_NONE;
}
