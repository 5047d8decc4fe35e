/* SPDX-License-Identifier: ISC */
/*
 * Canonical form. For every field of every message, taken from protobuf-c's
 * own descriptors, every way of writing it that is not the shortest one must
 * be refused with the field's name: by the scanner, and where protobuf-c can
 * tell, by packing again. Then the known sloppy forms, as whole replies.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "broker/validate/check.h"
#include "tests/unit/gate/model.h"

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
	    {"raster.tag", {0x12, 6, 0x32, 4, 0x2a, 2, 0x38, 1}, 8},
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
		uint8_t tag;
		size_t max;
		const char *word;
	} rows[] = {{0x1a, GBX_NAME_MAX, "record.name"},
	    {0x42, GBX_VALUE_MAX, "record.value"}};
	static uint8_t wire[GBX_RECORD_MAX];
	struct gbx_gate_scan out;
	size_t i, n;

	(void)state;
	for (i = 0; i < 2; i++)
		for (n = rows[i].max - 1; n <= rows[i].max + 1; n++) {
			wire[0] = rows[i].tag;
			wire[1] = (uint8_t)(n | 0x80);
			wire[2] = (uint8_t)(n >> 7);
			if (n <= rows[i].max)
				assert_int_equal(gbx_gate_scan(GBX_MSG_RECORD,
						     wire, n + 3, &out),
				    GBX_FIELD_NONE);
			else
				assert_string_equal(
				    gbx_gate_field_name(gbx_gate_scan(
					GBX_MSG_RECORD, wire, n + 3, &out)),
				    rows[i].word);
		}
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

/* ---- whole replies ------------------------------------------------------ */

struct form {
	const char *what;
	const char *want; /* of the gate */
	const char
	    *repack; /* of unpacking and packing alone; NULL: it passes */
	size_t at;   /* where the good reply is changed */
	size_t cut;
	uint8_t add[24];
	size_t n_add;
};

/* The good one: nonce (18 bytes), then item: 12 02 08 02 */
/* clang-format off */
static const struct form forms[] = {
	{ "the canonical form", NULL, NULL, 0, 0, {0}, 0 },
	{ "an unknown field", "reply.tag", NULL, 22, 0, {0x18, 1}, 2 },
	{ "an unknown field in an item", "item.tag", NULL, 19, 3, {4, 8, 2, 0x38, 1}, 5 },
	{ "a scalar twice, same value", "item.tag", "reply.form", 19, 3, {4, 8, 2, 8, 2}, 5 },
	{ "a scalar twice, the last one good", "item.tag", "reply.form", 19, 3, {4, 8, 1, 8, 2}, 5 },
	{ "a varint longer than needed", "item.status", "reply.form", 19, 3, {3, 8, 0x82, 0}, 4 },
	{ "a length longer than needed", "items", "reply.form", 19, 3, {0x82, 0, 8, 2}, 4 },
	{ "a tag longer than needed", "item.tag", "reply.form", 19, 3, {3, 0x88, 0, 2}, 4 },
	{ "fields out of order", "reply.tag", "reply.form", 0, 22, {0x12, 2, 8, 2, 0x0a, 1, 'x'}, 7 },
	{ "33 bits in 32", "item.status", "reply.form", 19, 3, {6, 8, 0x82, 0x80, 0x80, 0x80, 0x10}, 7 },
	{ "a default written out", "item.format", "reply.form", 19, 3, {4, 8, 2, 0x10, 0}, 5 },
	{ "a bool of 2", "item.degraded", "reply.form", 19, 3, {4, 8, 2, 0x20, 2}, 5 },
	{ "an empty bytes written out", "nonce", "reply.form", 0, 18, {0x0a, 0}, 2 },
	{ "the wrong wire type", "item.tag", "reply.unpack", 19, 3, {5, 0x0d, 2, 0, 0, 0}, 6 },
	{ "a group", "reply.tag", "reply.unpack", 22, 0, {0x1b, 0x1c}, 2 },
	{ "a byte behind the end", "reply.tag", "reply.unpack", 22, 0, {0}, 1 },
	{ "cut by a byte", "items", "reply.unpack", 21, 1, {0}, 0 },
	{ "nothing but a nonce", "items", NULL, 18, 4, {0}, 0 },
	{ "a nonce in two pieces", "reply.tag", "reply.form", 18, 0, {0x0a, 1, 'x'}, 3 },
};
/* clang-format on */

