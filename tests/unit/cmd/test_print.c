/* SPDX-License-Identifier: ISC */
/*
 * What the command prints of strings that others chose: UTF-8, escapes, JSON.
 * Side: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/print.h"
#include "cmd/utf8.h"

static size_t
encode(uint32_t c, char ret[4])
{
	if (c < 0x80) {
		ret[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		ret[0] = (char)(0xc0 | c >> 6);
		ret[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		ret[0] = (char)(0xe0 | c >> 12);
		ret[1] = (char)(0x80 | (c >> 6 & 0x3f));
		ret[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	ret[0] = (char)(0xf0 | c >> 18);
	ret[1] = (char)(0x80 | (c >> 12 & 0x3f));
	ret[2] = (char)(0x80 | (c >> 6 & 0x3f));
	ret[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static bool
surrogate(uint32_t c)
{
	return c >= 0xd800 && c <= 0xdfff;
}

static void
test_utf8_reads_every_character(void **state)
{
	char s[4];
	uint32_t got;

	(void)state;
	for (uint32_t c = 0; c < 0x110000; c++) {
		size_t n = encode(c, s);

		if (surrogate(c)) {
			assert_false(gbx_cmd_utf8_valid(s, n));
			continue;
		}
		assert_int_equal(gbx_cmd_utf8_next(s, n, &got), n);
		assert_int_equal(got, c);
		/* Cut short, it is one ill-formed part of what is there. */
		for (size_t cut = 1; cut < n; cut++) {
			assert_int_equal(gbx_cmd_utf8_next(s, cut, &got), cut);
			assert_int_equal(got, GBX_CMD_NOT_UTF8);
		}
	}
}

/* All strings of three bytes: as many are characters as there should be, so
 * none is read that is overlong, a surrogate or out of range. */
static void
test_utf8_reads_nothing_else(void **state)
{
	size_t count[5] = {0};
	uint32_t c;

	(void)state;
	for (uint32_t i = 0; i < 1u << 24; i++) {
		char s[3] = {(char)(i >> 16), (char)(i >> 8), (char)i};
		size_t n = gbx_cmd_utf8_next(s, 3, &c);

		assert_in_range(n, 1, 3);
		if (c != GBX_CMD_NOT_UTF8)
			count[n]++;
	}
	assert_int_equal(count[1], 0x80 << 16);
	assert_int_equal(count[2], (0x800 - 0x80) << 8);
	assert_int_equal(count[3], 0x10000 - 0x800 - 0x800);
	assert_false(gbx_cmd_utf8_valid("\xf4\x90\x80\x80", 4));
	assert_false(gbx_cmd_utf8_valid("\xf0\x8f\xbf\xbf", 4));
	assert_false(gbx_cmd_utf8_valid("\xf5\x80\x80\x80", 4));
}

/* ---- printing into memory ------------------------------------------------ */

struct page {
	char *text;
	size_t length;
	FILE *f;
};

static void
begin(struct page *p)
{
	p->f = open_memstream(&p->text, &p->length);
	assert_non_null(p->f);
}

static void
expect(struct page *p, const char *want)
{
	fclose(p->f);
	assert_string_equal(p->text, want);
	free(p->text);
}

static void
expect_name(const char *name, const char *want)
{
	struct page p;

	begin(&p);
	gbx_cmd_print_name(p.f, name);
	expect(&p, want);
}

static void
test_names(void **state)
{
	(void)state;
	expect_name("", "");
	expect_name("plain name.png", "plain name.png");
	expect_name("a\nb\tc\rd\\e", "a\\nb\\tc\\rd\\\\e");
	expect_name("\x1b[31m\x7f", "\\x1b[31m\\x7f");
	expect_name("gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f");
	expect_name("a\xff"
		    "b\xe2\x82",
	    "a\\xffb\\xe2\\x82");
	expect_name("\xe2\x80\xae"
		    "gnp",
	    "\\u{202e}gnp");
	expect_name("\xc2\x9b", "\\u{9b}");
	expect_name("\xef\xbb\xbf", "\\u{feff}");
}

/* What is not seen, or moves what is: none of it goes to a terminal or into
 * JSON as it is. What is seen does, whatever its category. */
static void
test_hidden(void **state)
{
	static const uint32_t hidden[] = {0xad, 0x34f, 0x61c, 0x115f, 0x1160,
	    0x17b4, 0x180b, 0x180e, 0x180f, 0x200b, 0x200d, 0x2065, 0x206f,
	    0x3164, 0xfdd0, 0xfe00, 0xfe0f, 0xfeff, 0xffa0, 0xfff0, 0xfff9,
	    0xffff, 0x13430, 0x16fe4, 0x1bca0, 0x1d159, 0x1d173, 0xe0041,
	    0xe0100, 0xe0fff, 0x10fffe};
	static const uint32_t seen[] = {' ', 'z', 0xa0, 0x378, 0x600, 0x6dd,
	    0x200a, 0x2010, 0x205f, 0x2800, 0x3000, 0xe000, 0xfffd, 0x110bd,
	    0x1f600, 0x1f3fb, 0xf0000};
	char s[8], want[16];
	struct page p;

	(void)state;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		size_t n = encode(hidden[i], s);

		s[n] = '\0';
		begin(&p);
		gbx_cmd_print_visible(p.f, s, n);
		snprintf(want, sizeof(want), "<U+%04X>", hidden[i]);
		expect(&p, want);
		snprintf(want, sizeof(want), "\\u{%x}", hidden[i]);
		expect_name(s, want);
	}
	for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++) {
		size_t n = encode(seen[i], s);

		s[n] = '\0';
		begin(&p);
		gbx_cmd_print_visible(p.f, s, n);
		expect(&p, s);
		expect_name(s, s);
	}
}

