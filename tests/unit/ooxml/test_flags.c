/* SPDX-License-Identifier: ISC */
/*
 * What a document holds that its reader should know of: every flag, each way
 * to raise it, and what raises none.
 * Side: tests.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/cmocka.h"
#include "tests/unit/ooxml/docs.h"

/* ---- by relationships, content types and fields ------------------------- */

struct doc_case {
	const char *what;
	uint32_t flags;
	const char *rels;     /* word/_rels/document.xml.rels */
	const char *settings; /* word/_rels/settings.xml.rels */
	const char *member;   /* one more member */
	const char *body;
};

static const struct doc_case doc_cases[] = {
    {"nothing", 0, NULL, NULL, NULL, NULL},
    {"a hyperlink to the outside", 0,
	OUT("a", REL "hyperlink", "http://example.org/"), NULL, NULL, NULL},
    {"a linked image", GBX_WIRE_FLAG_EXTERNAL,
	OUT("a", REL "image", "http://example.org/x.png"), NULL, NULL, NULL},
    {"an external target in another case", GBX_WIRE_FLAG_EXTERNAL,
	"<Relationship Id='a' Type='" REL "frame' Target='x' "
	"TargetMode='EXTERNAL'/>",
	NULL, NULL, NULL},
    {"an attached template, of a part that is not read", GBX_WIRE_FLAG_EXTERNAL,
	NULL, OUT("t", REL "attachedTemplate", "http://example.org/t.dotm"),
	NULL, NULL},
    {"a scheme without TargetMode", GBX_WIRE_FLAG_EXTERNAL,
	TO("a", REL "image", "file:///etc/passwd"), NULL, NULL, NULL},
    {"a linked object", GBX_WIRE_FLAG_EXTERNAL,
	OUT("a", REL "oleObject", "\\\\host\\x"), NULL, NULL, NULL},
    {"an embedded object", GBX_WIRE_FLAG_EMBEDDED,
	TO("a", REL "oleObject", "embeddings/o.bin"), NULL, NULL, NULL},
    {"a chart's workbook", GBX_WIRE_FLAG_EMBEDDED,
	TO("a", REL "package", "embeddings/o.xlsx"), NULL, NULL, NULL},
    {"an imported file", GBX_WIRE_FLAG_EMBEDDED | GBX_WIRE_FLAG_TEXT_ELSEWHERE,
	TO("a", REL "aFChunk", "afchunk.mht"), NULL, NULL, NULL},
    {"a control", GBX_WIRE_FLAG_EMBEDDED,
	TO("a", REL "control", "activeX/activeX1.xml"), NULL, NULL, NULL},
    {"an orphan in embeddings/", GBX_WIRE_FLAG_EMBEDDED, NULL, NULL,
	"word/Embeddings/x.bin", NULL},
    {"a macro project", GBX_WIRE_FLAG_MACROS,
	TO("m",
	    "http://schemas.microsoft.com/office/2006/relationships/"
	    "vbaProject",
	    "v.bin"),
	NULL, NULL, NULL},
    {"an orphan vbaProject.bin", GBX_WIRE_FLAG_MACROS, NULL, NULL,
	"word/vbaproject.BIN", NULL},
    {"two relationships with one Id", GBX_WIRE_FLAG_AMBIGUOUS,
	TO("a", REL "header", "h1.xml") TO("a", REL "header", "h2.xml"), NULL,
	NULL, NULL},
    {"a field that asks a server", GBX_WIRE_FLAG_EXTERNAL, NULL, NULL, NULL,
	"<w:p><w:r><w:fldChar w:fldCharType='begin'/><w:instrText> DDE"
	"</w:instrText></w:r><w:r><w:instrText>AUTO c:\\x</w:instrText>"
	"<w:fldChar w:fldCharType='end'/></w:r></w:p>"},
    {"a field that includes a picture", GBX_WIRE_FLAG_EXTERNAL, NULL, NULL,
	NULL, "<w:p><w:fldSimple w:instr=' includePicture \"x\"'/></w:p>"},
    {"fields of the document's own", 0, NULL, NULL, NULL,
	"<w:p><w:fldSimple w:instr='LINKS'/><w:fldSimple w:instr='PAGE'/>"
	"</w:p>"},
    {"bidi controls in the text", GBX_WIRE_FLAG_BIDI, NULL, NULL, NULL,
	PARA("&#x202e;txt.exe")},
    {"Hebrew without controls", 0, NULL, NULL, NULL, PARA("&#x5e9;&#x5dc;")},
};

