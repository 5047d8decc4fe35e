/* SPDX-License-Identifier: ISC */
/*
 * What is refused, and in which words: malformed, unsupported, or a limit by
 * its name.
 * Side: tests.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/cmocka.h"
#include "tests/unit/ooxml/docs.h"

static void
expect(struct mkzip *z, struct run *run, uint32_t status, uint32_t limit)
{
	run_zip(run, z);
	assert_int_equal(run->sink.status, status);
	assert_int_equal(run->sink.limit, limit);
	assert_int_equal(run->sink.n_blocks, 0);
	run_free(run);
}

/* ---- documents ---------------------------------------------------------- */

struct xml_case {
	const char *what, *document;
	uint32_t status, limit;
};

#define WITH(doctype) doctype BODY(PARA("x"))
#define BAD	      GBX_WIRE_MALFORMED, GBX_WIRE_LIMIT_NONE
#define BOMB	      GBX_WIRE_LIMIT, GBX_WIRE_LIMIT_RATIO

static const struct xml_case xml_cases[] = {
    {"nothing", "", BAD},
    {"no XML", "hello", BAD},
    {"an element not closed", "<w:document xmlns:w='" WORD "'>", BAD},
    {"another root", "<w:body xmlns:w='" WORD "'/>", BAD},
    {"a root of another vocabulary", "<document xmlns='urn:x'/>", BAD},
    {"something behind the root", BODY("") "<more/>", BAD},
    {"bytes that are no UTF-8", BODY(PARA("\xff")), BAD},
    {"an encoding that needs tables",
	"<?xml version='1.0' encoding='windows-1252'?>" BODY(""), BAD},
    {"an empty document type", WITH("<!DOCTYPE d>"), BAD},
    {"a document type elsewhere", WITH("<!DOCTYPE d SYSTEM 'http://x/'>"), BAD},
    {"an entity that can't grow", WITH("<!DOCTYPE d [<!ENTITY a 'b'>]>"), BAD},
    {"an external entity",
	"<!DOCTYPE d [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" BODY(
	    PARA("&a;")),
	BAD},
    {"an external parameter entity",
	WITH("<!DOCTYPE d [<!ENTITY % p SYSTEM 'http://x/'> %p;]>"), BAD},
    {"an undeclared entity", BODY(PARA("&a;")), BAD},
    {"nested entities",
	"<!DOCTYPE d [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]>" BODY(PARA("&b;")),
	BOMB},
    {"nesting hidden in a character reference",
	"<!DOCTYPE d [<!ENTITY a 'ha'><!ENTITY b '&#38;a;'>]>" BODY(
	    PARA("&b;")),
	BOMB},
};

static void
test_documents(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(xml_cases) / sizeof(xml_cases[0]); i++) {
		const struct xml_case *c = &xml_cases[i];
		struct mkzip z = {0};
		struct run run;

		doc_word(&z, c->document);
		run_init(&run);
		run_zip(&run, &z);
		if (run.sink.status != c->status || run.sink.limit != c->limit)
			fail_msg("%s: status %u, limit %u", c->what,
			    run.sink.status, run.sink.limit);
		run_free(&run);
	}
}

/* One long entity, used often: as bad as nesting. */
static void
test_long_entity(void **state)
{
	char text[4096];
	struct mkzip z = {0};
	struct run run;

	(void)state;
	snprintf(text, sizeof(text), "<!DOCTYPE d [<!ENTITY a '%02000d'>]>%s",
	    0, BODY(PARA("&a;&a;")));
	doc_word(&z, text);
	run_init(&run);
	expect(&z, &run, GBX_WIRE_LIMIT, GBX_WIRE_LIMIT_RATIO);
}

/* ---- packages ----------------------------------------------------------- */

