/* SPDX-License-Identifier: ISC */
/*
 * Cases for the gate, out of a stream of bytes. For tests only; see case.h.
 */
#include <stdlib.h>
#include <string.h>

#include "schemas/glovebox.pb-c.h"
#include "schemas/paths.h"
#include "tests/unit/gate/case.h"

/* ---- jobs --------------------------------------------------------------- */

struct ask {
	uint32_t worker, op, n_inputs, first, count;
	uint64_t out_size, output, pixels, text, records;
	uint32_t want;
};

/* clang-format off */
static const struct ask asks[] = {
	{ GBX_WORKER_PNG,   GBX_WIRE_OP_PROBE,      1, 0, 1, 4096, 4096, 50000000, 4096, 64, 0 },
	{ GBX_WORKER_PNG,   GBX_WIRE_OP_DECODE,     1, 0, 1, 65536, 65536, 16000, 4096, 64, 0 },
	{ GBX_WORKER_PNG,   GBX_WIRE_OP_DECODE,     1, 3, 5, 65536, 40000, 10000, 4096, 64, 0 },
	{ GBX_WORKER_PNG,   GBX_WIRE_OP_DECODE,     1, 0, 1, UINT64_C(1) << 40, UINT64_MAX, UINT64_MAX, 4096, 64, 0 },
	{ GBX_WORKER_PNG,   GBX_WIRE_OP_DECODE,     1, UINT32_MAX - 2, 9, UINT64_MAX - 4095, UINT64_MAX, UINT64_MAX, 4096, 64, 0 },
	{ GBX_WORKER_PNG,   GBX_WIRE_OP_DECODE,     3, 0, 2, 65536, 9000, 2500, 4096, 64, 0 },
	{ GBX_WORKER_PNG,   GBX_WIRE_OP_DECODE,    20, 0, 8, 65536, 65536, 2500, 4096, 64, 0 },
	{ GBX_WORKER_PNG,   GBX_WIRE_OP_THUMBNAIL,  1, 0, 1, 65536, 65536, 16000, 4096, 64, 0 },
	{ GBX_WORKER_PNG,   GBX_WIRE_OP_THUMBNAIL, 64, 0, 1, 65536, 65536, 16000, 4096, 64, 0 },
	{ GBX_WORKER_PNG,   GBX_WIRE_OP_TEXT,       1, 0, 1, 4096, 4096, 16000, 4096, 64, 0 },
	{ GBX_WORKER_OOXML, GBX_WIRE_OP_PROBE,      1, 0, 1, 4096, 4096, 16000, 4096, 64, 0 },
	{ GBX_WORKER_OOXML, GBX_WIRE_OP_TEXT,       1, 0, 1, 8192, 8192, 16000, 4096, 64, 0 },
	{ GBX_WORKER_OOXML, GBX_WIRE_OP_TEXT,       1, 0, 1, 8192, 300, 16000, 200, 3, 0 },
	{ GBX_WORKER_OOXML, GBX_WIRE_OP_TEXT,       3, 0, 1, 16384, 8192, 16000, 4096, 64, 0 },
	{ GBX_WORKER_OOXML, GBX_WIRE_OP_TEXT,      64, 0, 1, 65536, 8192, 16000, 4096, 4096, 0 },
	{ GBX_WORKER_OOXML, GBX_WIRE_OP_DECODE,     1, 0, 1, 4096, 4096, 16000, 4096, 64, 0 },
	{ GBX_WORKER_PNG,   GBX_WIRE_OP_PROBE,      1, 0, 1, 8192, 4096, 50000000, 4096, 64, GBX_WIRE_WANT_METADATA },
	{ GBX_WORKER_OOXML, GBX_WIRE_OP_PROBE,      1, 0, 1, 8192, 4096, 50000000, 4096, 64, GBX_WIRE_WANT_METADATA },
	{ GBX_WORKER_PNG,   GBX_WIRE_OP_PROBE,      9, 0, 1, 16384, 4096, 50000000, 4096, 64, GBX_WIRE_WANT_METADATA },
	{ GBX_WORKER_PNG,   GBX_WIRE_OP_DECODE,     1, 2, 30, 65536, 60000, 2500, 4096, 64, 0 },
	{ GBX_WORKER_PNG,   GBX_WIRE_OP_DECODE,     3, 0, 7, 65536, 20000, 2500, 4096, 64, 0 },
	{ GBX_WORKER_PNG,   GBX_WIRE_OP_DECODE,     1, 4, UINT32_MAX, UINT64_MAX - 4095, UINT64_MAX, UINT64_MAX, 4096, 64, 0 },
	{ GBX_WORKER_PNG,   GBX_WIRE_OP_THUMBNAIL,  2, 0, 1, 65536, 65536, 16000, 4096, 64, GBX_WIRE_WANT_ORIENTATION },
	{ GBX_WORKER_PNG,   GBX_WIRE_OP_THUMBNAIL,  1, 0, 1, 65536, 65536, 16000, 4096, 64, GBX_WIRE_WANT_COLOUR },
	{ GBX_WORKER_ENCODE, GBX_WIRE_OP_ENCODE,    1, 0, 1, 8192, 4096, 16000, 4096, 64, 0 },
	{ GBX_WORKER_ENCODE, GBX_WIRE_OP_ENCODE,    3, 0, 1, 8192, 300, 16000, 4096, 64, 0 },
	{ GBX_WORKER_OOXML, GBX_WIRE_OP_LIST,       1, 0, 1, 16384, 8192, 16000, 4096, 64, 0 },
	{ GBX_WORKER_OOXML, GBX_WIRE_OP_LIST,       3, 0, 1, 16384, 8192, 16000, 4096, 3, 0 },
	{ GBX_WORKER_OOXML, GBX_WIRE_OP_EXTRACT,    1, 5, 1, 8192, 200, 16000, 4096, 64, 0 },
	{ GBX_WORKER_OOXML, GBX_WIRE_OP_EXTRACT,    4, 0, 1, 8192, 4096, 16000, 4096, 64, 0 },
};
/* clang-format on */

