/* SPDX-License-Identifier: ISC */
/*
 * The sink's text and records: what a parser hands over against what the gate
 * accepts.
 * Side: tests.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/validate/check.h"
#include "sandboxed_parsers/runtime/sink.h"
#include "tests/support/cmocka.h"
#include "tests/support/records.h"

#define OUT_SIZE 65536

struct bench {
	struct gbx_task task;
	struct gbx_sink sink;
	uint8_t out[OUT_SIZE];
	char text[OUT_SIZE + 1];
	struct gbx_gate_record record[64];
	uint32_t n_records, flags;
};

static void
start(struct bench *b, size_t used)
{
	size_t i;

	memset(b, 0, sizeof(*b));
	b->task.op = GBX_WIRE_OP_TEXT;
	for (i = 1; i < GBX_LIMIT_COUNT; i++)
		b->task.limit[i] = 1 << 20;
	gbx_sink_open(&b->sink, &b->task, b->out, OUT_SIZE, used);
	gbx_sink_format(&b->sink, GBX_FORMAT_DOCX);
}

/* The blocks as the gate wants them: placed, aligned, valid. */
static void
check_blocks(struct bench *b)
{
	const struct gbx_sink_block *sb = b->sink.block;
	struct gbx_gate_block gb;
	struct gbx_gate_told told = {.op = GBX_WIRE_OP_TEXT};
	size_t end = b->sink.out_start;
	bool bidi = false;
	uint32_t i;

	assert_in_range(b->sink.n_blocks, 1, 2);
	for (i = 0; i < b->sink.n_blocks; i++) {
		assert_int_equal(
		    sb[i].kind, i == 0 ? GBX_WIRE_TEXT : GBX_WIRE_RECORDS);
		assert_int_equal(sb[i].offset, (end + 63) / 64 * 64);
		end = sb[i].offset + sb[i].length;
	}
	assert_int_equal(end, b->sink.out_used);
	assert_int_equal(
	    gbx_gate_text_data(b->out + sb[0].offset, sb[0].length, &bidi),
	    GBX_FIELD_NONE);
	memcpy(b->text, b->out + sb[0].offset, sb[0].length);
	if (b->sink.n_blocks == 2) {
		gb = (struct gbx_gate_block){.kind = GBX_WIRE_RECORDS,
		    .offset = sb[1].offset,
		    .length = sb[1].length,
		    .records = sb[1].records};
		assert_int_equal(
		    gbx_gate_records_data(&gb, b->out, &told), GBX_FIELD_NONE);
		b->flags = told.flags;
		assert_in_range(gb.records, 1, 64);
		assert_true(all_records(&gb, b->out, b->record));
		b->n_records = gb.records;
	}
	assert_int_equal(bidi, (b->flags & GBX_WIRE_FLAG_BIDI) != 0);
}

static void
finish(struct bench *b)
{
	gbx_sink_close(&b->sink, GBX_WIRE_OK);
	assert_int_equal(b->sink.status, GBX_WIRE_OK);
	check_blocks(b);
}

/* No block, and nothing written but what is owned up to. */
static void
check_nothing(struct bench *b, size_t used)
{
	size_t i;

	assert_int_equal(b->sink.n_blocks, 0);
	assert_int_equal(b->sink.out_used, used);
	for (i = 0; i < used; i++)
		assert_int_equal(b->out[i], 0);
	for (i = b->sink.out_dirty; i < OUT_SIZE; i++)
		assert_int_equal(b->out[i], 0);
}

static void
finish_limit(struct bench *b, uint32_t limit)
{
	gbx_sink_close(&b->sink, GBX_WIRE_OK);
	assert_int_equal(b->sink.status, GBX_WIRE_LIMIT);
	assert_int_equal(b->sink.limit, limit);
	check_nothing(b, 0);
}

/* ---- text --------------------------------------------------------------- */

struct text_case {
	const char *in, *want;
	size_t n;
	bool bidi;
};
#define CASE(in, want) \
	{ \
		in, want, sizeof(in) - 1, false \
	}
#define BIDI_CASE(in, want) \
	{ \
		in, want, sizeof(in) - 1, true \
	}
#define X "\xef\xbf\xbd"

