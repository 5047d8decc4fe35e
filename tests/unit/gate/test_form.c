/* SPDX-License-Identifier: ISC */
/*
 * Canonical form. For every field of every message, taken from protobuf-c's
 * own descriptors, every way of writing it that is not the shortest one must
 * be refused with the field's name: by the scanner, and where protobuf-c can
 * tell, by packing again. For whole replies see test_canonical.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "broker/validate/check.h"
#include "schemas/glovebox.pb-c.h"

struct type {
	enum gbx_gate_message type;
	const ProtobufCMessageDescriptor *d;
	const char *word;
};

static const struct type types[] = {
    {GBX_MSG_REPLY, &gbx__wire__reply__descriptor, "reply"},
    {GBX_MSG_ITEM, &gbx__wire__item__descriptor, "item"},
    {GBX_MSG_BLOCK, &gbx__wire__block__descriptor, "block"},
    {GBX_MSG_RASTER, &gbx__wire__raster__descriptor, "raster"},
    {GBX_MSG_RECORD, &gbx__wire__record__descriptor, "record"},
};

struct bytes {
	uint8_t b[256];
	size_t n;
};

static void
put(struct bytes *w, uint64_t value)
{
	for (; value > 0x7f; value >>= 7)
		w->b[w->n++] = (uint8_t)(value | 0x80);
	w->b[w->n++] = (uint8_t)value;
}

static bool
is_blob(const ProtobufCFieldDescriptor *f)
{
	return f->type == PROTOBUF_C_TYPE_BYTES ||
	       f->type == PROTOBUF_C_TYPE_MESSAGE;
}

static void
put_tag(struct bytes *w, const ProtobufCFieldDescriptor *f)
{
	put(w, (uint64_t)f->id << 3 | (is_blob(f) ? 2 : 0));
}

/* The field once, well written: 1, or one byte, or an empty message. */
static void
put_field(struct bytes *w, const ProtobufCFieldDescriptor *f)
{
	put_tag(w, f);
	if (f->type != PROTOBUF_C_TYPE_MESSAGE)
		put(w, 1);
	if (f->type == PROTOBUF_C_TYPE_BYTES)
		put(w, 'x');
	if (f->type == PROTOBUF_C_TYPE_MESSAGE)
		put(w, 0);
}

static const char *
scan(const struct type *t, const struct bytes *w)
{
	struct gbx_gate_scan out;

	return gbx_gate_field_name(gbx_gate_scan(t->type, w->b, w->n, &out));
}

static void
refused(const struct type *t, const struct bytes *w, const char *want,
    const char *how)
{
	const char *got = scan(t, w);

	if (got == NULL || strcmp(got, want) != 0)
		fail_msg("%s, %s: got %s", want, how, got ? got : "accepted");
}

static void
field_word(const struct type *t, const ProtobufCFieldDescriptor *f, char *ret)
{
	if (t->type == GBX_MSG_REPLY)
		sprintf(ret, "%s", f->name);
	else
		sprintf(ret, "%s.%s", t->word, f->name);
}

/* Scalars that are too wide, zero, or longer than they need be. */
static void
bad_numbers(const struct type *t, const ProtobufCFieldDescriptor *f)
{
	static const struct {
		const char *how;
		uint8_t b[12];
		size_t n;
		int types; /* 1: all, 2: bool, 3: 32 bits and bool */
	} bad[] = {
	    {"zero", {0}, 1, 1},
	    {"1 in two bytes", {0x81, 0}, 2, 1},
	    {"1 in ten",
		{0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0}, 10,
		1},
	    {"zero in two", {0x80, 0}, 2, 1},
	    {"eleven bytes",
		{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x81, 0},
		11, 1},
	    {"65 bits",
		{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2}, 10,
		1},
	    {"cut", {0x81}, 1, 1},
	    {"missing", {0}, 0, 1},
	    {"2", {2}, 1, 2},
	    {"2^32", {0x80, 0x80, 0x80, 0x80, 0x10}, 5, 3},
	    {"2^63", {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1},
		10, 3},
	};
	struct bytes w;
	char word[64];
	size_t i;

	field_word(t, f, word);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (bad[i].types == 2 && f->type != PROTOBUF_C_TYPE_BOOL)
			continue;
		if (bad[i].types == 3 && f->type == PROTOBUF_C_TYPE_UINT64)
			continue;
		w.n = 0;
		put_tag(&w, f);
		memcpy(w.b + w.n, bad[i].b, bad[i].n);
		w.n += bad[i].n;
		refused(t, &w, word, bad[i].how);
	}
}