size_t
case_jobs(void)
{
	return sizeof(asks) / sizeof(asks[0]);
}

void
case_job(size_t i, struct gbx_gate_job *ret_job)
{
	const struct ask *ask = &asks[i % case_jobs()];
	size_t k;

	memset(ret_job, 0, sizeof(*ret_job));
	memset(ret_job->nonce, 'N', sizeof(ret_job->nonce));
	memset(ret_job->salt, 'S', sizeof(ret_job->salt));
	for (k = 0; k < GBX_LIMIT_COUNT; k++)
		ret_job->limit[k] = 1000;
	ret_job->worker = ask->worker;
	ret_job->op = ask->op;
	ret_job->lockdown = GBX_WIRE_LOCK_FILTER;
	ret_job->in_size = 4096;
	ret_job->out_size = ask->out_size;
	ret_job->limit[GBX_WIRE_LIMIT_OUTPUT] = ask->output;
	ret_job->limit[GBX_WIRE_LIMIT_PIXELS] = ask->pixels;
	ret_job->limit[GBX_WIRE_LIMIT_FRAMES] = 7;
	ret_job->limit[GBX_WIRE_LIMIT_PAGES] = 9;
	ret_job->limit[GBX_WIRE_LIMIT_MEMBERS] = 8;
	ret_job->limit[GBX_WIRE_LIMIT_TEXT] = ask->text;
	ret_job->limit[GBX_WIRE_LIMIT_RECORDS] = ask->records;
	ret_job->first = ask->first;
	ret_job->count = ask->count;
	ret_job->box_w = 60;
	ret_job->box_h = 40;
	ret_job->dpi = 72;
	ret_job->want = ask->want;
	ret_job->n_inputs = ask->n_inputs;
	for (k = 0; k < ask->n_inputs; k++) {
		ret_job->input[k].offset = k * GBX_ALIGN;
		ret_job->input[k].length = ask->n_inputs > 1 ? GBX_ALIGN : 4096;
	}
}

/* ---- choices ------------------------------------------------------------ */

struct stream {
	const uint8_t *p;
	size_t left;
};

static uint8_t
next(struct stream *s)
{
	if (s->left == 0)
		return 0;
	s->left--;
	return *s->p++;
}

static uint64_t
next_wide(struct stream *s, unsigned bytes)
{
	uint64_t value = 0;

	while (bytes-- > 0)
		value = value << 8 | next(s);
	return value;
}

/* The honest number, unless the stream says otherwise. */
static uint64_t
bend(struct stream *s, uint64_t honest)
{
	uint8_t choice = next(s);

	if (choice < 240)
		return honest;
	switch (choice) {
	case 240:
		return honest + 1;
	case 241:
		return honest - 1;
	case 242:
		return 0;
	case 243:
		return UINT32_MAX;
	case 244:
		return honest * 2;
	case 245:
		return honest + GBX_ALIGN;
	case 246:
		return honest - GBX_ALIGN;
	case 247:
		return UINT64_MAX - next(s);
	case 248:
		return honest ^ UINT64_C(1) << (next(s) & 63);
	case 249:
	case 250:
		return next_wide(s, 8);
	case 251:
	case 252:
		return next_wide(s, 4);
	default:
		return next(s);
	}
}

