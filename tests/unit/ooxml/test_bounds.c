/* SPDX-License-Identifier: ISC */
/*
 * Whatever is held while text is read has a bound, and reaching it is said: by
 * a limit, or by the flag text_elsewhere.
 * Side: tests.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/cmocka.h"
#include "tests/unit/ooxml/docs.h"

#define HEAD \
	"<w:document xmlns:w='" WORD "' xmlns:m='" OOXML \
	"officeDocument/2006/math'><w:body>"
#define TAIL "</w:body></w:document>"
#define LINK \
	"<w:p><w:fldSimple w:instr='HYPERLINK http://x.example/'><w:r><w:t>a" \
	"</w:t></w:r></w:fldSimple></w:p>"
#define BEGIN "<w:r><w:fldChar w:fldCharType='begin'/></w:r>"

/* before, n times the middle, after; the caller frees it. */
static char *
repeat(const char *before, const char *middle, size_t n, const char *after)
{
	size_t size = 0;
	char *text = NULL;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	fputs(HEAD, f);
	fputs(before, f);
	while (n-- > 0)
		fputs(middle, f);
	fputs(after, f);
	fputs(TAIL, f);
	fclose(f);
	return text;
}

/* Takes the text. limit: a limit to set, or 0. */
static void
run_text(struct run *run, char *text, uint32_t limit, uint64_t value)
{
	struct mkzip z = {0};

	doc_word(&z, text);
	run_init(run);
	if (limit != 0)
		run->task.limit[limit] = value;
	run_zip(run, &z);
	free(text);
}

static void
expect_limit(char *text, uint32_t set, uint64_t value, uint32_t want)
{
	struct run run;

	run_text(&run, text, set, value);
	assert_int_equal(run.sink.limit, want);
	run_free(&run);
}

static void
test_fields_in_fields(void **state)
{
	(void)state;
	expect_limit(
	    repeat("<w:p>", BEGIN, 128, "</w:p>"), 0, 0, GBX_WIRE_LIMIT_NONE);
	expect_limit(
	    repeat("<w:p>", BEGIN, 129, "</w:p>"), 0, 0, GBX_WIRE_LIMIT_DEPTH);
}

static char *
boxes(size_t n)
{
	size_t size = 0, i;
	char *text = NULL;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	fputs(HEAD, f);
	for (i = 0; i < n; i++)
		fputs("<w:p><w:txbxContent>", f);
	for (i = 0; i < n; i++)
		fputs("</w:txbxContent></w:p>", f);
	fputs(TAIL, f);
	fclose(f);
	return text;
}

static void
test_boxes_in_boxes(void **state)
{
	(void)state;
	expect_limit(boxes(16), 0, 0, GBX_WIRE_LIMIT_NONE);
	expect_limit(boxes(17), 0, 0, GBX_WIRE_LIMIT_DEPTH);
}

/* What is held back counts before it is written. */
static void
test_held_text(void **state)
{
	(void)state;
	expect_limit(repeat("<w:p><m:oMath>", "<m:r><m:t>12345678</m:t></m:r>",
			 2, "<w:del><m:x/></w:del></m:oMath></w:p>"),
	    GBX_WIRE_LIMIT_TEXT, 10, GBX_WIRE_LIMIT_TEXT);
	expect_limit(
	    repeat("<w:p><w:ruby><w:rt>", "<w:r><w:t>12345678</w:t></w:r>", 2,
		"</w:rt><w:rubyBase/></w:ruby></w:p>"),
	    GBX_WIRE_LIMIT_TEXT, 10, GBX_WIRE_LIMIT_TEXT);
	/* It never is where the document breaks off. */
	expect_limit(
	    repeat("<w:p><m:oMath>", "<m:r><m:t>12345678</m:t></m:r>", 2, ""),
	    GBX_WIRE_LIMIT_TEXT, 10, GBX_WIRE_LIMIT_TEXT);
	expect_limit(
	    repeat("<w:p><m:oMath>", "<m:r><m:t>12345678</m:t></m:r>", 1, ""),
	    GBX_WIRE_LIMIT_TEXT, 10, GBX_WIRE_LIMIT_NONE);
	expect_limit(repeat("<w:p><w:ruby><w:rt>",
			 "<w:r><w:t>12345678</w:t></w:r>", 2, ""),
	    GBX_WIRE_LIMIT_TEXT, 10, GBX_WIRE_LIMIT_TEXT);
}

/* A long reading is all there. */
static void
test_long_reading(void **state)
{
	struct run run;

	(void)state;
	run_text(&run,
	    repeat("<w:p><w:ruby><w:rt>", "<w:r><w:t>12345678</w:t></w:r>", 500,
		"</w:rt><w:rubyBase><w:r><w:t>b</w:t></w:r></w:rubyBase>"
		"</w:ruby></w:p>"),
	    0, 0);
	assert_int_equal(strlen(run.text), 4000 + 4);
	run_free(&run);
}

static void
test_many_links(void **state)
{
	struct run run;

	(void)state;
	run_text(&run, repeat("", LINK, 10, ""), GBX_WIRE_LIMIT_RECORDS, 84);
	assert_int_equal(run.sink.status, GBX_WIRE_OK);
	assert_int_equal(run.flags, 0);
	run_free(&run);
	run_text(&run, repeat("", LINK, 11, ""), GBX_WIRE_LIMIT_RECORDS, 84);
	assert_int_equal(run.sink.status, GBX_WIRE_OK);
	assert_int_equal(run.flags, GBX_WIRE_FLAG_TEXT_ELSEWHERE);
	assert_int_equal(strlen(run.text), 22);
	run_free(&run);
}

/* A target behind more code than is kept: the link is missed, and said so. */
static void
test_long_code(void **state)
{
	struct run run;

	(void)state;
	run_text(&run,
	    repeat("<w:p>" BEGIN "<w:r><w:instrText>HYPERLINK",
		"</w:instrText></w:r><w:r><w:instrText>        ", 600,
		"http://x.example/</w:instrText></w:r>"
		"<w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>"),
	    0, 0);
	assert_int_equal(run.sink.status, GBX_WIRE_OK);
	assert_int_equal(run.flags, GBX_WIRE_FLAG_TEXT_ELSEWHERE);
	run_free(&run);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fields_in_fields),
	    cmocka_unit_test(test_boxes_in_boxes),
	    cmocka_unit_test(test_held_text),
	    cmocka_unit_test(test_long_reading),
	    cmocka_unit_test(test_many_links),
	    cmocka_unit_test(test_long_code),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