static void
test_visible(void **state)
{
	static const char text[] = "a\tb\n\xe2\x80\xae"
				   "c\x1b\xff\xd8\xa7\xc2\x85";
	struct page p;

	(void)state;
	begin(&p);
	gbx_cmd_print_visible(p.f, text, sizeof(text) - 1);
	expect(&p, "a\tb\n<U+202E>c<U+001B>\xef\xbf\xbd\xd8\xa7<U+0085>");
}

static void
expect_json(const char *s, size_t length, const char *want)
{
	struct page p;
	struct gbx_cmd_json j = {0};

	begin(&p);
	j.f = p.f;
	gbx_cmd_json_string(&j, NULL, s, length);
	expect(&p, want);
}

static void
test_json_strings(void **state)
{
	(void)state;
	expect_json("", 0, "\"\"");
	expect_json("a\"b\\c/", 6, "\"a\\\"b\\\\c/\"");
	expect_json("a\nb\tc\rd\0e", 9, "\"a\\nb\\tc\\u000dd\\u0000e\"");
	expect_json("\x7f\xc2\x80", 3, "\"\\u007f\\u0080\"");
	expect_json("\xe2\x80\xae\xe2\x80\xa8", 6, "\"\\u202e\\u2028\"");
	expect_json("\xf3\xa0\x80\x81", 4, "\"\\udb40\\udc01\"");
	expect_json("\xf0\x9f\x98\x80", 4, "\"\xf0\x9f\x98\x80\"");
	expect_json("\xff\xc3(", 3, "\"\\ufffd\\ufffd(\"");
	expect_json("\xe2\x82", 2, "\"\\ufffd\"");
}

static uint32_t
hex4(const char *s)
{
	char digits[5] = {s[0], s[1], s[2], s[3], 0};

	return (uint32_t)strtoul(digits, NULL, 16);
}

/* The character of a JSON string that holds one. */
static uint32_t
unquote(const char *s, size_t length)
{
	uint32_t c, low;

	assert_true(length >= 3 && s[0] == '"' && s[length - 1] == '"');
	if (s[1] != '\\') {
		assert_int_equal(
		    gbx_cmd_utf8_next(s + 1, length - 2, &c), length - 2);
		assert_true(c >= 0x20 && c != '"');
		return c;
	}
	if (s[2] != 'u') {
		assert_int_equal(length, 4);
		return s[2] == 'n' ? '\n' : s[2] == 't' ? '\t' : (uint8_t)s[2];
	}
	c = hex4(s + 3);
	if (length == 8)
		return c;
	assert_int_equal(length, 14);
	low = hex4(s + 9);
	assert_true(c >= 0xd800 && c < 0xdc00 && low >= 0xdc00 && low < 0xe000);
	return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

static void
test_json_keeps_every_character(void **state)
{
	struct page p;
	struct gbx_cmd_json j;
	char s[4];

	(void)state;
	begin(&p);
	for (uint32_t c = 0; c < 0x110000; c++) {
		if (surrogate(c))
			continue;
		rewind(p.f);
		j = (struct gbx_cmd_json){.f = p.f};
		gbx_cmd_json_string(&j, NULL, s, encode(c, s));
		fflush(p.f);
		assert_int_equal(unquote(p.text, p.length), c);
	}
	fclose(p.f);
	free(p.text);
}

static void
test_json_structure(void **state)
{
	struct page p;
	struct gbx_cmd_json j = {0};

	(void)state;
	begin(&p);
	j.f = p.f;
	gbx_cmd_json_open(&j, NULL, '{');
	gbx_cmd_json_open(&j, "empty", '[');
	gbx_cmd_json_close(&j, ']');
	gbx_cmd_json_number(&j, "n", UINT64_MAX);
	gbx_cmd_json_count(&j, "zero", 0);
	gbx_cmd_json_count(&j, "one", 1);
	gbx_cmd_json_name(&j, "null", NULL);
	gbx_cmd_json_open(&j, "list", '[');
	gbx_cmd_json_name(&j, NULL, "a");
	gbx_cmd_json_bool(&j, NULL, true);
	gbx_cmd_json_open(&j, NULL, '{');
	gbx_cmd_json_close(&j, '}');
	gbx_cmd_json_close(&j, ']');
	gbx_cmd_json_hex(&j, "hex", "\0\xff", 2);
	gbx_cmd_json_close(&j, '}');
	expect(&p, "{\"empty\":[],\"n\":18446744073709551615,\"zero\":null,"
		   "\"one\":1,\"null\":null,\"list\":[\"a\",true,{}],"
		   "\"hex\":\"00ff\"}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_utf8_reads_every_character),
	    cmocka_unit_test(test_utf8_reads_nothing_else),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_hidden),
	    cmocka_unit_test(test_visible),
	    cmocka_unit_test(test_json_strings),
	    cmocka_unit_test(test_json_keeps_every_character),
	    cmocka_unit_test(test_json_structure),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
