/* SPDX-License-Identifier: ISC */
/*
 * Text and properties: the documents of tests/cases/ooxml against the text
 * beside each, and what does not fit into such a file.
 * Side: tests.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/ooxml/samples.h"
#include "tests/support/cmocka.h"
#include "tests/unit/ooxml/docs.h"

#define CASES "tests/cases/ooxml"

static bool
slurp(const char *name, const char *suffix, struct mkzip_bytes *ret)
{
	char path[512], buf[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), CASES "/%s%s", name, suffix);
	f = fopen(path, "rb");
	if (f == NULL)
		return false;
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		mkzip_put(ret, buf, n);
	fclose(f);
	return true;
}

static void
check_case(const char *name)
{
	struct mkzip_bytes in = {0}, want = {0};
	struct run run;

	assert_true(slurp(name, "", &in));
	assert_true(slurp(name, ".txt", &want));
	mkzip_put(&want, "", 1);
	run_init(&run);
	if (run_bytes(&run, in.p, in.n) != GBX_WIRE_OK)
		fail_msg("%s: status %u", name, run.sink.status);
	if (strcmp(run.text, (char *)want.p) != 0)
		fail_msg("%s:\n%s\ninstead of\n%s", name, run.text, want.p);
	if ((run.flags | GBX_WIRE_FLAG_BIDI) != GBX_WIRE_FLAG_BIDI)
		fail_msg("%s: flags %#x", name, run.flags);
	run_free(&run);
	free(in.p);
	free(want.p);
}

static void
test_cases(void **state)
{
	struct dirent *entry;
	int n = 0;
	DIR *dir;

	(void)state;
	dir = opendir(CASES);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		const char *dot = strrchr(entry->d_name, '.');

		if (entry->d_name[0] == '.' || strcmp(dot, ".txt") == 0)
			continue;
		check_case(entry->d_name);
		n++;
	}
	closedir(dir);
	assert_true(n >= 15);
}

static void
test_samples(void **state)
{
	struct run run;
	size_t i;

	(void)state;
	for (i = 0; i < GBX_OOXML_SAMPLES; i++) {
		const struct gbx_sample *s = &gbx_ooxml_samples[i];

		run_init(&run);
		run.task.op = s->op;
		assert_int_equal(
		    run_bytes(&run, s->data, s->size), GBX_WIRE_OK);
		assert_true(strlen(run.text) > 10);
		assert_int_equal(run.flags, 0);
		assert_false(run.sink.degraded);
		run_free(&run);
	}
}

static void
test_properties(void **state)
{
	struct mkzip z = {0};
	struct run run;

	(void)state;
	doc_types(&z, "word/document.xml", DOCX_MAIN);
	mkzip_text(&z, "_rels/.rels",
	    RELS(TO("r1", REL "officeDocument", "word/document.xml") TO("r2",
		OOXML "package/2006/relationships/metadata/"
		      "core-properties",
		"docProps/core.xml")
		    TO("r3", REL "extended-properties", "docProps/app.xml")));
	mkzip_text(&z, "word/document.xml", BODY(""));
	mkzip_text(&z, "docProps/core.xml",
	    "<cp:coreProperties xmlns:cp='" OOXML
	    "package/2006/metadata/core-properties' xmlns:dc='"
	    "http://purl.org/dc/elements/1.1/' xmlns:t='"
	    "http://purl.org/dc/terms/'><dc:title> A\n&#x202e;B </dc:title>"
	    "<dc:creator>me</dc:creator><dc:subject/><x>no</x><cp:keywords>"
	    "<cp:value>one</cp:value><cp:value> two</cp:value></cp:keywords>"
	    "<t:modified>2001</t:modified><cp:lastModifiedBy>you"
	    "</cp:lastModifiedBy></cp:coreProperties>");
	mkzip_text(&z, "docProps/app.xml",
	    "<Properties xmlns='" OOXML
	    "officeDocument/2006/extended-properties'><Pages>3</Pages>"
	    "<Company>We</Company><Secret>no</Secret></Properties>");
	run_init(&run);
	assert_int_equal(run_zip(&run, &z), GBX_WIRE_OK);
	assert_string_equal(run.properties,
	    "title=A B\nauthor=me\nkeywords=one two\nmodified=2001\n"
	    "last-modified-by=you\npages=3\ncompany=We\n");
	assert_int_equal(run.sink.total, 0);
	run_free(&run);
}

/* Two hundred parts, and a directory in another order than the slides. */
static void
test_slides(void **state)
{
	char want[1024], *p = want;
	struct mkzip z = {0};
	struct run run;
	int i;

	(void)state;
	for (i = 1; i <= 200; i++)
		p += sprintf(p, "%d\n", i);
	doc_slides(&z, 200);
	run_init(&run);
	assert_int_equal(run_zip(&run, &z), GBX_WIRE_OK);
	assert_int_equal(run.sink.format, GBX_FORMAT_PPTX);
	assert_int_equal(run.sink.total, 200);
	assert_string_equal(run.text, want);
	run_free(&run);

	doc_slides(&z, 7);
	run_init(&run);
	run.task.op = GBX_WIRE_OP_PROBE;
	assert_int_equal(run_zip(&run, &z), GBX_WIRE_OK);
	assert_int_equal(run.sink.total, 7);
	assert_int_equal(run.sink.n_blocks, 0);
	run_free(&run);
}

