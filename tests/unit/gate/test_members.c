/* SPDX-License-Identifier: ISC */
/*
 * Members of an archive: one lie at a time in a list that is accepted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/gate/model.h"

#define TEXT(s) \
	{ \
		sizeof(s) - 1, (uint8_t *)(uintptr_t)(s) \
	}

/* A list of this record alone; the input has 4096 bytes. */
static const char *
ask_total(const Gbx__Wire__Record *r, uint32_t total)
{
	static struct model m;
	Gbx__Wire__Item *item;
	uint8_t buf[8192];
	size_t n;

	model_init(&m, BASE_LIST);
	m.reply.n_items = 0;
	m.n_blocks = 0;
	m.end = 0;
	item = model_item(&m, GBX_WIRE_OK, GBX_FORMAT_ZIP);
	item->total = total;
	n = model_any_record(buf, r);
	model_bytes(&m, item, GBX_WIRE_RECORDS, buf, n)->records = 1;
	return model_ask(&m);
}

static const char *
ask(const Gbx__Wire__Record *r)
{
	return ask_total(r, 1);
}

static Gbx__Wire__Record
member(void)
{
	Gbx__Wire__Record r = GBX__WIRE__RECORD__INIT;

	r.kind = GBX_WIRE_REC_MEMBER;
	r.type = GBX_WIRE_MEMBER_FILE;
	r.name = (ProtobufCBinaryData)TEXT("a.txt");
	return r;
}

static void
wants(const Gbx__Wire__Record *r, const char *want)
{
	const char *got = ask(r);

	if (want == NULL)
		assert_null(got);
	else if (got == NULL)
		fail_msg("accepted, not %s", want);
	else
		assert_string_equal(got, want);
}

static void
test_plain(void **state)
{
	Gbx__Wire__Record r = member();

	(void)state;
	wants(&r, NULL);
	r.name.len = 0; /* gzip has members without a name */
	wants(&r, NULL);
	r.parent = 1;
	wants(&r, "record.parent");
}

static void
test_types(void **state)
{
	Gbx__Wire__Record r = member();

	(void)state;
	for (r.type = 0; r.type < 8; r.type++)
		wants(&r, r.type >= 1 && r.type <= 5 ? NULL : "record.type");
	r.type = UINT32_MAX;
	wants(&r, "record.type");
}

/* Where it lies: all of the input, and not a byte more. */
static void
test_ranges(void **state)
{
	Gbx__Wire__Record r = member();

	(void)state;
	r.packed = 4096;
	wants(&r, NULL);
	r.packed = 4097;
	wants(&r, "record.packed");
	r.packed = UINT64_MAX;
	wants(&r, "record.packed");
	r.offset = 4096;
	r.packed = 0;
	wants(&r, NULL);
	r.packed = 1;
	wants(&r, "record.packed");
	r.offset = 4097;
	r.packed = 0;
	wants(&r, "record.offset");
	r.offset = UINT64_MAX;
	r.packed = UINT64_MAX;
	wants(&r, "record.offset");
	r.offset = r.packed = 0;
	r.size = UINT64_MAX; /* a claim, and no more */
	wants(&r, NULL);
}

/* A batch's second input is as long as itself, not as the whole. */
static void
test_own_input(void **state)
{
	static struct model m;
	Gbx__Wire__Record r = member();
	Gbx__Wire__Item *item;
	uint8_t buf[256];
	size_t n;
	int i;

	(void)state;
	for (r.packed = 64; r.packed <= 65; r.packed++) {
		model_init(&m, BASE_LIST);
		memset(m.data, 0, sizeof(m.data));
		m.job.n_inputs = 2;
		m.job.input[0].length = 128;
		m.job.input[1].offset = 128;
		m.job.input[1].length = 64;
		m.reply.n_items = 0;
		m.n_blocks = 0;
		m.end = 0;
		for (i = 0; i < 2; i++) {
			item = model_item(&m, GBX_WIRE_OK, GBX_FORMAT_ZIP);
			item->total = 1;
			n = model_any_record(buf, &r);
			model_bytes(&m, item, GBX_WIRE_RECORDS, buf, n)
			    ->records = 1;
		}
		if (r.packed == 64)
			assert_string_equal(model_ask(&m) ?: "ok", "ok");
		else
			assert_string_equal(model_ask(&m), "record.packed");
	}
}