static void
good_numbers(const struct type *t, const ProtobufCFieldDescriptor *f)
{
	struct bytes w = {.n = 0};

	put_tag(&w, f);
	put(&w, f->type == PROTOBUF_C_TYPE_BOOL	    ? 1
		: f->type == PROTOBUF_C_TYPE_UINT32 ? UINT32_MAX
						    : UINT64_MAX);
	assert_null(scan(t, &w));
}

static void
bad_blobs(const struct type *t, const ProtobufCFieldDescriptor *f)
{
	struct bytes w = {.n = 0};
	char word[64];

	field_word(t, f, word);
	put_tag(&w, f);
	refused(t, &w, word, "no length");
	put(&w, 5);
	put(&w, 8);
	refused(t, &w, word, "a length past the end");
	w.n = 0;
	put_tag(&w, f);
	put(&w, UINT64_MAX);
	refused(t, &w, word, "a huge length");
	w.n = 0;
	put_tag(&w, f);
	w.b[w.n++] = 0x81;
	w.b[w.n++] = 0;
	w.b[w.n++] = 0;
	refused(t, &w, word, "a length in two bytes");
	w.n = 0;
	put_tag(&w, f);
	w.b[w.n++] = 0x80;
	w.b[w.n++] = 0;
	refused(t, &w, word, "no length in two bytes");
	if (f->type != PROTOBUF_C_TYPE_BYTES)
		return;
	w.n = 0;
	put_tag(&w, f);
	put(&w, 0);
	refused(t, &w, word, "written out empty");
}

static void
for_fields(void (*check)(const struct type *, const ProtobufCFieldDescriptor *))
{
	unsigned i, k;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		for (k = 0; k < types[i].d->n_fields; k++)
			check(&types[i], &types[i].d->fields[k]);
}

static void
number_or_blob(const struct type *t, const ProtobufCFieldDescriptor *f)
{
	if (is_blob(f)) {
		bad_blobs(t, f);
	} else {
		good_numbers(t, f);
		bad_numbers(t, f);
	}
}

static void
test_values(void **state)
{
	(void)state;
	for_fields(number_or_blob);
}

static void
wrong_types(const struct type *t, const ProtobufCFieldDescriptor *f)
{
	char word[64];
	struct bytes w;
	uint8_t wt;

	sprintf(word, "%s.tag", t->word);
	for (wt = 0; wt < 8; wt++) {
		if (wt == (is_blob(f) ? 2 : 0))
			continue;
		memset(&w, 1, sizeof(w));
		w.b[0] = (uint8_t)(f->id << 3 | wt);
		w.n = 20;
		refused(t, &w, word, "wrong wire type");
	}
	/* the tag itself in two bytes */
	w.n = 0;
	put_tag(&w, f);
	w.b[0] |= 0x80;
	w.b[1] = 0;
	w.b[2] = 1;
	w.n = 3;
	refused(t, &w, word, "long tag");
}

static void
test_wire_types(void **state)
{
	(void)state;
	for_fields(wrong_types);
}

/* Every ordered pair of fields: ascending passes, all else does not. */
static void
test_order(void **state)
{
	const ProtobufCFieldDescriptor *a, *b;
	const struct type *t;
	struct bytes w;
	char word[64];
	unsigned i, j, k;

	(void)state;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		t = &types[i];
		sprintf(word, "%s.tag", t->word);
		for (j = 0; j < t->d->n_fields * t->d->n_fields; j++) {
			a = &t->d->fields[j / t->d->n_fields];
			b = &t->d->fields[j % t->d->n_fields];
			w.n = 0;
			put_field(&w, a);
			put_field(&w, b);
			k = a->id == b->id;
			if (a->id < b->id ||
			    (k && a->label == PROTOBUF_C_LABEL_REPEATED))
				assert_null(scan(t, &w));
			else if (k && a->type == PROTOBUF_C_TYPE_MESSAGE)
				refused(t, &w, "block.raster", "twice");
			else
				refused(t, &w, word, k ? "twice" : "descends");
		}
	}
}