/* A part that is missing is told of, if the text refers to it; one that is
 * named twice is read once. */
static void
test_parts_beside(void **state)
{
	struct mkzip z = {0};
	struct run run;

	(void)state;
	doc_word(&z, BODY(PARA("body")));
	mkzip_text(&z, "word/_rels/document.xml.rels",
	    RELS(TO("a", REL "header", "h.xml") TO("b", REL "header", "H.XML")
		    TO("c", REL "header", "../word/document.xml")));
	mkzip_text(&z, "word/h.xml",
	    "<w:hdr xmlns:w='" WORD "'>" PARA("head") "</w:hdr>");
	run_init(&run);
	assert_int_equal(run_zip(&run, &z), GBX_WIRE_OK);
	assert_string_equal(run.text, "body\nhead\n");
	assert_false(run.sink.degraded);
	run_free(&run);

	doc_word(&z, BODY(PARA("body")));
	mkzip_text(&z, "word/_rels/document.xml.rels",
	    RELS(TO("a", REL "footer", "missing.xml")));
	run_init(&run);
	assert_int_equal(run_zip(&run, &z), GBX_WIRE_OK);
	assert_string_equal(run.text, "body\n");
	assert_false(run.sink.degraded);
	run_free(&run);
}

/* A document as some writers on Windows name its parts; nothing but the
 * slashes is wrong. A plain name goes before such a one. */
static void
test_backslashes(void **state)
{
	struct mkzip z = {0};
	struct run run;

	(void)state;
	doc_types(&z, "word/document.xml", DOCX_MAIN);
	mkzip_text(&z, "_rels\\.rels",
	    RELS(TO("r1", REL "officeDocument", "word/document.xml")));
	mkzip_text(&z, "word\\document.xml", BODY(PARA("body")));
	mkzip_text(&z, "word\\_rels\\document.xml.rels",
	    RELS(TO("a", REL "header", "h.xml")));
	mkzip_text(&z, "word\\h.xml",
	    "<w:hdr xmlns:w='" WORD "'>" PARA("backslash") "</w:hdr>");
	run_init(&run);
	assert_int_equal(run_zip(&run, &z), GBX_WIRE_OK);
	assert_string_equal(run.text, "body\nbackslash\n");
	assert_int_equal(run.flags, GBX_WIRE_FLAG_AMBIGUOUS);
	run_free(&run);

	doc_types(&z, "word/document.xml", DOCX_MAIN);
	mkzip_text(&z, "_rels/.rels",
	    RELS(TO("r1", REL "officeDocument", "word/document.xml")));
	mkzip_text(&z, "word\\document.xml", BODY(PARA("backslash")));
	mkzip_text(&z, "word/document.xml", BODY(PARA("plain")));
	run_init(&run);
	assert_int_equal(run_zip(&run, &z), GBX_WIRE_OK);
	assert_string_equal(run.text, "plain\n");
	run_free(&run);
}

static void
test_utf16(void **state)
{
	static const char text[] = "<w:document xmlns:w='" WORD
				   "'><w:p><w:t>wide</w:t></w:p></w:document>";
	char wide[2 * sizeof(text) + 2] = "\xff\xfe";
	struct mkzip z = {0};
	struct run run;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(text) - 1; i++)
		wide[2 + 2 * i] = text[i];
	doc_start(&z);
	mkzip_add(&z, "word/document.xml", wide, 2 * sizeof(text), true, NULL);
	run_init(&run);
	assert_int_equal(run_zip(&run, &z), GBX_WIRE_OK);
	assert_string_equal(run.text, "wide\n");
	run_free(&run);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cases),
	    cmocka_unit_test(test_samples),
	    cmocka_unit_test(test_properties),
	    cmocka_unit_test(test_slides),
	    cmocka_unit_test(test_parts_beside),
	    cmocka_unit_test(test_backslashes),
	    cmocka_unit_test(test_utf16),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