struct path {
	ProtobufCBinaryData name;
	uint32_t flags;
};

/* ABSOLUTE is 1, UP is 2. */
static const struct path paths[] = {
    {TEXT("a/b"), 0},
    {TEXT("a..b/..c/d.."), 0},
    {TEXT("a:b"), 1},
    {TEXT("1:b"), 0},
    {TEXT("[:b"), 0},
    {TEXT("{:b"), 0},
    {TEXT("z:b"), 1},
    {TEXT("A:/b"), 1},
    {TEXT("Z:"), 1},
    {TEXT("@:b"), 0},
    {TEXT("ab:c"), 0},
    {TEXT("/a"), 1},
    {TEXT("\\a"), 1},
    {TEXT(".."), 2},
    {TEXT("../a"), 2},
    {TEXT("a/.."), 2},
    {TEXT("a\\..\\b"), 2},
    {TEXT("a/.. /b"), 2},
    {TEXT("a/...b"), 0},
    {TEXT("a/..../b"), 2},
    {TEXT("a/. ./b"), 0},
    {TEXT("./a"), 0},
    {TEXT("."), 0},
    {TEXT("/.."), 3},
    {TEXT("c:..\\x"), 1},
    {TEXT("c:\\..\\x"), 3},
};

/* Flags tell where a name leads, no less and no more. */
static void
test_paths(void **state)
{
	Gbx__Wire__Record r = member();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		r.name = paths[i].name;
		for (r.flags = 0; r.flags < 4; r.flags++)
			wants(&r,
			    r.flags == paths[i].flags ? NULL : "record.flags");
		/* What is not told of it may lead elsewhere, too. */
		for (r.flags = 4; r.flags < 8; r.flags++)
			wants(&r, (paths[i].flags & ~r.flags) == 0
				      ? NULL
				      : "record.flags");
	}
}

/* The raw name counts as the shown one does. */
static void
test_raw_paths(void **state)
{
	Gbx__Wire__Record r = member();

	(void)state;
	r.raw = (ProtobufCBinaryData)TEXT("..\0");
	wants(&r, NULL);
	r.raw = (ProtobufCBinaryData)TEXT("../\x80");
	wants(&r, "record.flags");
	r.flags = GBX_WIRE_MEMBER_UP;
	wants(&r, NULL);
	r.raw = (ProtobufCBinaryData)TEXT("/../\x80");
	wants(&r, "record.flags");
	r.flags |= GBX_WIRE_MEMBER_ABSOLUTE;
	wants(&r, NULL);
}

static void
test_flags(void **state)
{
	Gbx__Wire__Record r = member();
	uint32_t bit;

	(void)state;
	for (bit = 2; bit < 32; bit++) {
		r.flags = 1u << bit;
		wants(&r, bit < 8 ? NULL : "record.flags");
	}
	r.flags = 0xfc;
	wants(&r, NULL);
}

static void
test_raw(void **state)
{
	static char zeros[GBX_RAW_MAX + 1];
	Gbx__Wire__Record r = member();

	(void)state;
	r.raw = (ProtobufCBinaryData)TEXT("a.txt");
	wants(&r, "record.raw");
	r.raw = (ProtobufCBinaryData)TEXT("a.txu");
	wants(&r, NULL);
	r.raw = (ProtobufCBinaryData)TEXT("a.txt\0");
	wants(&r, NULL);
	r.raw = (ProtobufCBinaryData){GBX_RAW_MAX, (uint8_t *)zeros};
	wants(&r, NULL);
	r.raw.len++;
	wants(&r, "record.raw");
}