static uint32_t
bend32(struct stream *s, uint32_t honest)
{
	return (uint32_t)bend(s, honest);
}

/* ---- building ----------------------------------------------------------- */

struct build {
	struct stream s;
	struct gbx_case *c;
	uint64_t end;
	size_t n_blocks;
	uint32_t flags; /* of this item */
	bool bidi;
	uint32_t frames;  /* of this item */
	uint32_t members; /* of this item */
	Gbx__Wire__Reply reply;
	Gbx__Wire__Item item[GBX_BATCH_MAX + 2], *items[GBX_BATCH_MAX + 2];
	Gbx__Wire__Block block[256], *blocks[256];
	Gbx__Wire__Raster raster[256];
};

/* The bytes that a block of this length would fill, or NULL. */
static uint8_t *
room(struct build *b, uint64_t offset, uint64_t length)
{
	if (offset > CASE_DATA || length > CASE_DATA - offset)
		return NULL;
	return b->c->data + offset;
}

static void
put_text(struct build *b, uint8_t *to, size_t n)
{
	static const char *const odd[] = {"\xd9\x84", "\xe2\x80\xae",
	    "\xf0\x9f\x98\x80", "\xe2\x81\xa7", "\n", "\t", "\xed\x9f\xbf",
	    "\xf4\x8f\xbf\xbf", "\xc2\x80", "\xed\xa0\x80", "\xc0\xaf"};
	size_t i = 0, k;
	uint8_t c;

	while (i < n) {
		c = next(&b->s);
		if (c < 0x80) {
			to[i++] = c >= 0x20 && c < 0x7f ? c : ' ';
			continue;
		}
		if (c >= 0xf8) {
			to[i++] = next(&b->s);
			continue;
		}
		k = (c & 0x7f) % (sizeof(odd) / sizeof(odd[0]));
		/* The last three are what few streams should send. */
		if (k >= 8 && c < 0xe0)
			k -= 8;
		if (strlen(odd[k]) > n - i) {
			to[i++] = '.';
			continue;
		}
		b->bidi |= k == 1 || k == 3;
		memcpy(to + i, odd[k], strlen(odd[k]));
		i += strlen(odd[k]);
	}
}

static size_t
put_varint(uint8_t *to, uint64_t value)
{
	size_t n = 0;

	for (; value > 0x7f; value >>= 7)
		to[n++] = (uint8_t)(value | 0x80);
	to[n++] = (uint8_t)value;
	return n;
}

static void
make_label(struct build *b, uint8_t *to, size_t n)
{
	bool bidi = b->bidi;
	size_t i;

	put_text(b, to, n);
	b->bidi = bidi;
	if (next(&b->s) < 224)
		for (i = 0; i < n; i++)
			if (to[i] < 0x20 || to[i] > 0x7e)
				to[i] = 'x';
}

/* A few kinds of names: plain, and such as lead away or hide something. */
static void
make_member(struct build *b, Gbx__Wire__Record *r, uint8_t *name,
    uint8_t *value, uint8_t *raw)
{
	static const char *const starts[] = {
	    "a/", "/a", "../", "a\\..", "c:x", "...", ".. /", "..a", "a/.."};
	uint8_t choice = next(&b->s);
	const char *start = starts[choice % 9];
	uint64_t size = b->c->job.input[0].length;

	r->kind = bend32(&b->s, GBX_WIRE_REC_MEMBER);
	r->type = bend32(&b->s, 1 + choice % 5u);
	r->name.len = strlen(start) + bend(&b->s, choice % 30) % 1100;
	make_label(b, name, r->name.len);
	memcpy(name, start, strlen(start));
	if (choice & 16) {
		r->raw.len = bend(&b->s, 1 + choice % 9) % 900;
		put_text(b, raw, r->raw.len);
		b->bidi = false;
	}
	if (choice & 64 && r->raw.len > 3)
		memcpy(raw, "../", 3);
	if (r->type == 3 || r->type == 4 || choice > 250)
		r->value.len = bend(&b->s, choice % 20) % 2100;
	make_label(b, value, r->value.len);
	r->raw.data = raw;
	r->offset = bend(&b->s, choice % 64);
	r->packed = bend(&b->s, (size - r->offset) / (1 + choice % 4));
	r->size = bend(&b->s, choice * 1000u);
	r->flags =
	    bend32(&b->s, gbx_path_flags(name, r->name.len) |
			      gbx_path_flags(raw, r->raw.len) |
			      (choice % 8 * 32u & GBX_WIRE_MEMBER_FLAGS));
	b->members += r->kind == GBX_WIRE_REC_MEMBER;
}