static void
test_other_archives(void **state)
{
	struct mkzip z = {0};
	struct run run;

	(void)state;
	mkzip_text(&z, "hello.txt", "hello");
	run_init(&run);
	expect(&z, &run, GBX_WIRE_UNSUPPORTED, GBX_WIRE_LIMIT_NONE);

	/* OpenDocument */
	mkzip_add(&z, "mimetype", "application/vnd.oasis.opendocument.text", 39,
	    false, NULL);
	mkzip_text(&z, "content.xml", "<x/>");
	run_init(&run);
	expect(&z, &run, GBX_WIRE_UNSUPPORTED, GBX_WIRE_LIMIT_NONE);

	/* no relationships */
	doc_types(&z, "word/document.xml", DOCX_MAIN);
	mkzip_text(&z, "word/document.xml", BODY(""));
	run_init(&run);
	expect(&z, &run, GBX_WIRE_UNSUPPORTED, GBX_WIRE_LIMIT_NONE);

	/* no content types */
	mkzip_text(&z, "_rels/.rels",
	    RELS(TO("r", REL "officeDocument", "word/document.xml")));
	mkzip_text(&z, "word/document.xml", BODY(""));
	run_init(&run);
	expect(&z, &run, GBX_WIRE_UNSUPPORTED, GBX_WIRE_LIMIT_NONE);
}

static void
check_type(const char *type, uint32_t status, uint32_t op)
{
	struct mkzip z = {0};
	struct run run;

	doc_types(&z, "word/document.xml", type);
	mkzip_text(&z, "_rels/.rels",
	    RELS(TO("r", REL "officeDocument", "word/document.xml")));
	mkzip_text(&z, "word/document.xml", BODY(""));
	run_init(&run);
	run.task.op = op;
	expect(&z, &run, status, GBX_WIRE_LIMIT_NONE);
}

static void
test_types(void **state)
{
	(void)state;
	check_type("application/vnd.openxmlformats-officedocument."
		   "spreadsheetml.sheet.main+xml",
	    GBX_WIRE_UNSUPPORTED, GBX_WIRE_OP_TEXT);
	check_type("application/xml", GBX_WIRE_UNSUPPORTED, GBX_WIRE_OP_PROBE);
	check_type(DOCX_MAIN, GBX_WIRE_OK, GBX_WIRE_OP_PROBE);
	check_type("APPLICATION/vnd.openxmlformats-officedocument."
		   "wordprocessingml.TEMPLATE.main+xml",
	    GBX_WIRE_OK, GBX_WIRE_OP_PROBE);
	check_type(DOCX_MAIN, GBX_WIRE_UNSUPPORTED, GBX_WIRE_OP_DECODE);
}

/* The main part is where the relationship says, or nowhere. */
static void
check_main(const char *rel, uint32_t status)
{
	char text[1024];
	struct mkzip z = {0};
	struct run run;

	snprintf(text, sizeof(text), RELS("%s"), rel);
	doc_types(&z, "word/document.xml", DOCX_MAIN);
	mkzip_text(&z, "_rels/.rels", text);
	mkzip_text(&z, "word/document.xml", BODY(""));
	mkzip_text(&z, "../up.xml", BODY(PARA("up")));
	run_init(&run);
	run.task.op = GBX_WIRE_OP_PROBE;
	expect(&z, &run, status, GBX_WIRE_LIMIT_NONE);
}

static void
test_targets(void **state)
{
	(void)state;
	check_main(
	    TO("r", REL "officeDocument", "word/document.xml"), GBX_WIRE_OK);
	check_main(TO("r", REL "officeDocument", "/Word/./x/../DOCUMENT.xml"),
	    GBX_WIRE_OK);
	check_main(TO("r", REL "officeDocument", "word%2Fdocument.xml#part"),
	    GBX_WIRE_OK);
	check_main(
	    TO("r", REL "officeDocument", "../up.xml"), GBX_WIRE_MALFORMED);
	check_main(TO("r", REL "officeDocument", "word/missing.xml"),
	    GBX_WIRE_MALFORMED);
	check_main(TO("r", REL "officeDocument", ""), GBX_WIRE_MALFORMED);
	check_main("<Relationship Id='r' Type='" REL "officeDocument'/>",
	    GBX_WIRE_MALFORMED);
	check_main("", GBX_WIRE_UNSUPPORTED);
	check_main(OUT("r", REL "officeDocument", "word/document.xml"),
	    GBX_WIRE_UNSUPPORTED);
	check_main(TO("r", "urn:officeDocument", "word/document.xml"),
	    GBX_WIRE_UNSUPPORTED);
}

