/* SPDX-License-Identifier: ISC */
/*
 * The second opinion on a reply's envelope. For tests only; see oracle.h.
 */
#include "tests/unit/gate/oracle.h"

#include <stdlib.h>
#include <string.h>

#include "schemas/glovebox.pb-c.h"

typedef unsigned __int128 wide;
typedef struct oracle_faults faults;

bool
oracle_blames(const struct oracle_faults *f, const char *word)
{
	static const char *const words[ORACLE_WORDS] = {
#define GBX_FIELD(ID, word, why) [WRONG_##ID] = word,
#include "broker/validate/fields.def"
	};
	unsigned i;

	for (i = 0; i < ORACLE_WORDS; i++)
		if (strcmp(words[i], word) == 0)
			return f->form || (f->words >> i & 1);
	return false;
}

/* ---- the form ----------------------------------------------------------- */

bool
oracle_same_form(const ProtobufCMessage *m, const uint8_t *wire, size_t length)
{
	uint8_t *again = malloc(length + 1);
	bool same;

	if (again == NULL)
		abort();
	same = protobuf_c_message_get_packed_size(m) == length &&
	       protobuf_c_message_pack(m, again) == length &&
	       memcmp(again, wire, length) == 0;
	free(again);
	return same;
}

static bool
all_known(const Gbx__Wire__Reply *reply)
{
	size_t i, j, unknown = reply->base.n_unknown_fields;

	for (i = 0; i < reply->n_items; i++) {
		const Gbx__Wire__Item *item = reply->items[i];

		unknown += item->base.n_unknown_fields;
		for (j = 0; j < item->n_blocks; j++) {
			const Gbx__Wire__Block *b = item->blocks[j];

			unknown += b->base.n_unknown_fields;
			if (b->raster != NULL)
				unknown += b->raster->base.n_unknown_fields;
		}
	}
	return unknown == 0;
}

/* ---- what it says ------------------------------------------------------- */

struct row {
	uint32_t format, worker, ops, kinds, unit;
};

static const struct row rows[] = {
#define GBX_FORMAT(num, ID, worker, name, ops, kinds, unit, mime, suffix) \
	{num, GBX_WORKER_##worker, ops, kinds, GBX_WIRE_UNIT_##unit},
#include "schemas/formats.def"
};

static const struct row *
row_of(uint32_t format)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].format == format)
			return &rows[i];
	return NULL;
}

static void
look_at_pixels(
    const struct gbx_gate_job *job, const Gbx__Wire__Block *b, faults *f)
{
	const Gbx__Wire__Raster *r = b->raster;
	bool box = job->op == GBX_WIRE_OP_THUMBNAIL;
	bool probe = job->op == GBX_WIRE_OP_PROBE;
	wide area = (wide)r->width * r->height;
	wide frames = r->frames == 0 ? 1 : r->frames;

	oracle_wrong(f,
	    r->width == 0 || r->width > 1000000 ||
		(box && r->width > job->box_w),
	    WRONG_RASTER_WIDTH);
	oracle_wrong(f,
	    r->height == 0 || r->height > 1000000 ||
		(box && r->height > job->box_h),
	    WRONG_RASTER_HEIGHT);
	oracle_wrong(
	    f, area > job->limit[GBX_WIRE_LIMIT_PIXELS], WRONG_RASTER_PIXELS);
	oracle_wrong(f, r->layout != 1, WRONG_RASTER_LAYOUT);
	oracle_wrong(f, r->stride != (probe ? 0 : (wide)r->width * 4),
	    WRONG_RASTER_STRIDE);
	oracle_wrong(f, b->length != (probe ? 0 : area * 4 * frames),
	    WRONG_BLOCK_LENGTH);
	oracle_wrong(f, r->duration_ms > 3600000, WRONG_RASTER_DURATION);
	oracle_wrong(f,
	    r->orientation >= 9 ||
		(box && !(job->want & 2) && r->orientation != 0),
	    WRONG_RASTER_ORIENT);
	oracle_wrong(f,
	    r->colour > 6 ||
		(box && !(job->want & 4) && r->colour >= 2 && r->colour <= 5),
	    WRONG_RASTER_COLOUR);
	oracle_wrong(f,
	    r->frames == 1 || (r->frames != 0 && job->op != GBX_WIRE_OP_DECODE),
	    WRONG_RASTER_FRAMES);
	oracle_wrong(f, b->records != 0, WRONG_BLOCK_RECORDS);
}