static const struct text_case text_cases[] = {
    CASE("", ""),
    CASE("plain\ttext\n", "plain\ttext\n"),
    CASE("one\r\ntwo\rthree\r", "one\ntwo\nthree\n"),
    CASE("\r\r\n\r", "\n\n\n"),
    CASE("a\0b\1c\x1f\x7f", "a b c  "),
    CASE("\xc2\x80\xc2\x9f\xc2\xa0", "  \xc2\xa0"),
    CASE("\xc3\xa4\xe2\x82\xac\xf0\x9f\xa7\xa4",
	"\xc3\xa4\xe2\x82\xac\xf0\x9f\xa7\xa4"),
    CASE("\xef\xbf\xbe\xef\xbb\xbf", "\xef\xbf\xbe\xef\xbb\xbf"),
    /* a maximal subpart each (Unicode 15, 3.9, table 3-8 and below) */
    CASE("\xff", X),
    CASE("\xc0\xaf", X X),
    CASE("\xe2\x82", X),
    CASE("\xe2\x82x", X "x"),
    CASE("\xe2\x82\xe2\x82\xac", X "\xe2\x82\xac"),
    CASE("\xed\xa0\x80", X X X),
    CASE("\xf4\x90\x80\x80", X X X X),
    CASE("\xf0\x80\x80\x41", X X X "A"),
    CASE("\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xbf\x64",
	X X X "b" X "c" X X "d"),
    BIDI_CASE("\xe2\x80\xaetxt", "\xe2\x80\xaetxt"),
    BIDI_CASE("\xd8\x9c\xe2\x81\xa6\xe2\x81\xa9\xe2\x80\x8f",
	"\xd8\x9c\xe2\x81\xa6\xe2\x81\xa9\xe2\x80\x8f"),
    CASE("\xd7\xa9\xd7\x9c", "\xd7\xa9\xd7\x9c"),
};

/* All at once, byte by byte, and in every cut into two. */
static void
check_text(const struct text_case *c, size_t cut, bool single)
{
	static struct bench b;
	size_t i;

	start(&b, 100);
	if (single)
		for (i = 0; i < c->n; i++)
			assert_true(gbx_sink_text(&b.sink, c->in + i, 1));
	else
		assert_true(gbx_sink_text(&b.sink, c->in, cut) &&
			    gbx_sink_text(&b.sink, "", 0) &&
			    gbx_sink_text(&b.sink, c->in + cut, c->n - cut));
	finish(&b);
	assert_string_equal(b.text, c->want);
	assert_int_equal(b.flags, c->bidi ? GBX_WIRE_FLAG_BIDI : 0);
}

static void
test_text(void **state)
{
	size_t i, cut;

	(void)state;
	for (i = 0; i < sizeof(text_cases) / sizeof(text_cases[0]); i++) {
		for (cut = 0; cut <= text_cases[i].n; cut++)
			check_text(&text_cases[i], cut, false);
		check_text(&text_cases[i], 0, true);
	}
}

static void
test_no_text(void **state)
{
	static struct bench b;

	(void)state;
	start(&b, 1);
	finish(&b);
	assert_int_equal(b.sink.n_blocks, 1);
	assert_int_equal(b.sink.block[0].offset, 64);
	assert_int_equal(b.sink.block[0].length, 0);
}

static void
test_text_limit(void **state)
{
	static struct bench b;

	(void)state;
	start(&b, 0);
	b.task.limit[GBX_WIRE_LIMIT_TEXT] = 6;
	assert_true(gbx_sink_text(&b.sink, "abc\xff", 4));
	finish(&b);

	start(&b, 0);
	b.task.limit[GBX_WIRE_LIMIT_TEXT] = 5;
	assert_false(gbx_sink_text(&b.sink, "abc\xff", 4));
	finish_limit(&b, GBX_WIRE_LIMIT_TEXT);

	/* what is pending at the end may be what does not fit */
	start(&b, 0);
	b.task.limit[GBX_WIRE_LIMIT_TEXT] = 5;
	assert_true(gbx_sink_text(&b.sink, "abc\xe2", 4));
	finish_limit(&b, GBX_WIRE_LIMIT_TEXT);

	start(&b, 0);
	b.task.limit[GBX_WIRE_LIMIT_OUTPUT] = 2;
	assert_false(gbx_sink_text(&b.sink, "abc", 3));
	finish_limit(&b, GBX_WIRE_LIMIT_OUTPUT);
}

static void
test_output_full(void **state)
{
	static struct bench b;
	size_t n = 0;

	(void)state;
	start(&b, 0);
	while (gbx_sink_text(&b.sink, "0123456789", 10))
		n += 10;
	assert_int_equal(n, OUT_SIZE / 10 * 10);
	finish_limit(&b, GBX_WIRE_LIMIT_OUTPUT);

	/* text that leaves no room for the records */
	start(&b, 0);
	for (n = 0; n < OUT_SIZE - 64; n++)
		assert_true(gbx_sink_text(&b.sink, "x", 1));
	assert_true(gbx_sink_property(&b.sink, "name",
	    "a value that is longer than sixty-four bytes, as values may be, "
	    "and so on",
	    70));
	finish_limit(&b, GBX_WIRE_LIMIT_OUTPUT);
}