static void
test_strings(void **state)
{
	Gbx__Wire__Record r = member();

	(void)state;
	r.name = (ProtobufCBinaryData)TEXT("a\nb");
	wants(&r, "record.name");
	r.name = (ProtobufCBinaryData)TEXT("a\xe2\x80\xae"
					   "gpj.exe");
	wants(&r, "record.name");
	r = member();
	r.value = (ProtobufCBinaryData)TEXT("b");
	for (r.type = 1; r.type <= 5; r.type++)
		wants(&r, r.type == GBX_WIRE_MEMBER_SYMLINK ||
				  r.type == GBX_WIRE_MEMBER_HARDLINK
			      ? NULL
			      : "record.value");
	r.type = GBX_WIRE_MEMBER_SYMLINK;
	r.value = (ProtobufCBinaryData)TEXT("b\x7f");
	wants(&r, "record.value");
}

/* As many as the total says; properties and flags are none. */
static void
test_count(void **state)
{
	Gbx__Wire__Record r = member(), p = GBX__WIRE__RECORD__INIT;
	static struct model m;

	(void)state;
	assert_string_equal(ask_total(&r, 0), "item.total");
	assert_string_equal(ask_total(&r, 2), "item.total");
	p.kind = GBX_WIRE_REC_PROPERTY;
	p.name = (ProtobufCBinaryData)TEXT("comment");
	assert_null(ask_total(&p, 0));
	assert_string_equal(ask_total(&p, 1), "item.total");
	p.raw = (ProtobufCBinaryData)TEXT("x");
	assert_string_equal(ask_total(&p, 0), "record.raw");
	p.raw.len = 0;
	p.type = 1;
	assert_string_equal(ask_total(&p, 0), "record.type");
	/* No block at all: an empty archive. */
	model_init(&m, BASE_LIST);
	m.item[0].n_blocks = 0;
	assert_string_equal(model_ask(&m), "item.total");
	m.item[0].total = 0;
	assert_null(model_ask(&m));
}

/* Members have their own limit beside that of records. */
static void
test_limits(void **state)
{
	static struct model m;

	(void)state;
	model_init(&m, BASE_LIST); /* four records, three of them members */
	m.job.limit[GBX_WIRE_LIMIT_MEMBERS] = 3;
	m.job.limit[GBX_WIRE_LIMIT_RECORDS] = 1;
	assert_null(model_ask(&m));
	m.job.limit[GBX_WIRE_LIMIT_MEMBERS] = 2;
	assert_string_equal(model_ask(&m), "item.total");
	m.job.limit[GBX_WIRE_LIMIT_MEMBERS] = 3;
	m.job.limit[GBX_WIRE_LIMIT_RECORDS] = 0;
	assert_string_equal(model_ask(&m), "block.records");
	m.job.limit[GBX_WIRE_LIMIT_MEMBERS] = UINT64_MAX;
	m.job.limit[GBX_WIRE_LIMIT_RECORDS] = 1;
	assert_string_equal(model_ask(&m), "block.records");
}

/* Members come with LIST alone; of EXTRACT any bytes will do. */
static void
test_operations(void **state)
{
	static struct model m;

	(void)state;
	model_init(&m, BASE_LIST);
	m.job.op = GBX_WIRE_OP_PROBE;
	m.job.want = GBX_WIRE_WANT_METADATA;
	assert_string_equal(model_ask(&m), "record.kind");
	model_init(&m, BASE_EXTRACT);
	assert_null(model_ask(&m));
	m.blocks[0]->records = 1;
	assert_string_equal(model_ask(&m), "block.records");
	m.blocks[0]->records = 0;
	m.blocks[0]->index = 2;
	assert_string_equal(model_ask(&m), "block.index");
	m.blocks[0]->index = 0;
	m.job.limit[GBX_WIRE_LIMIT_MEMBERS] = 6;
	assert_string_equal(model_ask(&m), "item.total");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_plain),
	    cmocka_unit_test(test_types),
	    cmocka_unit_test(test_ranges),
	    cmocka_unit_test(test_own_input),
	    cmocka_unit_test(test_paths),
	    cmocka_unit_test(test_raw_paths),
	    cmocka_unit_test(test_flags),
	    cmocka_unit_test(test_raw),
	    cmocka_unit_test(test_strings),
	    cmocka_unit_test(test_count),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_operations),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