/* The kinds that stand at this place of an OK item, one bit each. */
static uint32_t
kind_at(const struct gbx_gate_job *job, const struct row *row,
    const Gbx__Wire__Item *item, size_t place)
{
	uint32_t kinds = 1u << GBX_WIRE_PIXELS;
	bool image = row->unit == 1;

	if (job->op == GBX_WIRE_OP_TEXT)
		kinds = 1u << (place == 0 ? GBX_WIRE_TEXT : GBX_WIRE_RECORDS);
	if (job->op == GBX_WIRE_OP_ENCODE || job->op == GBX_WIRE_OP_EXTRACT)
		kinds = 1u << GBX_WIRE_BYTES;
	if (job->op == GBX_WIRE_OP_LIST)
		kinds = 1u << GBX_WIRE_RECORDS;
	if (job->op == GBX_WIRE_OP_PROBE && place == image)
		kinds = 1u << GBX_WIRE_RECORDS;
	kinds &= row->kinds;
	if (job->op == GBX_WIRE_OP_DECODE && job->count >= 2 && place >= 1 &&
	    place == item->n_blocks - 1)
		kinds |= 1u << GBX_WIRE_DURATIONS;
	return kinds;
}

/* Frames in blocks before this one; so many bytes has a block of durations. */
static wide
frames_before(const Gbx__Wire__Item *item, size_t place)
{
	wide n = 0;
	size_t i;

	for (i = 0; i < place; i++)
		if (item->blocks[i]->kind == GBX_WIRE_PIXELS) {
			const Gbx__Wire__Raster *r = item->blocks[i]->raster;

			n += r != NULL && r->frames != 0 ? r->frames : 1;
		}
	return n;
}

static bool
ends_in_durations(const Gbx__Wire__Item *item)
{
	return item->blocks[item->n_blocks - 1]->kind == GBX_WIRE_DURATIONS;
}

static void
look_at_block(const struct gbx_gate_job *job, const struct row *row,
    const Gbx__Wire__Item *item, size_t place, faults *f)
{
	const Gbx__Wire__Block *b = item->blocks[place];
	bool pixels = b->kind == GBX_WIRE_PIXELS;
	wide before = frames_before(item, place);
	wide due = pixels ? job->first + before : 0;
	wide own = frames_before(item, place + 1) - before;

	oracle_wrong(f,
	    b->kind > 31 || !(kind_at(job, row, item, place) >> b->kind & 1),
	    WRONG_BLOCK_KIND);
	oracle_wrong(f, (b->raster != NULL) != pixels, WRONG_BLOCK_RASTER);
	oracle_wrong(f,
	    b->index != due ||
		(pixels && item->total > 0 && due + own > item->total) ||
		(pixels && due + own > job->limit[GBX_WIRE_LIMIT_FRAMES]),
	    WRONG_BLOCK_INDEX);
	oracle_wrong(
	    f, pixels && before + own > job->count, WRONG_RASTER_FRAMES);
	if (pixels && b->raster != NULL)
		look_at_pixels(job, b, f);
	oracle_wrong(f,
	    b->raster != NULL && b->raster->duration_ms > 0 &&
		(item->total < 2 || own > 1 || ends_in_durations(item)),
	    WRONG_RASTER_DURATION);
	if (b->kind == GBX_WIRE_DURATIONS) {
		oracle_wrong(f, item->total < 2, WRONG_RASTER_DURATION);
		oracle_wrong(f, b->length != before * 4, WRONG_BLOCK_LENGTH);
		oracle_wrong(f, b->records != 0, WRONG_BLOCK_RECORDS);
	}
	if (b->kind == GBX_WIRE_TEXT) {
		oracle_wrong(f, b->length > job->limit[GBX_WIRE_LIMIT_TEXT],
		    WRONG_BLOCK_LENGTH);
		oracle_wrong(f, b->records != 0, WRONG_BLOCK_RECORDS);
	}
	if (b->kind == GBX_WIRE_BYTES)
		oracle_wrong(f, b->records != 0, WRONG_BLOCK_RECORDS);
	if (b->kind == GBX_WIRE_RECORDS)
		oracle_wrong(f,
		    b->records == 0 ||
			b->records >
			    (wide)job->limit[GBX_WIRE_LIMIT_RECORDS] +
				(job->op == GBX_WIRE_OP_LIST
					? job->limit[GBX_WIRE_LIMIT_MEMBERS]
					: 0) ||
			b->length < (wide)b->records * 3 ||
			b->length / (GBX_RECORD_MAX + 2) > b->records,
		    WRONG_BLOCK_RECORDS);
}

