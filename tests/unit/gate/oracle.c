/* SPDX-License-Identifier: ISC */
/*
 * The second opinion on a reply. For tests only; see oracle.h.
 */
#include <stdlib.h>
#include <string.h>

#include "schemas/glovebox.pb-c.h"
#include "tests/unit/gate/oracle.h"

typedef unsigned __int128 wide;

/* ---- the form ----------------------------------------------------------- */

static bool
same_form(const ProtobufCMessage *m, const uint8_t *wire, size_t length)
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
	uint32_t format, worker, ops, kinds;
};

static const struct row rows[] = {
#define GBX_FORMAT(num, ID, worker, name, ops, kinds, mime, suffix) \
	{num, GBX_WORKER_##worker, ops, kinds},
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

static bool
pixels_good(const struct gbx_gate_job *job, const Gbx__Wire__Block *b)
{
	const Gbx__Wire__Raster *r = b->raster;
	wide area, bytes;

	if (r == NULL || r->width == 0 || r->height == 0 ||
	    r->width > 1000000 || r->height > 1000000 || r->layout != 1)
		return false;
	if (job->op == GBX_WIRE_OP_THUMBNAIL &&
	    (r->width > job->box_w || r->height > job->box_h))
		return false;
	area = (wide)r->width * r->height;
	bytes = job->op == GBX_WIRE_OP_PROBE ? 0 : area * 4;
	return area <= job->limit[GBX_WIRE_LIMIT_PIXELS] &&
	       b->length == bytes && (wide)r->stride * r->height == bytes &&
	       r->duration_ms == 0 && r->orientation < 9 && b->records == 0;
}

static bool
text_good(const struct gbx_gate_job *job, const Gbx__Wire__Block *b)
{
	return b->raster == NULL && b->records == 0 && b->index == 0 &&
	       b->length <= job->limit[GBX_WIRE_LIMIT_TEXT];
}

static bool
records_good(const struct gbx_gate_job *job, const Gbx__Wire__Block *b)
{
	return b->raster == NULL && b->index == 0 && b->records > 0 &&
	       b->records <= job->limit[GBX_WIRE_LIMIT_RECORDS] &&
	       b->length >= (wide)b->records * 3 &&
	       b->length / (GBX_RECORD_MAX + 2) <= b->records;
}

static bool
frame_good(const struct gbx_gate_job *job, const Gbx__Wire__Item *item,
    const Gbx__Wire__Block *b, size_t n)
{
	if ((wide)job->first + n != b->index)
		return false;
	if (item->total > 0 && b->index >= item->total)
		return false;
	return pixels_good(job, b);
}

/* The one shape that an OK item has, by operation. */
static bool
shape_good(
    const struct gbx_gate_job *job, const Gbx__Wire__Item *item, bool image)
{
	size_t n = item->n_blocks, i;

	if (job->op == GBX_WIRE_OP_TEXT) {
		if (n < 1 || n > 2 || item->blocks[0]->kind != 2 ||
		    !text_good(job, item->blocks[0]))
			return false;
		return n == 1 || (item->blocks[1]->kind == 3 &&
				     records_good(job, item->blocks[1]));
	}
	if (!image)
		return job->op == GBX_WIRE_OP_PROBE && n == 0;
	if (n < 1 || n > 8 ||
	    (job->op == GBX_WIRE_OP_DECODE ? n > job->count : n != 1))
		return false;
	for (i = 0; i < n; i++)
		if (item->blocks[i]->kind != 1 ||
		    !frame_good(job, item, item->blocks[i], i))
			return false;
	return true;
}

static bool
places_good(
    const struct gbx_gate_job *job, const Gbx__Wire__Item *item, wide *end)
{
	wide sum = 0;
	size_t i;

	for (i = 0; i < item->n_blocks; i++) {
		const Gbx__Wire__Block *b = item->blocks[i];

		while (*end % 64 != 0)
			++*end;
		if (b->offset != *end)
			return false;
		*end += b->length;
		sum += b->length;
	}
	return *end <= job->out_size &&
	       sum <= job->limit[GBX_WIRE_LIMIT_OUTPUT];
}

static bool
kinds_good(const struct row *row, const Gbx__Wire__Item *item)
{
	size_t i;

	for (i = 0; i < item->n_blocks; i++)
		if (item->blocks[i]->kind > 4 ||
		    !(row->kinds >> item->blocks[i]->kind & 1))
			return false;
	return true;
}

static bool
ok_good(const struct gbx_gate_job *job, const Gbx__Wire__Item *item,
    const struct row *row, wide *end)
{
	bool image = row != NULL && row->kinds & GBX_MAY(PIXELS);

	if (row == NULL || job->op > 4 || !(row->ops >> job->op & 1) ||
	    item->limit != 0)
		return false;
	if (item->total >
	    job->limit[image ? GBX_WIRE_LIMIT_FRAMES : GBX_WIRE_LIMIT_PAGES])
		return false;
	return kinds_good(row, item) && shape_good(job, item, image) &&
	       places_good(job, item, end);
}

static bool
item_good(
    const struct gbx_gate_job *job, const Gbx__Wire__Item *item, wide *end)
{
	/* memory, output, pixels, frames, pages, members, ratio, text,
	 * records, depth */
	static const bool may_name[GBX_LIMIT_COUNT] = {[3] = 1,
	    [5] = 1,
	    [6] = 1,
	    [7] = 1,
	    [8] = 1,
	    [9] = 1,
	    [10] = 1,
	    [11] = 1,
	    [12] = 1,
	    [13] = 1};
	const struct row *row = row_of(item->format);

	if (item->format != 0 && (row == NULL || row->worker != job->worker))
		return false;
	if (item->status == GBX_WIRE_OK)
		return ok_good(job, item, row, end);
	if (item->degraded || item->total != 0 || item->n_blocks != 0)
		return false;
	if (item->status == GBX_WIRE_LIMIT)
		return item->limit < GBX_LIMIT_COUNT && may_name[item->limit];
	return (item->status == GBX_WIRE_MALFORMED ||
		   item->status == GBX_WIRE_UNSUPPORTED) &&
	       item->limit == 0;
}

static bool
reply_good(const struct gbx_gate_job *job, const Gbx__Wire__Reply *reply)
{
	size_t i, blocks = 0;
	wide end = 0;

	if (reply->nonce.len != 16 ||
	    memcmp(reply->nonce.data, job->nonce, 16) != 0 ||
	    reply->n_items != job->n_inputs || reply->n_items < 1 ||
	    reply->n_items > 64)
		return false;
	for (i = 0; i < reply->n_items; i++) {
		blocks += reply->items[i]->n_blocks;
		if (!item_good(job, reply->items[i], &end))
			return false;
	}
	return blocks <= 128;
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
			const Gbx__Wire__Block *v = w->blocks[j];
			struct gbx_gate_block *b = &ret->block[ret->n_blocks++];

			b->kind = v->kind;
			b->index = v->index;
			b->offset = v->offset;
			b->length = v->length;
			b->records = v->records;
			ret->data_end = v->offset + v->length;
			if (v->raster == NULL)
				continue;
			b->width = v->raster->width;
			b->height = v->raster->height;
			b->layout = v->raster->layout;
			b->stride = v->raster->stride;
			b->orientation = v->raster->orientation;
			b->duration_ms = v->raster->duration_ms;
		}
	}
}