static void
make_record(struct build *b, Gbx__Wire__Record *r, uint32_t index,
    uint8_t *name, uint8_t *value, uint8_t *raw)
{
	uint8_t choice = next(&b->s);
	uint32_t flag = 0, k;

	gbx__wire__record__init(r);
	r->name.data = name;
	r->value.data = value;
	if (b->c->job.op == GBX_WIRE_OP_LIST && choice & 3) {
		make_member(b, r, name, value, raw);
		return;
	}
	if (b->bidi && !(b->flags & GBX_WIRE_FLAG_BIDI) && choice < 250)
		flag = GBX_WIRE_FLAG_BIDI;
	if (b->c->job.op != GBX_WIRE_OP_TEXT &&
	    b->c->job.op != GBX_WIRE_OP_LIST && choice < 250)
		choice &= 127;
	for (k = choice & 3; choice >= 160 && flag == 0 && k < 5; k++)
		flag = ~b->flags & 1u << k;
	r->kind =
	    bend32(&b->s, flag ? GBX_WIRE_REC_FLAG : GBX_WIRE_REC_PROPERTY);
	r->flags = bend32(&b->s, flag);
	b->flags |= r->flags;
	if (flag == 0) {
		r->parent = choice & 1 ? bend32(&b->s, index / 2) : 0;
		r->name.len = bend(&b->s, 1 + choice % 20) % 1100;
		r->value.len = bend(&b->s, choice % 50) % 2100;
	}
	r->offset = bend(&b->s, 0);
	r->size = bend(&b->s, 0);
	r->packed = bend(&b->s, 0);
	r->type = bend32(&b->s, 0);
	make_label(b, name, r->name.len);
	make_label(b, value, r->value.len);
}

/* Records into the data from offset on; returns their length. */
static uint64_t
put_records(struct build *b, uint64_t offset, uint32_t n)
{
	uint8_t name[1200], value[2100], raw[900], *to;
	Gbx__Wire__Record r;
	uint64_t at = offset;
	size_t size;
	uint32_t i;

	for (i = 0; i < n; i++) {
		make_record(b, &r, i, name, value, raw);
		size = gbx__wire__record__get_packed_size(&r);
		to = room(b, at, size + 10);
		if (to == NULL)
			break;
		at += put_varint(to, bend(&b->s, size));
		at += gbx__wire__record__pack(&r, b->c->data + at);
	}
	return at - offset;
}

static void
add_pixels(struct build *b, Gbx__Wire__Block *block)
{
	Gbx__Wire__Raster *r = &b->raster[b->n_blocks];
	uint32_t choice = next(&b->s);
	bool probe = b->c->job.op == GBX_WIRE_OP_PROBE;
	bool box = b->c->job.op == GBX_WIRE_OP_THUMBNAIL;

	gbx__wire__raster__init(r);
	block->raster = r;
	r->width = bend32(&b->s, 1 + choice % 60);
	r->height = bend32(&b->s, 1 + choice % 40);
	r->stride = bend(&b->s, probe ? 0 : (uint64_t)r->width * 4);
	r->layout = bend32(&b->s, GBX_WIRE_RGBA8);
	r->orientation = bend32(&b->s,
	    box && !(b->c->job.want & GBX_WIRE_WANT_ORIENTATION) ? 0
								 : choice % 9);
	r->colour = bend32(&b->s,
	    choice & 3					      ? 0
	    : box && !(b->c->job.want & GBX_WIRE_WANT_COLOUR) ? choice / 4 % 2
							      : choice / 4 % 6);
	if (b->c->job.op == GBX_WIRE_OP_DECODE && b->c->job.count > 4)
		r->frames = bend32(&b->s, choice % 16 == 2 ? 2 : 0);
	r->duration_ms = bend32(&b->s, choice > 250 ? choice * 40 : 0);
	block->length =
	    bend(&b->s, r->stride * r->height * (r->frames == 2 ? 2 : 1));
	b->frames += r->frames == 2 ? 2 : 1;
	if (next(&b->s) > 252)
		block->raster = NULL;
}