static void
look_at_places(const struct gbx_gate_job *job, const Gbx__Wire__Item *item,
    wide *end, faults *f)
{
	wide sum = 0;
	size_t i;

	for (i = 0; i < item->n_blocks; i++) {
		const Gbx__Wire__Block *b = item->blocks[i];

		while (*end % 64 != 0)
			++*end;
		oracle_wrong(f, b->offset != *end, WRONG_BLOCK_OFFSET);
		*end += b->length;
		sum += b->length;
		oracle_wrong(f,
		    *end > job->out_size ||
			sum > job->limit[GBX_WIRE_LIMIT_OUTPUT],
		    WRONG_BLOCK_LENGTH);
	}
}

/* How many blocks an OK item has: at least, at most. */
static void
counts(const struct gbx_gate_job *job, const Gbx__Wire__Item *item, bool image,
    size_t *low, size_t *high)
{
	size_t extra =
	    item->n_blocks > 1 && job->count > 1 && ends_in_durations(item);

	*low = *high = 1;
	switch (job->op) {
	case GBX_WIRE_OP_PROBE:
		*low = *high = image;
		*high += job->want & 1;
		break;
	case GBX_WIRE_OP_DECODE:
		*high = job->count < 8 - extra ? job->count + extra : 8;
		break;
	case GBX_WIRE_OP_TEXT:
		*high = 2;
		break;
	case GBX_WIRE_OP_LIST:
		*low = 0;
		break;
	default:
		break;
	}
}

static void
look_at_result(const struct gbx_gate_job *job, const Gbx__Wire__Item *item,
    const struct row *row, wide *end, faults *f)
{
	static const uint32_t by_unit[] = {0, GBX_WIRE_LIMIT_FRAMES,
	    GBX_WIRE_LIMIT_PAGES, GBX_WIRE_LIMIT_MEMBERS};
	bool image = row != NULL && row->unit == 1;
	size_t low, high, i;

	oracle_wrong(f, item->limit != 0, WRONG_ITEM_LIMIT);
	if (row == NULL || job->op > 7 || !(row->ops >> job->op & 1)) {
		oracle_wrong(f, true, WRONG_ITEM_FORMAT);
		return;
	}
	oracle_wrong(f,
	    item->total > job->limit[by_unit[job->op >= 6 ? 3 : row->unit]],
	    WRONG_ITEM_TOTAL);
	counts(job, item, image, &low, &high);
	oracle_wrong(f, item->n_blocks < low || item->n_blocks > high,
	    WRONG_ITEM_BLOCKS);
	for (i = 0; i < item->n_blocks; i++)
		look_at_block(job, row, item, i, f);
	look_at_places(job, item, end, f);
}