/* All 16 numbers that a one-byte tag can name, and some that it can't. */
static void
test_unknown(void **state)
{
	const struct type *t;
	struct bytes w;
	char word[64];
	uint32_t id, wt;
	unsigned i;

	(void)state;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		t = &types[i];
		sprintf(word, "%s.tag", t->word);
		for (id = 0; id < 64; id++) {
			if (id > 0 && id <= t->d->n_fields)
				continue;
			for (wt = 0; wt < 8; wt++) {
				memset(&w, 0, sizeof(w));
				put(&w, id << 3 | wt);
				w.b[w.n++] = 1;
				w.n += 10;
				refused(t, &w, word, "unknown field");
			}
		}
	}
}

/* The same lies inside of a nested message get the inner message's name. */
static void
test_nested(void **state)
{
	static const struct {
		const char *want;
		uint8_t b[16];
		size_t n;
	} rows[] = {
	    {NULL, {0x12, 6, 0x32, 4, 0x2a, 2, 8, 1}, 8},
	    {NULL, {0x12, 0, 0x12, 0}, 4},
	    {NULL, {0x12, 2, 0x32, 0, 0x12, 0}, 6},
	    {"raster.width", {0x12, 6, 0x32, 4, 0x2a, 2, 8, 0}, 8},
	    {"raster.tag", {0x12, 6, 0x32, 4, 0x2a, 2, 0x48, 1}, 8},
	    {"block.raster", {0x12, 6, 0x32, 4, 0x2a, 3, 8, 1, 1}, 9},
	    {"item.blocks", {0x12, 6, 0x32, 5, 0x2a, 2, 8, 1, 1}, 9},
	    {"items", {0x12, 7, 0x32, 4, 0x2a, 2, 8, 1}, 8},
	    {"block.tag", {0x12, 6, 0x32, 4, 0x38, 1, 8, 1}, 8},
	    /* a field of the block may not follow its raster, but 6 may */
	    {NULL, {0x12, 8, 0x32, 6, 0x2a, 2, 8, 1, 0x30, 1}, 10},
	    {"block.tag", {0x12, 8, 0x32, 6, 0x2a, 2, 8, 1, 0x20, 1}, 10},
	    /* a value cut by its own message's end, not by the wire's */
	    {"raster.width", {0x12, 6, 0x32, 4, 0x2a, 1, 8, 1}, 8},
	    {"block.kind", {0x12, 3, 0x32, 1, 8, 1}, 6},
	    {"item.status", {0x12, 1, 8, 1}, 4},
	};
	struct bytes w;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memcpy(w.b, rows[i].b, rows[i].n);
		w.n = rows[i].n;
		if (rows[i].want == NULL)
			assert_null(scan(&types[0], &w));
		else
			refused(&types[0], &w, rows[i].want, "nested");
	}
}

/* ---- caps --------------------------------------------------------------- */

static const char *
scan_counts(size_t items, const size_t *blocks)
{
	static uint8_t wire[4096];
	struct gbx_gate_scan out;
	size_t i, k, n = 0;

	for (i = 0; i < items; i++) {
		wire[n++] = 0x12;
		wire[n++] = (uint8_t)(2 * blocks[i]);
		for (k = 0; k < blocks[i]; k++) {
			wire[n++] = 0x32;
			wire[n++] = 0;
		}
	}
	return gbx_gate_field_name(gbx_gate_scan(GBX_MSG_REPLY, wire, n, &out));
}

static void
test_counts(void **state)
{
	size_t blocks[GBX_BATCH_MAX + 1] = {0}, i;

	(void)state;
	assert_null(scan_counts(GBX_BATCH_MAX, blocks));
	assert_string_equal(scan_counts(GBX_BATCH_MAX + 1, blocks), "items");
	blocks[0] = GBX_BLOCKS_MAX;
	assert_null(scan_counts(1, blocks));
	blocks[0]++;
	assert_string_equal(scan_counts(1, blocks), "item.blocks");
	for (i = 0; i < 16; i++)
		blocks[i] = GBX_BLOCKS_MAX;
	assert_null(scan_counts(16, blocks)); /* 128: the most */
	blocks[16] = 1;
	assert_string_equal(scan_counts(17, blocks), "item.blocks");
}