static void
test_documents(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(doc_cases) / sizeof(doc_cases[0]); i++) {
		const struct doc_case *c = &doc_cases[i];
		char text[2048];
		struct mkzip z = {0};
		struct run run;

		snprintf(
		    text, sizeof(text), BODY("%s"), c->body ? c->body : "");
		doc_word(&z, text);
		snprintf(
		    text, sizeof(text), RELS("%s"), c->rels ? c->rels : "");
		mkzip_text(&z, "word/_rels/document.xml.rels", text);
		snprintf(text, sizeof(text), RELS("%s"),
		    c->settings ? c->settings : "");
		mkzip_text(&z, "word/_rels/settings.xml.rels", text);
		if (c->member != NULL)
			mkzip_text(&z, c->member, "x");
		run_init(&run);
		if (run_zip(&run, &z) != GBX_WIRE_OK || run.flags != c->flags)
			fail_msg("%s: status %u, flags %#x instead of %#x",
			    c->what, run.sink.status, run.flags, c->flags);
		run_free(&run);
	}
}

static void
test_macro_type(void **state)
{
	struct mkzip z = {0};
	struct run run;

	(void)state;
	doc_types(&z, "word/document.xml",
	    "application/vnd.ms-word.document.macroEnabled.main+xml");
	mkzip_text(&z, "_rels/.rels",
	    RELS(TO("r1", REL "officeDocument", "word/document.xml")));
	mkzip_text(&z, "word/document.xml", BODY(PARA("m")));
	run_init(&run);
	assert_int_equal(run_zip(&run, &z), GBX_WIRE_OK);
	assert_int_equal(run.sink.format, GBX_FORMAT_DOCX);
	assert_int_equal(run.flags, GBX_WIRE_FLAG_MACROS);
	run_free(&run);
}

/* ---- by the archive ----------------------------------------------------- */

#define OTHER BODY(PARA("other"))

struct zip_case {
	const char *what;
	uint32_t flags;
	const char *name; /* of one more member */
	struct mkzip_odd odd;
};

static const struct zip_case zip_cases[] = {
    {"a plain member", 0, "extra.xml", {0}},
    {"a data descriptor", 0, "extra.xml", {.bits = 8}},
    {"a folder", 0, "word/media/", {0}},
    {"a name in UTF-8 twice, the same", 0, "x.bin", {.utf8_name = "x.bin"}},
    {"an encrypted member that is not needed", GBX_WIRE_FLAG_ENCRYPTED,
	"extra.xml", {.bits = 1}},
    {"a strongly encrypted one", GBX_WIRE_FLAG_ENCRYPTED, "extra.xml",
	{.bits = 1 << 6}},
    {"the same name twice", GBX_WIRE_FLAG_AMBIGUOUS, "word/document.xml", {0}},
    {"the same name in another case", GBX_WIRE_FLAG_AMBIGUOUS,
	"WORD/document.XML", {0}},
    {"the same name with a backslash", GBX_WIRE_FLAG_AMBIGUOUS,
	"word\\document.xml", {0}},
    {"a name from the root", GBX_WIRE_FLAG_AMBIGUOUS, "/x.xml", {0}},
    {"a name that climbs out", GBX_WIRE_FLAG_AMBIGUOUS, "../../etc/passwd",
	{0}},
    {"a name that goes in circles", GBX_WIRE_FLAG_AMBIGUOUS, "word/./x.xml",
	{0}},
    {"an empty segment", GBX_WIRE_FLAG_AMBIGUOUS, "word//x.xml", {0}},
    {"a piece of a part", GBX_WIRE_FLAG_AMBIGUOUS,
	"word/document.xml/[0].piece", {0}},
    {"another name in the local header", GBX_WIRE_FLAG_AMBIGUOUS, "x.xml",
	{.local_name = "y.xml"}},
    {"another size in the local header", GBX_WIRE_FLAG_AMBIGUOUS, "x.xml",
	{.local_size = 1}},
    {"another method in the local header", GBX_WIRE_FLAG_AMBIGUOUS, "x.xml",
	{.local_method = 8}},
    {"other bits in the local header", GBX_WIRE_FLAG_AMBIGUOUS, "x.xml",
	{.local_bits = 1}},
    {"a promised data descriptor that is missing", GBX_WIRE_FLAG_AMBIGUOUS,
	"x.xml", {.bits = 8, .no_descriptor = true}},
    {"bytes between members", GBX_WIRE_FLAG_AMBIGUOUS, "x.xml",
	{.gap = "PK\3\4 hidden"}},
    {"another name in UTF-8", GBX_WIRE_FLAG_AMBIGUOUS, "x.xml",
	{.utf8_name = "word/document.xml"}},
    {"two entries for the same bytes", GBX_WIRE_FLAG_AMBIGUOUS, "x.xml",
	{.again = true}},
};