/* ---- parts as the archive holds them ------------------------------------ */

struct part_case {
	const char *what;
	struct mkzip_odd odd;
	bool deflated;
	uint32_t status;
};

static const struct part_case part_cases[] = {
    {"as it must be", {0}, true, GBX_WIRE_OK},
    {"stored", {0}, false, GBX_WIRE_OK},
    {"encrypted", {.bits = 1}, true, GBX_WIRE_UNSUPPORTED},
    {"another method", {.method = 14}, true, GBX_WIRE_UNSUPPORTED},
    {"a wrong CRC", {.crc = 1}, true, GBX_WIRE_MALFORMED},
    {"a wrong CRC, stored", {.crc = 1}, false, GBX_WIRE_MALFORMED},
    {"longer than declared", {.size = (uint32_t)-1}, true, GBX_WIRE_MALFORMED},
    {"shorter than declared", {.size = 1}, true, GBX_WIRE_MALFORMED},
    {"stored, of two sizes", {.size = 1}, false, GBX_WIRE_MALFORMED},
    {"bytes behind the stream", {.tail = "x"}, true, GBX_WIRE_MALFORMED},
    {"another local name length", {.local_name = "w.xml"}, true,
	GBX_WIRE_MALFORMED},
};

static void
test_parts(void **state)
{
	const char *text = BODY(PARA("some text some text"));
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(part_cases) / sizeof(part_cases[0]); i++) {
		const struct part_case *c = &part_cases[i];
		struct mkzip z = {0};
		struct run run;

		doc_start(&z);
		mkzip_add(&z, "word/document.xml", text, strlen(text),
		    c->deflated, &c->odd);
		run_init(&run);
		run_zip(&run, &z);
		if (run.sink.status != c->status)
			fail_msg("%s: status %u", c->what, run.sink.status);
		run_free(&run);
	}
}

/* Every prefix of an archive, and every archive with one byte changed: an
 * answer, and no text for a broken one. */
static void
test_damage(void **state)
{
	struct mkzip z = {0};
	uint8_t *p;
	size_t i, n;

	(void)state;
	doc_word(&z, BODY(PARA("text")));
	mkzip_end(&z);
	n = z.out.n;
	p = z.out.p;
	for (i = 0; i < n; i++) {
		struct run run;

		run_init(&run);
		assert_int_equal(run_bytes(&run, p, i), GBX_WIRE_MALFORMED);
		run_free(&run);
		run_init(&run);
		p[i] ^= 0x41;
		run_bytes(&run, p, n);
		p[i] ^= 0x41;
		if (run.sink.status == GBX_WIRE_OK)
			assert_string_equal(run.text, "text\n");
		run_free(&run);
	}
	mkzip_free(&z);
}

/* ---- limits ------------------------------------------------------------- */

static void
test_members(void **state)
{
	char name[32];
	struct mkzip z = {0};
	struct run run;
	int i;

	(void)state;
	doc_word(&z, BODY(""));
	for (i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "x%d", i);
		mkzip_text(&z, name, "");
	}
	run_init(&run);
	run.task.limit[GBX_WIRE_LIMIT_MEMBERS] = 10;
	expect(&z, &run, GBX_WIRE_LIMIT, GBX_WIRE_LIMIT_MEMBERS);

	/* a count alone is enough */
	z.say_count = 60000;
	doc_word(&z, BODY(""));
	run_init(&run);
	expect(&z, &run, GBX_WIRE_LIMIT, GBX_WIRE_LIMIT_MEMBERS);

	/* relationships count too */
	doc_word(&z, BODY(""));
	mkzip_text(&z, "word/_rels/document.xml.rels",
	    RELS(TO("a", "t", "x") TO("b", "t", "x") TO("c", "t", "x")
		    TO("d", "t", "x") TO("e", "t", "x")));
	run_init(&run);
	run.task.limit[GBX_WIRE_LIMIT_MEMBERS] = 4;
	expect(&z, &run, GBX_WIRE_LIMIT, GBX_WIRE_LIMIT_MEMBERS);
}