static void
test_forms(void **state)
{
	struct Gbx__Wire__Reply *reply;
	static struct gbx_gate_reply ret;
	size_t i, accepted = 0;
	static struct model m;
	const char *got;

	(void)state;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const struct form *f = &forms[i];

		model_init(&m, BASE_MALFORMED);
		model_pack(&m);
		assert_int_equal(m.length, 22);
		memmove(m.wire + f->at + f->n_add, m.wire + f->at + f->cut,
		    m.length - f->at - f->cut);
		memcpy(m.wire + f->at, f->add, f->n_add);
		m.length += f->n_add - f->cut;
		got = gbx_gate_open(&m.job, m.wire, m.length, &ret);
		accepted += got == NULL;
		if (got != f->want &&
		    (got == NULL || f->want == NULL || strcmp(got, f->want)))
			fail_msg("%s: %s", f->what, got ? got : "accepted");
		reply = NULL;
		got = gbx_gate_field_name(
		    gbx_gate_unpack(m.wire, m.length, &reply));
		if (got != f->repack && (got == NULL || f->repack == NULL ||
					    strcmp(got, f->repack)))
			fail_msg("%s, packed again: %s", f->what,
			    got ? got : "the same");
		gbx_gate_unpack_free(reply);
	}
	assert_int_equal(accepted, 1);
}

/* protobuf-c alone would take what this wire asks for; the budget does not. */
static void
test_budget(void **state)
{
	struct Gbx__Wire__Reply *reply = NULL;
	static uint8_t wire[GBX_REPLY_MAX];
	size_t n;

	(void)state;
	for (n = 0; n + 2 <= sizeof(wire); n += 2)
		wire[n] = 0x12; /* an empty item */
	assert_string_equal(
	    gbx_gate_field_name(gbx_gate_unpack(wire, n, &reply)),
	    "reply.budget");
	assert_null(reply);
}

static void
test_length(void **state)
{
	static uint8_t wire[GBX_REPLY_MAX + 2] = {0};
	static struct gbx_gate_reply ret;
	static struct model m;

	(void)state;
	model_init(&m, BASE_DECODE);
	model_pack(&m);
	assert_string_equal(
	    gbx_gate_open(&m.job, m.wire, 0, &ret), "reply.length");
	assert_string_equal(
	    gbx_gate_open(&m.job, wire, GBX_REPLY_MAX + 1, &ret),
	    "reply.length");
	assert_string_equal(
	    gbx_gate_open(&m.job, wire, SIZE_MAX, &ret), "reply.length");
	assert_string_equal(
	    gbx_gate_open(&m.job, wire, GBX_REPLY_MAX, &ret), "reply.tag");
}

/* The table of words: each there, each once, all lower case. */
static void
test_words(void **state)
{
	const char *word, *other;
	unsigned i, k;

	(void)state;
	assert_null(gbx_gate_field_name(GBX_FIELD_NONE));
	assert_null(gbx_gate_field_name(GBX_FIELD_COUNT));
	for (i = 1; i < GBX_FIELD_COUNT; i++) {
		word = gbx_gate_field_name((enum gbx_gate_field)i);
		assert_non_null(word);
		assert_int_equal(strspn(word, "abcdefghijklmnopqrstuvwxyz"
					      "_.0123456789"),
		    strlen(word));
		for (k = 1; k < i; k++) {
			other = gbx_gate_field_name((enum gbx_gate_field)k);
			assert_string_not_equal(word, other);
		}
	}
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
	    cmocka_unit_test(test_scan_result),
	    cmocka_unit_test(test_forms),
	    cmocka_unit_test(test_budget),
	    cmocka_unit_test(test_length),
	    cmocka_unit_test(test_words),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