static void
test_members(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(zip_cases) / sizeof(zip_cases[0]); i++) {
		const struct zip_case *c = &zip_cases[i];
		struct mkzip z = {0};
		struct run run;

		doc_word(&z, BODY(PARA("text")));
		mkzip_add(&z, c->name, OTHER, strlen(OTHER), true, &c->odd);
		run_init(&run);
		run_zip(&run, &z);
		/* Of two parts with one name the first is read. */
		if (run.sink.status != GBX_WIRE_OK || run.flags != c->flags ||
		    strcmp(run.text, "text\n") != 0)
			fail_msg("%s: status %u, flags %#x instead of %#x",
			    c->what, run.sink.status, run.flags, c->flags);
		run_free(&run);
	}
}

/* ---- by what lies around the archive ------------------------------------ */

static void
word_archive(struct mkzip *z)
{
	doc_word(z, BODY(PARA("text")));
	mkzip_end(z);
}

/* Runs before + archive + after. */
static void
check_around(const char *what, const void *before, size_t n_before,
    const void *after, size_t n_after, bool ambiguous)
{
	struct mkzip_bytes b = {0};
	struct mkzip z = {0};
	struct run run;

	word_archive(&z);
	mkzip_put(&b, before, n_before);
	mkzip_put(&b, z.out.p, z.out.n);
	mkzip_put(&b, after, n_after);
	run_init(&run);
	run_bytes(&run, b.p, b.n);
	if (run.sink.status != GBX_WIRE_OK ||
	    run.flags != (ambiguous ? GBX_WIRE_FLAG_AMBIGUOUS : 0))
		fail_msg("%s: status %u, flags %#x", what, run.sink.status,
		    run.flags);
	run_free(&run);
	mkzip_free(&z);
	free(b.p);
}

static void
test_around(void **state)
{
	struct mkzip z = {0};

	(void)state;
	doc_word(&z, OTHER);
	mkzip_end(&z);
	check_around("nothing", NULL, 0, NULL, 0, false);
	check_around("bytes before", "MZ", 2, NULL, 0, true);
	check_around("an archive before", z.out.p, z.out.n, NULL, 0, true);
	check_around("an archive behind", NULL, 0, z.out.p, z.out.n, true);
	check_around("bytes behind", NULL, 0, "junk", 4, true);
	mkzip_free(&z);
}

static void
check_end(const char *what, const char *comment, bool zip64, uint32_t flags)
{
	struct mkzip z = {.comment = comment, .zip64 = zip64};
	struct run run;

	doc_word(&z, BODY(PARA("text")));
	run_init(&run);
	run_zip(&run, &z);
	if (run.sink.status != GBX_WIRE_OK || run.flags != flags)
		fail_msg("%s: status %u, flags %#x", what, run.sink.status,
		    run.flags);
	run_free(&run);
}

static void
test_end_records(void **state)
{
	(void)state;
	check_end("a comment", "hello", false, 0);
	check_end("ZIP64", NULL, true, 0);
	check_end("ZIP64 and a comment", "hello", true, 0);
	check_end("a stray locator", "PK\6\7 in a comment, of some length",
	    false, GBX_WIRE_FLAG_AMBIGUOUS);
}

/* Fewer entries declared than there are: some readers count, some walk. */
static void
test_count_too_low(void **state)
{
	struct mkzip z = {0};
	struct run run;

	(void)state;
	doc_word(&z, BODY(PARA("text")));
	mkzip_text(&z, "more.xml", "x");
	z.say_count = z.count - 1;
	run_init(&run);
	assert_int_equal(run_zip(&run, &z), GBX_WIRE_OK);
	assert_int_equal(run.flags, GBX_WIRE_FLAG_AMBIGUOUS);
	run_free(&run);
}

/* What can't be read for its flags is said to be missing. */
static void
test_broken_orphan(void **state)
{
	struct mkzip z = {0};
	struct run run;

	(void)state;
	doc_word(&z, BODY(PARA("text")));
	mkzip_text(&z, "word/_rels/orphan.xml.rels", "<not closed");
	run_init(&run);
	assert_int_equal(run_zip(&run, &z), GBX_WIRE_OK);
	assert_true(run.sink.degraded);
	run_free(&run);
}

static void
test_probe_drops_flags(void **state)
{
	struct mkzip z = {0};
	struct run run;

	(void)state;
	doc_word(&z, BODY(PARA("&#x202e;")));
	mkzip_text(&z, "word/vbaProject.bin", "x");
	run_init(&run);
	run.task.op = GBX_WIRE_OP_PROBE;
	assert_int_equal(run_zip(&run, &z), GBX_WIRE_OK);
	assert_int_equal(run.sink.n_blocks, 0);
	assert_int_equal(run.sink.format, GBX_FORMAT_DOCX);
	run_free(&run);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_documents),
	    cmocka_unit_test(test_macro_type),
	    cmocka_unit_test(test_members),
	    cmocka_unit_test(test_around),
	    cmocka_unit_test(test_end_records),
	    cmocka_unit_test(test_count_too_low),
	    cmocka_unit_test(test_broken_orphan),
	    cmocka_unit_test(test_probe_drops_flags),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
