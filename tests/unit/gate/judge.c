/* SPDX-License-Identifier: ISC */
/*
 * Gate against oracle, on one case. For tests and fuzzing only; see case.h.
 * Everything is put on the heap in its exact size, so that a sanitizer sees one
 * byte too far.
 */
#include <stdlib.h>
#include <string.h>

#include "schemas/glovebox.pb-c.h"
#include "tests/support/records.h"
#include "tests/unit/gate/case.h"
#include "tests/unit/gate/oracle.h"

static uint8_t *
exact(const uint8_t *p, size_t n)
{
	uint8_t *copy = malloc(n > 0 ? n : 1);

	if (copy == NULL)
		abort();
	memcpy(copy, p, n);
	return copy;
}

static bool
same_block(const struct gbx_gate_block *a, const struct gbx_gate_block *b)
{
	return a->kind == b->kind && a->index == b->index &&
	       a->offset == b->offset && a->length == b->length &&
	       a->width == b->width && a->height == b->height &&
	       a->layout == b->layout && a->duration_ms == b->duration_ms &&
	       a->orientation == b->orientation && a->stride == b->stride &&
	       a->records == b->records && a->colour == b->colour &&
	       a->frames == b->frames;
}

static bool
same_item(const struct gbx_gate_item *a, const struct gbx_gate_item *b)
{
	return a->status == b->status && a->format == b->format &&
	       a->limit == b->limit && a->degraded == b->degraded &&
	       a->total == b->total && a->first_block == b->first_block &&
	       a->n_blocks == b->n_blocks;
}

static bool
same_reply(const struct gbx_gate_reply *a, const struct gbx_gate_reply *b)
{
	uint32_t i;

	if (a->n_items != b->n_items || a->n_blocks != b->n_blocks ||
	    a->data_end != b->data_end)
		return false;
	for (i = 0; i < a->n_items; i++)
		if (!same_item(&a->item[i], &b->item[i]))
			return false;
	for (i = 0; i < a->n_blocks; i++)
		if (!same_block(&a->block[i], &b->block[i]))
			return false;
	return true;
}

#define UNTOUCHED 0x5a

static bool
untouched(const struct gbx_gate_reply *reply)
{
	static struct gbx_gate_reply pattern;
	static bool made;

	if (!made)
		memset(&pattern, UNTOUCHED, sizeof(pattern));
	made = true;
	return memcmp(reply, &pattern, sizeof(pattern)) == 0;
}

/* ---- what the caller gets, packed again, is the input ------------------- */

struct again {
	Gbx__Wire__Reply reply;
	Gbx__Wire__Item item[GBX_BATCH_MAX], *items[GBX_BATCH_MAX];
	Gbx__Wire__Block block[GBX_REPLY_BLOCKS_MAX];
	Gbx__Wire__Block *blocks[GBX_REPLY_BLOCKS_MAX];
	Gbx__Wire__Raster raster[GBX_REPLY_BLOCKS_MAX];
	uint8_t nonce[GBX_NONCE_LEN], wire[GBX_REPLY_MAX];
};

static void
again_block(struct again *a, const struct gbx_gate_block *g, uint32_t i)
{
	Gbx__Wire__Raster *r = &a->raster[i];
	Gbx__Wire__Block *b = &a->block[i];

	gbx__wire__block__init(b);
	b->kind = g->kind;
	b->index = g->index;
	b->offset = g->offset;
	b->length = g->length;
	b->records = g->records;
	a->blocks[i] = b;
	if (g->kind != GBX_WIRE_PIXELS)
		return;
	gbx__wire__raster__init(r);
	r->width = g->width;
	r->height = g->height;
	r->stride = g->stride;
	r->layout = g->layout;
	r->orientation = g->orientation;
	r->duration_ms = g->duration_ms;
	r->colour = g->colour;
	r->frames = g->frames == 1 ? 0 : g->frames;
	b->raster = r;
}

static void
again_item(struct again *a, const struct gbx_gate_item *g, uint32_t i)
{
	Gbx__Wire__Item *item = &a->item[i];

	gbx__wire__item__init(item);
	item->status = g->status;
	item->format = g->format;
	item->limit = g->limit;
	item->degraded = g->degraded;
	item->total = g->total;
	item->n_blocks = g->n_blocks;
	item->blocks = &a->blocks[g->first_block];
	a->items[i] = item;
}