/* ---- records ------------------------------------------------------------ */

static void
check_value(const char *in, size_t n, const char *want)
{
	static struct bench b;

	start(&b, 0);
	assert_true(gbx_sink_text(&b.sink, "text", 4));
	assert_true(gbx_sink_property(&b.sink, "name", in, n));
	finish(&b);
	if (want == NULL) {
		assert_int_equal(b.n_records, 0);
		return;
	}
	assert_int_equal(b.n_records, 1);
	assert_int_equal(b.record[0].kind, GBX_WIRE_REC_PROPERTY);
	assert_int_equal(b.record[0].name_length, 4);
	assert_memory_equal(b.record[0].name, "name", 4);
	assert_int_equal(b.record[0].value_length, strlen(want));
	assert_memory_equal(b.record[0].value, want, strlen(want));
}
#define CHECK_VALUE(in, want) check_value(in, sizeof(in) - 1, want)

static void
test_values(void **state)
{
	(void)state;
	CHECK_VALUE("value", "value");
	CHECK_VALUE("  a\tb\nc \r\n", "a b c");
	CHECK_VALUE("a\0b", "a b");
	CHECK_VALUE("\xe2\x80\xaegpj.exe", "gpj.exe");
	CHECK_VALUE("a\xe2\x80\xa8"
		    "b\xe2\x80\xa9",
	    "a b");
	CHECK_VALUE("\xef\xbb\xbfx\xef\xbf\xbey\xef\xb7\x90", "xy");
	CHECK_VALUE("a\xff\xe2\x82", "a" X X);
	CHECK_VALUE("a\xe2\x80\x8b"
		    "b\xcd\x8f"
		    "c\xef\xb8\x8f"
		    "d\xf3\xa0\x81\x81"
		    "e\xc2\xad"
		    "f\xe3\x85\xa4",
	    "abcdef");
	CHECK_VALUE("\xd8\x80\xc2\xa0 \xe2\xa0\x80\xee\x80\x80",
	    "\xd8\x80\xc2\xa0 \xe2\xa0\x80\xee\x80\x80");
	CHECK_VALUE("", NULL);
	CHECK_VALUE(" \t\n", NULL);
	CHECK_VALUE("\xe2\x80\xae", NULL);
}

/* Cut on a character's boundary, and no blank at the end. */
static void
test_long_values(void **state)
{
	static struct bench b;
	char *in = malloc(5000);

	(void)state;
	assert_non_null(in);
	memset(in, 'v', 5000);
	memcpy(in + GBX_VALUE_MAX - 2, " \xc3\xa4", 3);
	memcpy(in + GBX_NAME_MAX - 1, "\xe2\x82\xac", 3);
	in[4999] = '\0';
	start(&b, 0);
	assert_true(gbx_sink_property(&b.sink, in, in, 4999));
	finish(&b);
	assert_int_equal(b.n_records, 1);
	assert_int_equal(b.record[0].name_length, GBX_NAME_MAX - 1);
	assert_int_equal(b.record[0].value_length, GBX_VALUE_MAX - 2);
	free(in);
}

static void
test_order(void **state)
{
	static struct bench b;
	char name[16];
	uint32_t i;

	(void)state;
	start(&b, 0);
	gbx_sink_flag(&b.sink, GBX_WIRE_FLAG_AMBIGUOUS);
	for (i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		assert_true(gbx_sink_property(&b.sink, name, "v", 1));
	}
	gbx_sink_flag(&b.sink, GBX_WIRE_FLAG_MACROS);
	gbx_sink_flag(&b.sink, GBX_WIRE_FLAG_MACROS);
	finish(&b);
	assert_int_equal(b.n_records, 42);
	assert_memory_equal(b.record[39].name, "n39", 3);
	assert_int_equal(b.record[40].flags, GBX_WIRE_FLAG_MACROS);
	assert_int_equal(b.record[41].flags, GBX_WIRE_FLAG_AMBIGUOUS);
}

/* A detail belongs to the last property that is none, or is dropped with it. */
static void
test_details(void **state)
{
	static struct bench b;

	(void)state;
	start(&b, 0);
	assert_true(gbx_sink_detail(&b.sink, "of nothing", "x", 1));
	assert_true(gbx_sink_property(&b.sink, "a", "1", 1));
	assert_true(gbx_sink_property(&b.sink, "b", "2", 1));
	assert_true(gbx_sink_detail(&b.sink, "of b", "3", 1));
	assert_true(gbx_sink_detail(&b.sink, "of b, too", "4", 1));
	assert_true(gbx_sink_property(&b.sink, "empty", "", 0));
	assert_true(gbx_sink_detail(&b.sink, "of nothing", "x", 1));
	finish(&b);
	assert_int_equal(b.n_records, 4);
	assert_int_equal(b.record[1].parent, 0);
	assert_int_equal(b.record[2].parent, 2);
	assert_int_equal(b.record[3].parent, 2);
}

