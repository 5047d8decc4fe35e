/* SPDX-License-Identifier: ISC */
/*
 * Honest jobs and replies. For tests only; see model.h.
 */
#include <assert.h>
#include <string.h>

#include "tests/unit/gate/model.h"

static void
init_job(struct gbx_gate_job *job, uint32_t worker, uint32_t op, uint32_t n)
{
	uint32_t i;

	memset(job, 0, sizeof(*job));
	for (i = 0; i < GBX_NONCE_LEN; i++)
		job->nonce[i] = (uint8_t)(i * 37 + 5);
	for (i = 0; i < GBX_LIMIT_COUNT; i++)
		job->limit[i] = 1000;
	job->limit[GBX_WIRE_LIMIT_OUTPUT] = 4000;
	job->limit[GBX_WIRE_LIMIT_PIXELS] = 400000;
	job->limit[GBX_WIRE_LIMIT_FRAMES] = 7;
	job->limit[GBX_WIRE_LIMIT_PAGES] = 9;
	job->limit[GBX_WIRE_LIMIT_RECORDS] = 5;
	job->worker = worker;
	job->op = op;
	job->lockdown = GBX_WIRE_LOCK_FILTER;
	job->in_size = 4096;
	job->out_size = 8192;
	job->count = 1;
	job->box_w = 60;
	job->box_h = 40;
	job->n_inputs = n;
}

Gbx__Wire__Item *
model_item(struct model *m, uint32_t status, uint32_t format)
{
	Gbx__Wire__Item *item = &m->item[m->reply.n_items];

	gbx__wire__item__init(item);
	item->status = status;
	item->format = format;
	item->blocks = &m->blocks[m->n_blocks];
	m->items[m->reply.n_items++] = item;
	return item;
}

static Gbx__Wire__Block *
add_block(struct model *m, Gbx__Wire__Item *item, uint32_t kind)
{
	Gbx__Wire__Block *block = &m->block[m->n_blocks];

	assert(m->n_blocks < 160);
	gbx__wire__block__init(block);
	block->kind = kind;
	m->end = (m->end + 63) / 64 * 64;
	block->offset = m->end;
	m->blocks[m->n_blocks++] = block;
	item->n_blocks++;
	return block;
}

Gbx__Wire__Block *
model_pixels(
    struct model *m, Gbx__Wire__Item *item, uint32_t width, uint32_t height)
{
	Gbx__Wire__Raster *raster = &m->raster[m->n_blocks];
	Gbx__Wire__Block *block;

	block = add_block(m, item, GBX_WIRE_PIXELS);
	gbx__wire__raster__init(raster);
	block->raster = raster;
	raster->width = width;
	raster->height = height;
	raster->layout = GBX_WIRE_RGBA8;
	if (m->job.op != GBX_WIRE_OP_PROBE)
		raster->stride = (uint64_t)width * 4;
	block->index = m->job.first + (uint32_t)item->n_blocks - 1;
	block->length = raster->stride * height;
	if (m->end + block->length <= MODEL_DATA)
		memset(m->data + m->end, 0xee, (size_t)block->length);
	m->end += block->length;
	return block;
}

Gbx__Wire__Block *
model_bytes(struct model *m, Gbx__Wire__Item *item, uint32_t kind,
    const void *bytes, size_t length)
{
	Gbx__Wire__Block *block = add_block(m, item, kind);

	assert(m->end + length <= MODEL_DATA);
	memcpy(m->data + m->end, bytes, length);
	block->length = length;
	m->end += length;
	return block;
}

size_t
model_any_record(uint8_t *out, const Gbx__Wire__Record *record)
{
	size_t size = gbx__wire__record__get_packed_size(record), n = 0;

	if (size > 127)
		out[n++] = (uint8_t)(size | 0x80);
	out[n++] = (uint8_t)(size > 127 ? size >> 7 : size);
	return n + gbx__wire__record__pack(record, out + n);
}