/* n bytes of white space in a document that is well-formed. */
static char *
blank_document(size_t n)
{
	const char *head = "<w:document xmlns:w='" WORD "'>";
	char *text = malloc(n + 256), *p = text;

	assert_non_null(text);
	p = stpcpy(p, head);
	memset(p, ' ', n);
	strcpy(p + n, "</w:document>");
	return text;
}

static uint32_t
run_blank(size_t n, uint64_t ratio, uint32_t *ret_limit)
{
	char *text = blank_document(n);
	struct mkzip z = {0};
	struct run run;
	uint32_t status;

	doc_word(&z, text);
	free(text);
	run_init(&run);
	run.task.limit[GBX_WIRE_LIMIT_RATIO] = ratio;
	status = run_zip(&run, &z);
	*ret_limit = run.sink.limit;
	run_free(&run);
	return status;
}

/* Deflate packs blanks about 1000 to 1. */
static void
test_ratio(void **state)
{
	uint32_t limit;

	(void)state;
	assert_int_equal(run_blank(900000, 200, &limit), GBX_WIRE_OK);
	assert_int_equal(run_blank(3000000, 1100, &limit), GBX_WIRE_OK);
	assert_int_equal(run_blank(3000000, 200, &limit), GBX_WIRE_LIMIT);
	assert_int_equal(limit, GBX_WIRE_LIMIT_RATIO);
}

/* Many parts below the limit, together above it. */
static void
test_ratio_of_all(void **state)
{
	char *text = blank_document(600000), rels[4096], name[64], *p = rels;
	struct mkzip z = {0};
	struct run run;
	int i;

	(void)state;
	doc_word(&z, BODY(""));
	p = stpcpy(
	    p, "<Relationships xmlns='" OOXML "package/2006/relationships'>");
	for (i = 0; i < 8; i++) {
		p += sprintf(p,
		    "<Relationship Id='r%d' Type='" REL
		    "header' Target='h%d.xml'/>",
		    i, i);
		snprintf(name, sizeof(name), "word/h%d.xml", i);
		mkzip_text(&z, name, text);
	}
	strcpy(p, "</Relationships>");
	mkzip_text(&z, "word/_rels/document.xml.rels", rels);
	free(text);
	run_init(&run);
	expect(&z, &run, GBX_WIRE_LIMIT, GBX_WIRE_LIMIT_RATIO);
}

/* A directory with a thousand names for one bomb's bytes: read once each, and
 * the packed bytes are counted no higher than the input. */
static void
test_overlap(void **state)
{
	char *text = blank_document(500000), *rels, *p, name[64];
	struct mkzip_bytes dir = {0};
	struct mkzip z = {0};
	struct run run;
	size_t n;
	int i;

	(void)state;
	rels = malloc(200000);
	assert_non_null(rels);
	p = stpcpy(rels,
	    "<Relationships xmlns='" OOXML "package/2006/relationships'>");
	for (i = 100; i < 999; i++)
		p += sprintf(p,
		    "<Relationship Id='r%d' Type='" REL
		    "header' Target='h%d.xml'/>",
		    i, i);
	strcpy(p, "</Relationships>");
	doc_word(&z, BODY(""));
	mkzip_text(&z, "word/_rels/document.xml.rels", rels);
	n = z.dir.n;
	mkzip_text(&z, "word/h100.xml", text);
	mkzip_put(&dir, z.dir.p + n, z.dir.n - n);
	for (i = 101; i < 999; i++) {
		snprintf(name, sizeof(name), "%d", i);
		memcpy(dir.p + 46 + 6, name, 3); /* in word/h100.xml */
		mkzip_put(&z.dir, dir.p, dir.n);
		z.count++;
	}
	free(dir.p);
	free(text);
	free(rels);
	run_init(&run);
	expect(&z, &run, GBX_WIRE_LIMIT, GBX_WIRE_LIMIT_RATIO);
}