/* The beginning of a file, or something else. */
static void
put_file(struct build *b, uint8_t *to, size_t n)
{
	static const char *const starts[] = {"\x89PNG\r\n\x1a\n....",
	    "\xff\xd8\xff.........", "RIFF....WEBP", "RIFF....WAVE"};
	uint8_t choice = next(&b->s);

	memcpy(to, starts[choice % 4], n < 12 ? n : 12);
	if (choice > 200 && n > 0)
		to[choice % (n < 12 ? n : 12)] ^= 1;
}

/* Most of them short; a few at the edge. */
static void
put_durations(struct build *b, uint8_t *to, size_t n)
{
	uint8_t choice = next(&b->s);
	size_t i;

	for (i = 0; i + 4 <= n; i += 4)
		to[i] = (uint8_t)(choice + i);
	if (choice > 200 && n >= 4) {
		to[0] = 0x80;
		to[1] = 0xee;
		to[2] = 0x36;
		to[choice % 4] ^= choice & 16 ? (uint8_t)(1 + choice % 3) : 0;
	}
}

static void
add_block(struct build *b, Gbx__Wire__Item *item, uint32_t kind)
{
	Gbx__Wire__Block *block = &b->block[b->n_blocks];
	uint64_t start = (b->end + GBX_ALIGN - 1) / GBX_ALIGN * GBX_ALIGN;
	uint8_t *to;

	if (b->n_blocks == 256)
		return;
	gbx__wire__block__init(block);
	block->kind = bend32(&b->s, kind);
	block->offset = bend(&b->s, start);
	if (kind == GBX_WIRE_PIXELS) {
		block->index = bend32(&b->s, b->c->job.first + b->frames);
		add_pixels(b, block);
	} else if (kind == GBX_WIRE_TEXT) {
		block->length = bend(&b->s, next(&b->s));
		to = room(b, start, block->length);
		if (to != NULL)
			put_text(b, to, (size_t)block->length);
	} else if (kind == GBX_WIRE_BYTES) {
		block->length = bend(&b->s, next(&b->s));
		to = room(b, start, block->length);
		if (to != NULL)
			put_file(b, to, (size_t)block->length);
	} else if (kind == GBX_WIRE_DURATIONS) {
		block->length = bend(&b->s, b->frames * 4);
		to = room(b, start, block->length);
		if (to != NULL)
			put_durations(b, to, (size_t)block->length);
	} else {
		block->records = 1 + next(&b->s) % 12u;
		block->length =
		    bend(&b->s, put_records(b, start, block->records));
		block->records = bend32(&b->s, block->records);
	}
	b->blocks[b->n_blocks++] = block;
	item->n_blocks++;
	b->end = start + block->length;
}

static void
add_blocks(struct build *b, Gbx__Wire__Item *item)
{
	uint32_t n = 1, i;
	uint8_t choice = next(&b->s);

	item->blocks = &b->blocks[b->n_blocks];
	if (b->c->job.op == GBX_WIRE_OP_TEXT) {
		add_block(b, item, GBX_WIRE_TEXT);
		if (b->bidi || choice > 100)
			add_block(b, item, GBX_WIRE_RECORDS);
	} else if (b->c->job.op == GBX_WIRE_OP_ENCODE ||
		   b->c->job.op == GBX_WIRE_OP_EXTRACT) {
		add_block(b, item, GBX_WIRE_BYTES);
	} else if (b->c->job.op == GBX_WIRE_OP_LIST) {
		if (choice > 20)
			add_block(b, item, GBX_WIRE_RECORDS);
	} else {
		if (b->c->job.worker != GBX_WORKER_PNG)
			n = 0;
		else if (b->c->job.op == GBX_WIRE_OP_DECODE)
			n = 1 + choice % 64 % b->c->job.count;
		n = bend32(&b->s, n) % 12;
		for (i = 0; i < n; i++)
			add_block(b, item, GBX_WIRE_PIXELS);
		if (b->c->job.want & GBX_WIRE_WANT_METADATA && choice & 64)
			add_block(b, item, GBX_WIRE_RECORDS);
		if (b->c->job.op == GBX_WIRE_OP_DECODE && b->c->job.count > 1 &&
		    choice & 64 && item->total > 1)
			add_block(b, item, GBX_WIRE_DURATIONS);
	}
	if (next(&b->s) > 252)
		add_block(b, item, 1 + next(&b->s) % 5u);
}