static void
look_at_item(const struct gbx_gate_job *job, const Gbx__Wire__Item *item,
    wide *end, faults *f)
{
	/* memory, output, pixels, frames, pages, members, ratio, text,
	 * records, depth, scans: 3, 5..14 */
	static const uint32_t may_name = 1u << 3 | 0x7fe0;
	const struct row *row = row_of(item->format);

	oracle_wrong(f,
	    item->format != 0 && (row == NULL || row->worker != job->worker),
	    WRONG_ITEM_FORMAT);
	oracle_wrong(f,
	    item->status != GBX_WIRE_OK && item->status != GBX_WIRE_MALFORMED &&
		item->status != GBX_WIRE_UNSUPPORTED &&
		item->status != GBX_WIRE_LIMIT,
	    WRONG_ITEM_STATUS);
	if (item->status == GBX_WIRE_OK) {
		look_at_result(job, item, row, end, f);
		return;
	}
	oracle_wrong(f, item->degraded, WRONG_ITEM_DEGRADED);
	oracle_wrong(f, item->total != 0, WRONG_ITEM_TOTAL);
	oracle_wrong(f, item->n_blocks != 0, WRONG_ITEM_BLOCKS);
	oracle_wrong(f,
	    item->status == GBX_WIRE_LIMIT
		? item->limit > 31 || !(may_name >> item->limit & 1)
		: item->limit != 0,
	    WRONG_ITEM_LIMIT);
}

static void
look_at_reply(
    const struct gbx_gate_job *job, const Gbx__Wire__Reply *reply, faults *f)
{
	size_t i, blocks = 0;
	wide end = 0;

	oracle_wrong(f,
	    reply->nonce.len != 16 ||
		memcmp(reply->nonce.data, job->nonce, 16) != 0,
	    WRONG_NONCE);
	oracle_wrong(f,
	    reply->n_items != job->n_inputs || reply->n_items < 1 ||
		reply->n_items > 64,
	    WRONG_ITEMS);
	for (i = 0; i < reply->n_items; i++) {
		blocks += reply->items[i]->n_blocks;
		oracle_wrong(
		    f, reply->items[i]->n_blocks > 8, WRONG_ITEM_BLOCKS);
		look_at_item(job, reply->items[i], &end, f);
	}
	oracle_wrong(f, blocks > 128, WRONG_ITEM_BLOCKS);
}

/* ---- what the caller is to see ------------------------------------------ */

static void
fill_block(const Gbx__Wire__Block *v, struct gbx_gate_block *b)
{
	b->kind = v->kind;
	b->index = v->index;
	b->offset = v->offset;
	b->length = v->length;
	b->records = v->records;
	if (v->raster == NULL)
		return;
	b->width = v->raster->width;
	b->height = v->raster->height;
	b->layout = v->raster->layout;
	b->stride = v->raster->stride;
	b->orientation = v->raster->orientation;
	b->duration_ms = v->raster->duration_ms;
	b->colour = v->raster->colour;
	b->frames = v->raster->frames > 1 ? v->raster->frames : 1;
}

static void
fill(const Gbx__Wire__Reply *wire, struct gbx_gate_reply *ret)
{
	size_t i, j;

	memset(ret, 0, sizeof(*ret));
	for (i = 0; i < wire->n_items; i++) {
		const Gbx__Wire__Item *w = wire->items[i];
		struct gbx_gate_item *item = &ret->item[ret->n_items++];

		item->status = w->status;
		item->format = w->format;
		item->limit = w->limit;
		item->degraded = w->degraded;
		item->total = w->total;
		item->first_block = ret->n_blocks;
		item->n_blocks = (uint32_t)w->n_blocks;
		for (j = 0; j < w->n_blocks; j++) {
			fill_block(w->blocks[j], &ret->block[ret->n_blocks++]);
			ret->data_end =
			    w->blocks[j]->offset + w->blocks[j]->length;
		}
	}
}

bool
oracle_open(const struct gbx_gate_job *job, const uint8_t *wire, size_t length,
    struct gbx_gate_reply *ret_reply, struct oracle_faults *ret_faults)
{
	faults f = {0, false};
	Gbx__Wire__Reply *reply = NULL;

	oracle_wrong(&f, length == 0 || length > 4092, WRONG_REPLY_LENGTH);
	if (f.words == 0)
		reply = gbx__wire__reply__unpack(NULL, length, wire);
	f.form =
	    f.words == 0 && (reply == NULL || !all_known(reply) ||
				!oracle_same_form(&reply->base, wire, length));
	if (f.words == 0 && !f.form)
		look_at_reply(job, reply, &f);
	if (f.words == 0 && !f.form)
		fill(reply, ret_reply);
	if (reply != NULL)
		gbx__wire__reply__free_unpacked(reply, NULL);
	*ret_faults = f;
	return f.words == 0 && !f.form;
}
