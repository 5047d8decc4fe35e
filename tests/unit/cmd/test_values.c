/* SPDX-License-Identifier: ISC */
/*
 * Values of options and exit statuses. Side: tests.
 * The complaints go to stderr, which is no part of TAP.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cmd/answer.h"
#include "cmd/values.h"

static uint64_t
number(const char *s, uint64_t unit)
{
	uint64_t n = 0;

	assert_true(gbx_cmd_parse_number(s, unit, &n));
	return n;
}

static void
test_numbers(void **state)
{
	static const char *const bad[] = {"", " 1", "-1", "+1", "1 ", "1b",
	    "1kk", "k", "0x1", "1.0", "1e3", "18446744073709551616",
	    "18446744073709551615k", "18014398509481984k"};
	uint64_t n = 7;

	(void)state;
	assert_int_equal(number("0", 1000), 0);
	assert_int_equal(number("007", 1000), 7);
	assert_int_equal(number("3k", 1000), 3000);
	assert_int_equal(number("3K", 1024), 3072);
	assert_int_equal(number("2M", 1024), 2 << 20);
	assert_int_equal(number("2G", 1000), 2000000000);
	assert_true(number("18446744073709551615", 1) == UINT64_MAX);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(gbx_cmd_parse_number(bad[i], 1024, &n));
	assert_false(gbx_cmd_parse_number("1k", 1, &n));
	assert_int_equal(n, 7);
}

static void
test_every_limit_by_its_name(void **state)
{
	struct gbx_limit_info info = {.size = sizeof(info)};
	int n = 0;

	(void)state;
	for (int i = 1; gbx_limit_info((enum gbx_limit)i, &info) == GBX_OK;
	     i++, n++) {
		uint64_t limit[GBX_LIMIT_ROOM] = {0};
		char arg[64];

		snprintf(arg, sizeof(arg), "%s=%llu", info.name,
		    (unsigned long long)info.ceiling);
		assert_true(gbx_cmd_parse_limit(arg, limit));
		for (int k = 0; k < GBX_LIMIT_ROOM; k++)
			assert_true(limit[k] == (k == i ? info.ceiling : 0));
		snprintf(arg, sizeof(arg), "%s=%llu", info.name,
		    (unsigned long long)info.ceiling + 1);
		assert_false(gbx_cmd_parse_limit(arg, limit));
		snprintf(arg, sizeof(arg), "%s=0", info.name);
		assert_false(gbx_cmd_parse_limit(arg, limit));
		assert_true(limit[i] == info.ceiling);
	}
	assert_int_equal(n, 14);
}

static void
test_bad_limits(void **state)
{
	uint64_t limit[GBX_LIMIT_ROOM] = {0};

	(void)state;
	assert_false(gbx_cmd_parse_limit("", limit));
	assert_false(gbx_cmd_parse_limit("=1", limit));
	assert_false(gbx_cmd_parse_limit("pixel=1", limit));
	assert_false(gbx_cmd_parse_limit("pixelss=1", limit));
	assert_false(gbx_cmd_parse_limit("none=1", limit));
	for (int k = 0; k < GBX_LIMIT_ROOM; k++)
		assert_int_equal(limit[k], 0);
}

static void
test_layers(void **state)
{
	uint32_t bits = 0;

	(void)state;
	assert_true(gbx_cmd_parse_require("nnp,userns", &bits));
	assert_int_equal(bits, GBX_POSTURE_NNP | GBX_POSTURE_USERNS);
	assert_true(gbx_cmd_parse_require("filter", &bits));
	assert_int_equal(
	    bits, GBX_POSTURE_NNP | GBX_POSTURE_USERNS | GBX_POSTURE_FILTER);
	assert_false(gbx_cmd_parse_require("strict", &bits));
	assert_false(gbx_cmd_parse_require("batch", &bits));
	assert_false(gbx_cmd_parse_require("tsc,", &bits));
	assert_false(gbx_cmd_parse_require(",tsc", &bits));
	assert_int_equal(
	    bits, GBX_POSTURE_NNP | GBX_POSTURE_USERNS | GBX_POSTURE_FILTER);
}

static void
test_formats(void **state)
{
	(void)state;
	assert_string_equal(gbx_cmd_format_name("png"), "png");
	assert_string_equal(gbx_cmd_format_name("IMAGE/PNG"), "png");
	assert_null(gbx_cmd_format_name(""));
	assert_null(gbx_cmd_format_name("ooxml"));
	assert_string_equal(gbx_cmd_format_name("image/jpg"), "jpeg");
	assert_string_equal(gbx_cmd_format_name("pixels"), "pixels");
}

/* Every verdict has a status, and the worst of two is the same either way. */
static void
test_statuses(void **state)
{
	static const int want[] = {
	    0, 65, 65, 65, 65, 65, 65, 65, 65, 69, 71, 71};
	static const int order[] = {0, 65, 66, 69, 71};
	struct gbx_cmd_answer a = {.file = "x"};

	(void)state;
	for (int v = 0; v <= GBX_VERDICT_ERROR; v++) {
		a.verdict = (enum gbx_verdict)v;
		assert_int_equal(gbx_cmd_answer_status(&a), want[v]);
	}
	a.no_input = true;
	assert_int_equal(gbx_cmd_answer_status(&a), 66);
	for (size_t i = 0; i < 5; i++)
		for (size_t k = 0; k < 5; k++)
			assert_int_equal(gbx_cmd_worse(order[i], order[k]),
			    order[i > k ? i : k]);
}