static void
add_item(struct build *b)
{
	Gbx__Wire__Item *item = &b->item[b->reply.n_items];
	uint8_t choice = next(&b->s);
	uint32_t honest = choice < 200 ? GBX_WIRE_OK : 2u + choice % 3;
	uint32_t worker = b->c->job.worker;
	uint32_t format = worker == GBX_WORKER_PNG	? GBX_FORMAT_PNG
			  : worker == GBX_WORKER_ENCODE ? GBX_FORMAT_PIXELS
			  : b->c->job.op >= GBX_WIRE_OP_LIST && choice & 8
			      ? GBX_FORMAT_ZIP
			      : GBX_FORMAT_DOCX + (choice & 1u);

	gbx__wire__item__init(item);
	b->flags = 0;
	b->bidi = false;
	b->frames = 0;
	b->members = 0;
	item->status = bend32(&b->s, honest);
	item->format = bend32(&b->s, format);
	item->limit =
	    bend32(&b->s, honest == GBX_WIRE_LIMIT ? 5 + choice % 9u : 0);
	if (honest == GBX_WIRE_OK) {
		item->degraded = choice & 1;
		item->total = choice & 2 ? bend32(&b->s, 7) : 0;
		add_blocks(b, item);
		if (b->c->job.op == GBX_WIRE_OP_LIST)
			item->total = bend32(&b->s, b->members);
	}
	b->items[b->reply.n_items++] = item;
}

/* A few blows to the packed bytes, in case all of the above was honest. */
static void
damage(struct build *b)
{
	struct gbx_case *c = b->c;
	size_t at, times = next(&b->s);

	if (times < 224)
		return;
	for (times -= 223; times > 8; times -= 8)
		;
	while (times-- > 0 && c->length > 0 && c->length < CASE_WIRE) {
		at = (size_t)next_wide(&b->s, 2) % c->length;
		switch (next(&b->s) % 4) {
		case 0:
			c->wire[at] ^= (uint8_t)(1u << (next(&b->s) & 7));
			break;
		case 1:
			c->wire[at] = next(&b->s);
			break;
		case 2:
			memmove(c->wire + at + 1, c->wire + at, c->length - at);
			c->wire[at] = next(&b->s);
			c->length++;
			break;
		default:
			memmove(
			    c->wire + at, c->wire + at + 1, c->length - at - 1);
			c->length--;
			break;
		}
	}
	if (next(&b->s) > 127)
		c->data[next_wide(&b->s, 2) % CASE_DATA] ^= next(&b->s);
}

static void
build(struct build *b, struct gbx_case *c)
{
	uint8_t nonce[GBX_NONCE_LEN];
	uint32_t i, n;
	size_t size;

	b->c = c;
	gbx__wire__reply__init(&b->reply);
	memcpy(nonce, c->job.nonce, sizeof(nonce));
	nonce[0] = (uint8_t)bend(&b->s, nonce[0]);
	b->reply.nonce.data = nonce;
	b->reply.nonce.len = bend(&b->s, sizeof(nonce)) % (sizeof(nonce) + 1);
	b->reply.items = b->items;
	n = bend32(&b->s, c->job.n_inputs) % (GBX_BATCH_MAX + 3);
	for (i = 0; i < n; i++)
		add_item(b);
	c->size = b->end < CASE_DATA ? (size_t)b->end : CASE_DATA;
	size = gbx__wire__reply__get_packed_size(&b->reply);
	if (size < CASE_WIRE)
		c->length = gbx__wire__reply__pack(&b->reply, c->wire);
	damage(b);
}

static void
take_raw(struct stream *s, struct gbx_case *c)
{
	size_t length = next(s);

	length |= (size_t)next(s) << 8;
	if (length > s->left)
		length = s->left;
	if (length > CASE_WIRE)
		length = CASE_WIRE;
	memcpy(c->wire, s->p, length);
	c->length = length;
	s->p += length;
	s->left -= length;
	c->size = s->left < CASE_DATA ? s->left : CASE_DATA;
	memcpy(c->data, s->p, c->size);
}

void
case_make(const uint8_t *stream, size_t n, struct gbx_case *ret_case)
{
	static struct build b; /* large; tests have one thread */
	struct stream s = {stream, n};

	memset(ret_case, 0, sizeof(*ret_case));
	case_job(next(&s), &ret_case->job);
	if (next(&s) & 1) {
		take_raw(&s, ret_case);
		return;
	}
	b.s = s;
	b.end = 0;
	b.n_blocks = 0;
	build(&b, ret_case);
}