size_t
model_record(uint8_t *out, uint32_t kind, uint32_t parent, const char *name,
    const char *value, uint32_t flags)
{
	Gbx__Wire__Record r = GBX__WIRE__RECORD__INIT;

	r.kind = kind;
	r.parent = parent;
	r.name.data = (uint8_t *)(uintptr_t)name;
	r.name.len = name ? strlen(name) : 0;
	r.value.data = (uint8_t *)(uintptr_t)value;
	r.value.len = value ? strlen(value) : 0;
	r.flags = flags;
	return model_any_record(out, &r);
}

static void
fill_list(struct model *m)
{
	Gbx__Wire__Item *item = model_item(m, GBX_WIRE_OK, GBX_FORMAT_ZIP);
	Gbx__Wire__Record r = GBX__WIRE__RECORD__INIT;
	uint8_t buf[512];
	size_t n;

	item->total = 3;
	r.kind = GBX_WIRE_REC_MEMBER;
	r.type = GBX_WIRE_MEMBER_FILE;
	r.name = (ProtobufCBinaryData){9, (uint8_t *)"a/b/c.txt"};
	r.offset = 1000;
	r.packed = 3096;
	r.size = UINT64_MAX;
	n = model_any_record(buf, &r);
	r.type = GBX_WIRE_MEMBER_SYMLINK;
	r.name = (ProtobufCBinaryData){4, (uint8_t *)"/etc"};
	r.value = (ProtobufCBinaryData){9, (uint8_t *)"../passwd"};
	r.flags = GBX_WIRE_MEMBER_ABSOLUTE | GBX_WIRE_MEMBER_ENCRYPTED;
	r.offset = r.packed = 0;
	n += model_any_record(buf + n, &r);
	r.type = GBX_WIRE_MEMBER_FILE;
	r.name = (ProtobufCBinaryData){7, (uint8_t *)"x caf\xc3\xa9"};
	r.value.len = 0;
	r.raw = (ProtobufCBinaryData){11, (uint8_t *)"..\\\x01x caf\x82\0"};
	r.flags = GBX_WIRE_MEMBER_UP;
	n += model_any_record(buf + n, &r);
	n += model_record(
	    buf + n, GBX_WIRE_REC_FLAG, 0, NULL, NULL, GBX_WIRE_FLAG_ENCRYPTED);
	model_bytes(m, item, GBX_WIRE_RECORDS, buf, n)->records = 4;
}

static void
fill_extract(struct model *m)
{
	Gbx__Wire__Item *item = model_item(m, GBX_WIRE_OK, GBX_FORMAT_ZIP);

	item->total = 7;
	model_bytes(m, item, GBX_WIRE_BYTES, "anything\0\xff", 10);
}

static void
add_text(struct model *m, uint32_t format, bool records)
{
	static const char text[] = "Title\n\tna\xc3\xafve \xe2\x80\xab\xd7\x90"
				   "\xe2\x80\xac \xf0\x9f\x98\x80\n";
	Gbx__Wire__Item *item = model_item(m, GBX_WIRE_OK, format);
	uint8_t buf[256];
	size_t n = 0;

	if (!records) {
		model_bytes(m, item, GBX_WIRE_TEXT, "plain", 5);
		return;
	}
	model_bytes(m, item, GBX_WIRE_TEXT, text, sizeof(text) - 1);
	n += model_record(
	    buf + n, GBX_WIRE_REC_PROPERTY, 0, "author", "J\xc3\xb6rg", 0);
	n += model_record(buf + n, GBX_WIRE_REC_PROPERTY, 1, "empty", NULL, 0);
	n += model_record(
	    buf + n, GBX_WIRE_REC_FLAG, 0, NULL, NULL, GBX_WIRE_FLAG_BIDI);
	model_bytes(m, item, GBX_WIRE_RECORDS, buf, n)->records = 3;
}

static void
fill_meta(struct model *m)
{
	Gbx__Wire__Item *item = model_item(m, GBX_WIRE_OK, GBX_FORMAT_PNG);
	uint8_t buf[256];
	size_t n;

	m->job.want = GBX_WIRE_WANT_METADATA;
	model_pixels(m, item, 64, 32)->raster->colour = GBX_WIRE_COLOUR_OTHER;
	n = model_record(
	    buf, GBX_WIRE_REC_PROPERTY, 0, "exif.Make", "Z\xc3\xbcrich", 0);
	n += model_record(
	    buf + n, GBX_WIRE_REC_PROPERTY, 0, "png.Comment", NULL, 0);
	model_bytes(m, item, GBX_WIRE_RECORDS, buf, n)->records = 2;
}