static void
test_strings(void **state)
{
	static const struct {
		enum gbx_gate_message type;
		uint8_t tag;
		size_t max;
		const char *word;
	} rows[] = {{GBX_MSG_RECORD, 0x1a, GBX_NAME_MAX, "record.name"},
	    {GBX_MSG_RECORD, 0x42, GBX_VALUE_MAX, "record.value"},
	    {GBX_MSG_REPLY, 0x0a, GBX_NONCE_LEN, "nonce"}};
	static uint8_t wire[GBX_RECORD_MAX];
	struct gbx_gate_scan out;
	enum gbx_gate_field field;
	size_t i, n, at;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (n = rows[i].max - 1; n <= rows[i].max + 1; n++) {
			at = 0;
			wire[at++] = rows[i].tag;
			if (n > 127)
				wire[at++] = (uint8_t)(n | 0x80);
			wire[at++] = (uint8_t)(n > 127 ? n >> 7 : n);
			field = gbx_gate_scan(rows[i].type, wire, n + at, &out);
			if (n <= rows[i].max)
				assert_int_equal(field, GBX_FIELD_NONE);
			else
				assert_string_equal(
				    gbx_gate_field_name(field), rows[i].word);
		}
}

/* Shortest form, 64 bits, inside the range; else 0, and nothing is written. */
static void
test_varint(void **state)
{
	static const struct {
		uint8_t b[12];
		size_t n, want;
		uint64_t value;
	} rows[] = {
	    {{0}, 1, 1, 0},
	    {{0x7f, 0xff}, 2, 1, 127},
	    {{0x80, 1}, 2, 2, 128},
	    {{0xff, 0xff, 3}, 3, 3, 65535},
	    {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}, 10, 10,
		UINT64_MAX},
	    {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2}, 10, 0,
		0},
	    {{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x81, 0},
		11, 0, 0},
	    {{0x80, 0}, 2, 0, 0},
	    {{0x81, 0x80, 0}, 3, 0, 0},
	    {{0x80}, 1, 0, 0},
	    {{0xff, 0xff}, 2, 0, 0},
	    {{1}, 0, 0, 0},
	};
	uint64_t value;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		value = 4711;
		assert_int_equal(
		    gbx_gate_varint(rows[i].b, 0, rows[i].n, &value),
		    rows[i].want);
		assert_true(value == (rows[i].want ? rows[i].value : 4711));
	}
	/* From the middle. */
	assert_int_equal(gbx_gate_varint(rows[2].b, 1, 2, &value), 1);
	assert_int_equal(value, 1);
}

/* What the scan hands on: numbers and strings of the outermost message only,
 * and nothing when it refuses. */
static void
test_scan_result(void **state)
{
	static const uint8_t record[] = {8, 1, 0x1a, 2, 'a', 'b', 0x20, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1};
	static const uint8_t item[] = {8, 1, 0x32, 2, 8, 3, 0x32, 2, 0x2a, 0};
	struct gbx_gate_scan out, before;

	(void)state;
	memset(&before, 0x5a, sizeof(before));
	out = before;
	assert_int_equal(
	    gbx_gate_scan(GBX_MSG_RECORD, record, sizeof(record) - 1, &out),
	    GBX_FIELD_RECORD_OFFSET);
	assert_memory_equal(&out, &before, sizeof(out));
	assert_int_equal(
	    gbx_gate_scan(GBX_MSG_RECORD, record, sizeof(record), &out),
	    GBX_FIELD_NONE);
	assert_int_equal(out.value[1].num, 1);
	assert_ptr_equal(out.value[3].bytes, record + 4);
	assert_int_equal(out.value[3].num, 2);
	assert_true(out.value[4].num == UINT64_MAX);
	assert_null(out.value[8].bytes);
	assert_int_equal(gbx_gate_scan(GBX_MSG_ITEM, item, sizeof(item), &out),
	    GBX_FIELD_NONE);
	assert_int_equal(out.value[1].num, 1);
	assert_int_equal(out.seen[GBX_MSG_BLOCK], 2);
	assert_int_equal(out.seen[GBX_MSG_RASTER], 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_wire_types),
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_unknown),
	    cmocka_unit_test(test_nested),
	    cmocka_unit_test(test_counts),
	    cmocka_unit_test(test_strings),
	    cmocka_unit_test(test_varint),
	    cmocka_unit_test(test_scan_result),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