bool
oracle_open(const struct gbx_gate_job *job, const uint8_t *wire, size_t length,
    struct gbx_gate_reply *ret_reply)
{
	Gbx__Wire__Reply *reply;
	bool good;

	if (length == 0 || length > 4092)
		return false;
	reply = gbx__wire__reply__unpack(NULL, length, wire);
	if (reply == NULL)
		return false;
	good = all_known(reply) && same_form(&reply->base, wire, length) &&
	       reply_good(job, reply);
	if (good)
		fill(reply, ret_reply);
	gbx__wire__reply__free_unpacked(reply, NULL);
	return good;
}

/* ---- the data ----------------------------------------------------------- */

static size_t
encode(uint32_t c, uint8_t out[4])
{
	static const uint32_t above[] = {0x80, 0x800, 0x10000, 0x110000};
	static const uint8_t mark[] = {0, 0xc0, 0xe0, 0xf0};
	size_t n = 0, i;

	while (c >= above[n])
		n++;
	for (i = n; i > 0; i--, c >>= 6)
		out[i] = (uint8_t)(0x80 | (c & 0x3f));
	out[0] = (uint8_t)(mark[n] | c);
	return n + 1;
}

/* Decode loosely, then demand that encoding gives the same bytes. */
static size_t
decode(const uint8_t *p, size_t n, uint32_t *ret)
{
	size_t want = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	uint32_t c = want == 1 ? p[0] : p[0] & (0x7fu >> want);
	uint8_t again[4];
	size_t i;

	if (want > n)
		return 0;
	for (i = 1; i < want; i++)
		c = c << 6 | (p[i] & 0x3f);
	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ||
	    encode(c, again) != want || memcmp(again, p, want) != 0)
		return 0;
	*ret = c;
	return want;
}

static bool
any_of(uint32_t c, const uint32_t (*range)[2], size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (c >= range[i][0] && c <= range[i][1])
			return true;
	return false;
}

static const uint32_t bidi_set[][2] = {
    {0x61c, 0x61c}, {0x200e, 0x200f}, {0x202a, 0x202e}, {0x2066, 0x2069}};
static const uint32_t control_set[][2] = {{0, 0x1f}, {0x7f, 0x9f}};
static const uint32_t label_set[][2] = {
    {0x2028, 0x2029}, {0xfeff, 0xfeff}, {0xfdd0, 0xfdef}};
#define ANY_OF(c, set) any_of(c, set, sizeof(set) / sizeof(set[0]))

static bool
oracle_text(const uint8_t *p, size_t n, bool *bidi)
{
	size_t step;
	uint32_t c;

	for (; n > 0; p += step, n -= step) {
		step = decode(p, n, &c);
		if (step == 0 || (c != 9 && c != 10 && ANY_OF(c, control_set)))
			return false;
		*bidi |= ANY_OF(c, bidi_set);
	}
	return true;
}