static void
fill_strip(struct model *m)
{
	static const uint8_t times[16] = {40, 0, 0, 0, 0, 0, 0, 0, 0x80, 0xee,
	    0x36, 0, 1, 1, 0, 0}; /* 40, 0, an hour, 257 */
	Gbx__Wire__Item *item = model_item(m, GBX_WIRE_OK, GBX_FORMAT_PNG);
	Gbx__Wire__Block *block = model_pixels(m, item, 3, 2);

	item->total = 7;
	block->raster->frames = 3;
	m->end += 2 * block->length;
	block->length *= 3;
	block = model_pixels(m, item, 5, 2);
	block->index = 5;
	block->raster->colour = GBX_WIRE_COLOUR_DISPLAY_P3;
	model_bytes(m, item, GBX_WIRE_DURATIONS, times, sizeof(times));
}

static void
fill_stored(struct model *m)
{
	Gbx__Wire__Item *item = model_item(m, GBX_WIRE_OK, GBX_FORMAT_PNG);
	Gbx__Wire__Block *block;

	m->job.want = GBX_WIRE_WANT_ORIENTATION | GBX_WIRE_WANT_COLOUR;
	block = model_pixels(m, item, 6, 4);
	block->raster->orientation = 6;
	block->raster->colour = GBX_WIRE_COLOUR_DISPLAY_P3;
}

static void
fill_png(struct model *m, enum model_base base)
{
	Gbx__Wire__Item *item = model_item(m, GBX_WIRE_OK, GBX_FORMAT_PNG);

	switch (base) {
	case BASE_PROBE:
		model_pixels(m, item, 640, 480);
		item->total = 1;
		break;
	case BASE_FRAMES:
		model_pixels(m, item, 3, 3);
		model_pixels(m, item, 5, 2);
		model_pixels(m, item, 1, 1)->raster->orientation = 8;
		item->total = 7;
		break;
	case BASE_THUMBNAIL:
		m->job.limit[GBX_WIRE_LIMIT_OUTPUT] = MODEL_DATA;
		m->job.out_size = 12288;
		model_pixels(m, item, 60, 40);
		break;
	case BASE_BATCH:
		model_pixels(m, item, 7, 3);
		model_item(m, GBX_WIRE_MALFORMED, GBX_FORMAT_PNG);
		item = model_item(m, GBX_WIRE_OK, GBX_FORMAT_PNG);
		model_pixels(m, item, 2, 2);
		model_pixels(m, item, 9, 1);
		break;
	default:
		model_pixels(m, item, 10, 4)->raster->orientation = 6;
		item->degraded = true;
		break;
	}
}