static void
test_depth(void **state)
{
	char text[8192], *p = text;
	struct mkzip z = {0};
	struct run run;
	int i, pass;

	(void)state;
	p = stpcpy(p, "<w:document xmlns:w='" WORD "'>");
	for (i = 0; i < 150; i++)
		p = stpcpy(p, "<w:sdt>");
	for (i = 0; i < 150; i++)
		p = stpcpy(p, "</w:sdt>");
	strcpy(p, "</w:document>");
	for (pass = 0; pass < 2; pass++) {
		doc_word(&z, text);
		run_init(&run);
		run.task.limit[GBX_WIRE_LIMIT_DEPTH] = pass ? 151 : 150;
		run_zip(&run, &z);
		assert_int_equal(run.sink.limit,
		    pass ? GBX_WIRE_LIMIT_NONE : GBX_WIRE_LIMIT_DEPTH);
		run_free(&run);
	}
	/* Depth counts in what is passed over, too. */
	doc_start(&z);
	memcpy(strstr(text, "<w:sdt>"), "<w:del>", 7);
	memcpy(strstr(text, "</w:document>") - 8, "</w:del>", 8);
	mkzip_text(&z, "word/document.xml", text);
	run_init(&run);
	expect(&z, &run, GBX_WIRE_LIMIT, GBX_WIRE_LIMIT_DEPTH);
}

static void
test_text_limit(void **state)
{
	struct mkzip z = {0};
	struct run run;

	(void)state;
	doc_word(&z, BODY(PARA("0123456789")));
	run_init(&run);
	run.task.limit[GBX_WIRE_LIMIT_TEXT] = 11;
	assert_int_equal(run_zip(&run, &z), GBX_WIRE_OK);
	run_free(&run);
	doc_word(&z, BODY(PARA("0123456789")));
	run_init(&run);
	run.task.limit[GBX_WIRE_LIMIT_TEXT] = 10;
	expect(&z, &run, GBX_WIRE_LIMIT, GBX_WIRE_LIMIT_TEXT);
	doc_word(&z, BODY(PARA("0123456789")));
	run_init(&run);
	run.task.limit[GBX_WIRE_LIMIT_OUTPUT] = 10;
	expect(&z, &run, GBX_WIRE_LIMIT, GBX_WIRE_LIMIT_OUTPUT);
}

static void
test_records_limit(void **state)
{
	struct mkzip z = {0};
	struct run run;

	(void)state;
	doc_types(&z, "word/document.xml", DOCX_MAIN);
	mkzip_text(&z, "_rels/.rels",
	    RELS(TO("r1", REL "officeDocument", "word/document.xml")
		    TO("r2", REL "extended-properties", "app.xml")));
	mkzip_text(&z, "word/document.xml", BODY(""));
	mkzip_text(&z, "app.xml",
	    "<Properties xmlns='" OOXML
	    "officeDocument/2006/extended-properties'><Pages>1</Pages>"
	    "<Words>2</Words></Properties>");
	run_init(&run);
	run.task.limit[GBX_WIRE_LIMIT_RECORDS] = 1;
	expect(&z, &run, GBX_WIRE_LIMIT, GBX_WIRE_LIMIT_RECORDS);
}

static void
test_pages(void **state)
{
	struct mkzip z = {0};
	struct run run;

	(void)state;
	doc_slides(&z, 9);
	run_init(&run);
	run.task.limit[GBX_WIRE_LIMIT_PAGES] = 9;
	assert_int_equal(run_zip(&run, &z), GBX_WIRE_OK);
	assert_int_equal(run.sink.total, 9);
	run_free(&run);
	doc_slides(&z, 9);
	run_init(&run);
	run.task.limit[GBX_WIRE_LIMIT_PAGES] = 8;
	expect(&z, &run, GBX_WIRE_LIMIT, GBX_WIRE_LIMIT_PAGES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_documents),
	    cmocka_unit_test(test_long_entity),
	    cmocka_unit_test(test_other_archives),
	    cmocka_unit_test(test_types),
	    cmocka_unit_test(test_targets),
	    cmocka_unit_test(test_parts),
	    cmocka_unit_test(test_damage),
	    cmocka_unit_test(test_members),
	    cmocka_unit_test(test_ratio),
	    cmocka_unit_test(test_ratio_of_all),
	    cmocka_unit_test(test_overlap),
	    cmocka_unit_test(test_depth),
	    cmocka_unit_test(test_text_limit),
	    cmocka_unit_test(test_records_limit),
	    cmocka_unit_test(test_pages),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