static bool
oracle_label(const ProtobufCBinaryData *s, size_t max)
{
	const uint8_t *p = s->data;
	size_t n = s->len, step;
	uint32_t c;

	if (n > max)
		return false;
	for (; n > 0; p += step, n -= step) {
		step = decode(p, n, &c);
		if (step == 0 || ANY_OF(c, control_set) ||
		    ANY_OF(c, bidi_set) || ANY_OF(c, label_set) ||
		    c % 0x10000 >= 0xfffe)
			return false;
	}
	return true;
}

static bool
record_good(const Gbx__Wire__Record *r, uint32_t index, uint32_t *flags)
{
	bool new_flag = r->flags != 0 && r->flags < 64 &&
			(r->flags & (r->flags - 1)) == 0 &&
			(*flags & r->flags) == 0;

	if (r->base.n_unknown_fields != 0 || r->parent > index ||
	    r->offset != 0 || r->size != 0 || r->packed != 0)
		return false;
	if (r->kind == GBX_WIRE_REC_PROPERTY)
		return r->flags == 0 && r->name.len > 0 &&
		       oracle_label(&r->name, 1024) &&
		       oracle_label(&r->value, 2048);
	*flags |= r->flags;
	return r->kind == GBX_WIRE_REC_FLAG && new_flag && r->parent == 0 &&
	       r->name.len == 0 && r->value.len == 0;
}

/* One or two bytes of length: no record is longer. */
static bool
record_length(const uint8_t **p, size_t *left, size_t *ret)
{
	if (*left < 1)
		return false;
	*ret = (*p)[0] & 0x7f;
	if ((*p)[0] < 0x80) {
		*p += 1;
		*left -= 1;
	} else {
		if (*left < 2 || (*p)[1] == 0 || (*p)[1] > 0x7f)
			return false;
		*ret |= (size_t)(*p)[1] << 7;
		*p += 2;
		*left -= 2;
	}
	return *ret > 0 && *ret <= 4096 && *ret <= *left;
}

static Gbx__Wire__Record *
take_record(const uint8_t **p, size_t *left)
{
	Gbx__Wire__Record *r;
	size_t n;

	if (!record_length(p, left, &n))
		return NULL;
	r = gbx__wire__record__unpack(NULL, n, *p);
	if (r != NULL && !same_form(&r->base, *p, n)) {
		gbx__wire__record__free_unpacked(r, NULL);
		return NULL;
	}
	*p += n;
	*left -= n;
	return r;
}

static bool
oracle_record_block(
    const struct gbx_gate_block *b, const uint8_t *data, uint32_t *flags)
{
	const uint8_t *p = data + b->offset;
	size_t left = (size_t)b->length;
	Gbx__Wire__Record *r;
	uint32_t i;
	bool good;

	for (i = 0; i < b->records; i++) {
		r = take_record(&p, &left);
		if (r == NULL)
			return false;
		good = record_good(r, i, flags);
		gbx__wire__record__free_unpacked(r, NULL);
		if (!good)
			return false;
	}
	return left == 0;
}

static bool
same_string(const ProtobufCBinaryData *a, const char *b, uint32_t n)
{
	return a->len == n && (n == 0 || memcmp(a->data, b, n) == 0);
}

bool
oracle_records(const struct gbx_gate_block *block, const uint8_t *data,
    const struct gbx_gate_record *records)
{
	const uint8_t *p = data + block->offset;
	size_t left = (size_t)block->length;
	Gbx__Wire__Record *r;
	bool same = true;
	uint32_t i;

	for (i = 0; same && i < block->records; i++) {
		const struct gbx_gate_record *g = &records[i];

		r = take_record(&p, &left);
		if (r == NULL)
			return false;
		same = r->kind == g->kind && r->parent == g->parent &&
		       r->flags == g->flags && r->offset == g->offset &&
		       r->size == g->bytes && r->packed == g->packed &&
		       same_string(&r->name, g->name, g->name_length) &&
		       same_string(&r->value, g->value, g->value_length);
		gbx__wire__record__free_unpacked(r, NULL);
	}
	return same;
}

bool
oracle_data(
    const struct gbx_gate_reply *reply, const uint8_t *data, size_t size)
{
	uint64_t at = 0;
	uint32_t i, j;

	if (reply->data_end > size)
		return false;
	for (i = 0; i < reply->n_items; i++) {
		const struct gbx_gate_item *item = &reply->item[i];
		uint32_t flags = 0;
		bool bidi = false;

		for (j = 0; j < item->n_blocks; j++) {
			const struct gbx_gate_block *b =
			    &reply->block[item->first_block + j];

			while (at < b->offset)
				if (data[at++] != 0)
					return false;
			at += b->length;
			if (b->kind == GBX_WIRE_TEXT &&
			    !oracle_text(
				data + b->offset, (size_t)b->length, &bidi))
				return false;
			if (b->kind == GBX_WIRE_RECORDS &&
			    !oracle_record_block(b, data, &flags))
				return false;
		}
		if (bidi != (flags >> 5 & 1))
			return false;
	}
	return true;
}