static const struct {
	uint32_t worker, op, n_inputs, first, count;
} bases[BASE_COUNT] = {
    [BASE_PROBE] = {GBX_WORKER_PNG, GBX_WIRE_OP_PROBE, 1, 0, 1},
    [BASE_DECODE] = {GBX_WORKER_PNG, GBX_WIRE_OP_DECODE, 1, 0, 1},
    [BASE_FRAMES] = {GBX_WORKER_PNG, GBX_WIRE_OP_DECODE, 1, 3, 5},
    [BASE_THUMBNAIL] = {GBX_WORKER_PNG, GBX_WIRE_OP_THUMBNAIL, 1, 0, 1},
    [BASE_TEXT] = {GBX_WORKER_OOXML, GBX_WIRE_OP_TEXT, 1, 0, 1},
    [BASE_NO_TEXT] = {GBX_WORKER_OOXML, GBX_WIRE_OP_TEXT, 1, 0, 1},
    [BASE_DOC_PROBE] = {GBX_WORKER_OOXML, GBX_WIRE_OP_PROBE, 1, 0, 1},
    [BASE_BATCH] = {GBX_WORKER_PNG, GBX_WIRE_OP_DECODE, 3, 0, 2},
    [BASE_TEXTS] = {GBX_WORKER_OOXML, GBX_WIRE_OP_TEXT, 2, 0, 1},
    [BASE_MALFORMED] = {GBX_WORKER_PNG, GBX_WIRE_OP_DECODE, 1, 0, 1},
    [BASE_LIMIT] = {GBX_WORKER_PNG, GBX_WIRE_OP_DECODE, 1, 0, 1},
    [BASE_META] = {GBX_WORKER_PNG, GBX_WIRE_OP_PROBE, 1, 0, 1},
    [BASE_STRIP] = {GBX_WORKER_PNG, GBX_WIRE_OP_DECODE, 1, 2, 6},
    [BASE_STORED] = {GBX_WORKER_PNG, GBX_WIRE_OP_THUMBNAIL, 1, 0, 1},
    [BASE_LIST] = {GBX_WORKER_OOXML, GBX_WIRE_OP_LIST, 1, 0, 1},
    [BASE_EXTRACT] = {GBX_WORKER_OOXML, GBX_WIRE_OP_EXTRACT, 1, 2, 1},
    [BASE_FILE] = {GBX_WORKER_ENCODE, GBX_WIRE_OP_ENCODE, 1, 0, 1},
};

void
model_init(struct model *m, enum model_base base)
{
	Gbx__Wire__Item *item;

	memset(m, 0, sizeof(*m));
	init_job(
	    &m->job, bases[base].worker, bases[base].op, bases[base].n_inputs);
	m->job.first = bases[base].first;
	m->job.count = bases[base].count;
	gbx__wire__reply__init(&m->reply);
	memcpy(m->nonce, m->job.nonce, sizeof(m->nonce));
	m->reply.nonce.data = m->nonce;
	m->reply.nonce.len = sizeof(m->nonce);
	m->reply.items = m->items;
	m->job.input[0].length = m->job.in_size;
	switch (base) {
	case BASE_TEXT:
		add_text(m, GBX_FORMAT_DOCX, true);
		break;
	case BASE_NO_TEXT:
		item = model_item(m, GBX_WIRE_OK, GBX_FORMAT_DOCX);
		model_bytes(m, item, GBX_WIRE_TEXT, "", 0);
		break;
	case BASE_DOC_PROBE:
		model_item(m, GBX_WIRE_OK, GBX_FORMAT_DOCX)->total = 9;
		break;
	case BASE_TEXTS:
		add_text(m, GBX_FORMAT_PPTX, false);
		add_text(m, GBX_FORMAT_DOCX, true);
		break;
	case BASE_MALFORMED:
		model_item(m, GBX_WIRE_MALFORMED, GBX_FORMAT_NONE);
		break;
	case BASE_FILE:
		item = model_item(m, GBX_WIRE_OK, GBX_FORMAT_PIXELS);
		model_bytes(
		    m, item, GBX_WIRE_BYTES, "\x89PNG\r\n\x1a\n....", 12);
		break;
	case BASE_META:
		fill_meta(m);
		break;
	case BASE_STRIP:
		fill_strip(m);
		break;
	case BASE_STORED:
		fill_stored(m);
		break;
	case BASE_LIST:
		fill_list(m);
		break;
	case BASE_EXTRACT:
		fill_extract(m);
		break;
	case BASE_LIMIT:
		item = model_item(m, GBX_WIRE_LIMIT, GBX_FORMAT_PNG);
		item->limit = GBX_WIRE_LIMIT_PIXELS;
		break;
	default:
		fill_png(m, base);
		break;
	}
}

void
model_pack(struct model *m)
{
	assert(gbx__wire__reply__get_packed_size(&m->reply) <= sizeof(m->wire));
	m->length = gbx__wire__reply__pack(&m->reply, m->wire);
}

const char *
model_ask(struct model *m)
{
	static struct gbx_gate_reply reply;
	const char *field;

	model_pack(m);
	field = gbx_gate_open(&m->job, m->wire, m->length, &reply);
	if (field != NULL)
		return field;
	return gbx_gate_data(&m->job, &reply, m->data, sizeof(m->data));
}