/* The keys that are always there, and those of each verdict. */
static void
test_answers_in_json(void **state)
{
	struct gbx_cmd_answer a = {.file = "a\xff",
	    .verdict = GBX_VERDICT_CRASHED,
	    .signal = 11,
	    .detail = "it died",
	    .elapsed_us = 5,
	    .posture = GBX_POSTURE_FILTER | GBX_POSTURE_TSC};
	char *text = NULL;
	size_t length;
	FILE *f = open_memstream(&text, &length);

	(void)state;
	gbx_cmd_answer_json(f, &a);
	fclose(f);
	assert_string_equal(text,
	    "{\"file\":\"a\\ufffd\",\"file_bytes\":\"61ff\","
	    "\"verdict\":\"crashed\",\"format\":null,\"width\":null,"
	    "\"height\":null,\"frames\":null,\"pages\":null,\"elapsed_us\":5,"
	    "\"posture\":[\"filter\",\"tsc\"],\"signal\":\"SIGSEGV\","
	    "\"detail\":\"it died\"}\n");
	free(text);
}

static void
expect_line(const struct gbx_cmd_answer *a, const char *want)
{
	char *text = NULL;
	size_t length;
	FILE *f = open_memstream(&text, &length);

	gbx_cmd_answer_text(f, a);
	fclose(f);
	assert_string_equal(text, want);
	free(text);
}

static void
test_answers_in_words(void **state)
{
	struct gbx_cmd_answer limit = {.file = "a\n",
	    .verdict = GBX_VERDICT_LIMIT,
	    .limit = GBX_LIMIT_PIXELS,
	    .detail = "too many"};
	struct gbx_cmd_answer lie = {.file = "b",
	    .verdict = GBX_VERDICT_BAD_REPLY,
	    .field = "block.offset"};
	struct gbx_cmd_answer full = {.file = "c",
	    .verdict = GBX_VERDICT_ERROR,
	    .error = 28,
	    .detail = "the output"};
	struct gbx_cmd_answer pages = {
	    .file = "d", .format = "docx", .pages = 2, .degraded = true};
	struct gbx_cmd_answer frames = {.file = "e",
	    .format = "png",
	    .width = 2,
	    .height = 3,
	    .frames = 4,
	    .orientation = 6};

	(void)state;
	expect_line(&limit, "a\\n: limit pixels: too many\n");
	expect_line(&lie, "b: bad_reply block.offset\n");
	expect_line(
	    &full, "c: error ENOSPC: the output: No space left on device\n");
	expect_line(&pages, "d: ok docx 2 pages degraded\n");
	expect_line(&frames, "e: ok png 2x3 4 frames orientation 6\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_every_limit_by_its_name),
	    cmocka_unit_test(test_bad_limits),
	    cmocka_unit_test(test_layers),
	    cmocka_unit_test(test_formats),
	    cmocka_unit_test(test_statuses),
	    cmocka_unit_test(test_answers_in_json),
	    cmocka_unit_test(test_answers_in_words),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