static void
test_records_left(void **state)
{
	static struct bench b;

	(void)state;
	start(&b, 0);
	b.task.limit[GBX_WIRE_LIMIT_RECORDS] = 2;
	assert_int_equal(gbx_sink_records_left(&b.sink), 2);
	assert_true(gbx_sink_property(&b.sink, "a", "1", 1));
	assert_true(gbx_sink_detail(&b.sink, "b", "2", 1));
	assert_int_equal(gbx_sink_records_left(&b.sink), 0);
	finish(&b);
}

static void
test_record_limit(void **state)
{
	static struct bench b;

	(void)state;
	start(&b, 0);
	b.task.limit[GBX_WIRE_LIMIT_RECORDS] = 2;
	assert_true(gbx_sink_property(&b.sink, "a", "1", 1));
	assert_true(gbx_sink_property(&b.sink, "b", "2", 1));
	finish(&b);

	start(&b, 0);
	b.task.limit[GBX_WIRE_LIMIT_RECORDS] = 1;
	assert_true(gbx_sink_property(&b.sink, "a", "1", 1));
	assert_false(gbx_sink_property(&b.sink, "b", "2", 1));
	finish_limit(&b, GBX_WIRE_LIMIT_RECORDS);

	/* a flag is a record */
	start(&b, 0);
	b.task.limit[GBX_WIRE_LIMIT_RECORDS] = 1;
	assert_true(gbx_sink_property(&b.sink, "a", "1", 1));
	gbx_sink_flag(&b.sink, GBX_WIRE_FLAG_MACROS);
	finish_limit(&b, GBX_WIRE_LIMIT_RECORDS);
}

/* The output limit counts the data of both blocks. */
static void
test_output_of_both(void **state)
{
	static struct bench b;
	uint64_t limit;
	int pass;

	(void)state;
	start(&b, 0);
	gbx_sink_text(&b.sink, "text", 4);
	gbx_sink_property(&b.sink, "n", "v", 1);
	finish(&b);
	limit = b.sink.block[0].length + b.sink.block[1].length;
	for (pass = 0; pass < 2; pass++) {
		start(&b, 0);
		b.task.limit[GBX_WIRE_LIMIT_OUTPUT] = limit - (uint64_t)pass;
		gbx_sink_text(&b.sink, "text", 4);
		gbx_sink_property(&b.sink, "n", "v", 1);
		if (pass == 0)
			finish(&b);
		else
			finish_limit(&b, GBX_WIRE_LIMIT_OUTPUT);
	}
}

/* ---- other operations, other ends --------------------------------------- */

static void
test_probe(void **state)
{
	static struct bench b;

	(void)state;
	start(&b, 0);
	b.task.op = GBX_WIRE_OP_PROBE;
	assert_true(gbx_sink_text(&b.sink, "text\xe2\x80\xae", 7));
	assert_true(gbx_sink_property(&b.sink, "a", "1", 1));
	assert_true(gbx_sink_flag(&b.sink, GBX_WIRE_FLAG_MACROS));
	gbx_sink_close(&b.sink, GBX_WIRE_OK);
	assert_int_equal(b.sink.status, GBX_WIRE_OK);
	assert_int_equal(b.sink.n_blocks, 0);
	assert_int_equal(b.sink.out_used, 0);
}

static void
test_malformed(void **state)
{
	static struct bench b;

	(void)state;
	start(&b, 128);
	gbx_sink_text(&b.sink, "secret", 6);
	gbx_sink_property(&b.sink, "a", "1", 1);
	gbx_sink_close(&b.sink, GBX_WIRE_MALFORMED);
	assert_int_equal(b.sink.status, GBX_WIRE_MALFORMED);
	check_nothing(&b, 128);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_details),
	    cmocka_unit_test(test_records_left),
	    cmocka_unit_test(test_text),
	    cmocka_unit_test(test_no_text),
	    cmocka_unit_test(test_text_limit),
	    cmocka_unit_test(test_output_full),
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_long_values),
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_record_limit),
	    cmocka_unit_test(test_output_of_both),
	    cmocka_unit_test(test_probe),
	    cmocka_unit_test(test_malformed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