static bool
packs_to(const struct gbx_case *c, const struct gbx_gate_reply *got)
{
	static struct again a; /* large; tests have one thread */
	uint32_t i;

	gbx__wire__reply__init(&a.reply);
	memcpy(a.nonce, c->job.nonce, sizeof(a.nonce));
	a.reply.nonce.data = a.nonce;
	a.reply.nonce.len = sizeof(a.nonce);
	a.reply.items = a.items;
	a.reply.n_items = got->n_items;
	for (i = 0; i < got->n_blocks; i++)
		again_block(&a, &got->block[i], i);
	for (i = 0; i < got->n_items; i++)
		again_item(&a, &got->item[i], i);
	return gbx__wire__reply__get_packed_size(&a.reply) == c->length &&
	       gbx__wire__reply__pack(&a.reply, a.wire) == c->length &&
	       memcmp(a.wire, c->wire, c->length) == 0;
}

/* ---- the judge ---------------------------------------------------------- */

static bool
same_records(const struct gbx_gate_reply *reply, const uint8_t *data)
{
	struct gbx_gate_record *records;
	bool same = true;
	uint32_t i;

	for (i = 0; same && i < reply->n_blocks; i++) {
		if (reply->block[i].kind != GBX_WIRE_RECORDS)
			continue;
		records = calloc(reply->block[i].records, sizeof(*records));
		if (records == NULL)
			abort();
		same = all_records(&reply->block[i], data, records) &&
		       oracle_records(&reply->block[i], data, records);
		free(records);
	}
	return same;
}

/* Accepted or refused, by the gate's word and the oracle's opinion. */
static void
compare(struct case_judgement *ret, bool good, const struct oracle_faults *f)
{
	ret->named = ret->field != NULL && !good && !f->form;
	if (good && ret->field != NULL)
		ret->fault = FAULT_REFUSED;
	else if (!good && ret->field == NULL)
		ret->fault = FAULT_ACCEPTED;
	else if (!good && !oracle_blames(f, ret->field))
		ret->fault = FAULT_FIELD;
}

static void
judge_data(const struct gbx_case *c, const struct gbx_gate_reply *reply,
    struct case_judgement *ret)
{
	struct oracle_faults f;
	uint8_t *data;
	size_t end;
	bool good;

	ret->end = CASE_ACCEPTED;
	/* Only pixels fill areas that large; they are not looked at. */
	if (reply->data_end > CASE_DATA)
		return;
	end = (size_t)reply->data_end;
	data = exact(c->data, end);
	ret->field = gbx_gate_data(&c->job, reply, data, end);
	good = oracle_data(&c->job, reply, data, end, &f);
	compare(ret, good, &f);
	if (!good)
		ret->end = CASE_OPENED;
	else if (ret->field == NULL && !same_records(reply, data))
		ret->fault = FAULT_READ;
	free(data);
}

static void
judge(const struct gbx_case *c, struct gbx_gate_reply *got,
    struct gbx_gate_reply *want, struct case_judgement *ret)
{
	uint8_t *wire = exact(c->wire, c->length);
	struct oracle_faults f;
	bool good;

	memset(got, UNTOUCHED, sizeof(*got));
	ret->field = gbx_gate_open(&c->job, wire, c->length, got);
	free(wire);
	good = oracle_open(&c->job, c->wire, c->length, want, &f);
	compare(ret, good, &f);
	if (ret->fault != FAULT_NONE)
		return;
	if (good ? !same_reply(got, want) || !packs_to(c, got)
		 : !untouched(got))
		ret->fault = FAULT_READ;
	else if (good)
		judge_data(c, got, ret);
}

void
case_judge(const struct gbx_case *c, struct case_judgement *ret)
{
	static const char *const why[] = {[FAULT_NONE] = NULL,
	    [FAULT_ACCEPTED] = "accepted what the oracle refuses",
	    [FAULT_REFUSED] = "refused what the oracle accepts",
	    [FAULT_FIELD] = "named a field that is not wrong",
	    [FAULT_READ] = "read differently, or written though refused"};
	struct gbx_gate_reply *got = malloc(2 * sizeof(*got));

	if (got == NULL)
		abort();
	*ret = (struct case_judgement){.end = CASE_REFUSED};
	judge(c, got, got + 1, ret);
	free(got);
	ret->why = why[ret->fault];
	if (ret->fault != FAULT_NONE)
		ret->end = CASE_DISAGREE;
}

enum case_end
case_try(const struct gbx_case *c, const char **ret_field, const char **ret_why)
{
	struct case_judgement j;

	case_judge(c, &j);
	if (ret_field != NULL)
		*ret_field = j.field;
	*ret_why = j.why;
	return j.end;
}
