/* SPDX-License-Identifier: ISC */
/*
 * List numbers as Word shows them: levels, restarts, overrides, styles, linked
 * definitions, formats; and what is wrong with a definition.
 * Side: tests.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/ooxml/lists.h"
#include "tests/support/cmocka.h"
#include "tests/unit/ooxml/docs.h"

/* ---- definitions -------------------------------------------------------- */

#define ABSTRACT(id, inner) \
	"<w:abstractNum w:abstractNumId='" id "'>" inner "</w:abstractNum>"
#define LIST(id, of, inner) \
	"<w:num w:numId='" id "'><w:abstractNumId w:val='" of "'/>" inner \
	"</w:num>"
#define LEVEL(i, inner)	       "<w:lvl w:ilvl='" i "'>" inner "</w:lvl>"
#define START(n)	       "<w:start w:val='" n "'/>"
#define FORMAT(name)	       "<w:numFmt w:val='" name "'/>"
#define TEXT(text)	       "<w:lvlText w:val='" text "'/>"
#define PLAIN(i, format, text) LEVEL(i, START("1") FORMAT(format) TEXT(text))
#define OVERRIDE(i, inner) \
	"<w:lvlOverride w:ilvl='" i "'>" inner "</w:lvlOverride>"
#define START_AT(n) "<w:startOverride w:val='" n "'/>"

#define STYLE(id, inner) \
	"<w:style w:type='paragraph' w:styleId='" id "'>" inner "</w:style>"
#define BASED(on)     "<w:basedOn w:val='" on "'/>"
#define STYLE_NUM(pr) "<w:pPr><w:numPr>" pr "</w:numPr></w:pPr>"
#define ID(list)      "<w:numId w:val='" list "'/>"
#define AT(level)     "<w:ilvl w:val='" level "'/>"

/* ---- paragraphs --------------------------------------------------------- */

#define RUN(text) "<w:r><w:t>" text "</w:t></w:r>"
#define ITEM(list, level, text) \
	"<w:p><w:pPr><w:numPr>" AT(level) \
	    ID(list) "</w:numPr></w:pPr>" RUN(text) "</w:p>"
#define STYLED(style, text) \
	"<w:p><w:pPr><w:pStyle w:val='" style "'/></w:pPr>" RUN(text) "</w:p>"

#define THREE \
	ABSTRACT("0", PLAIN("0", "decimal", "%1.") PLAIN("1", "decimal", \
			  "%1.%2.") PLAIN("2", "lowerRoman", "(%3)"))

static const struct {
	const char *what, *numbering, *styles, *body, *text;
	bool degraded;
} cases[] = {
    {.what = "levels start again below a higher one",
	THREE LIST("1", "0", ""),
	"",
	ITEM("1", "0", "a") ITEM("1", "1", "b") ITEM("1", "1", "c")
	    ITEM("1", "2", "d") ITEM("1", "0", "e") ITEM("1", "1", "f"),
	"1. a\n1.1. b\n1.2. c\n(i) d\n2. e\n2.1. f\n"},
    {.what = "a level is jumped over",
	THREE LIST("1", "0", ""),
	"",
	ITEM("1", "1", "a") ITEM("1", "0", "b"),
	"1.1. a\n2. b\n"},
    {.what = "paragraphs between",
	THREE LIST("1", "0", ""),
	"",
	ITEM("1", "0", "a") PARA("x") ITEM("1", "0", "b"),
	"1. a\nx\n2. b\n"},
    {.what = "an item without text",
	THREE LIST("1", "0", ""),
	"",
	"<w:p><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr></w:p>" ITEM(
	    "1", "0", "b"),
	"1.\n2. b\n"},
    {.what = "two lists of one definition count on",
	THREE LIST("1", "0", "") LIST("2", "0", ""),
	"",
	ITEM("1", "0", "a") ITEM("2", "0", "b"),
	"1. a\n2. b\n"},
    {.what = "an override starts again, once",
	THREE LIST("1", "0", "") LIST("2", "0", OVERRIDE("0", START_AT("5"))),
	"",
	ITEM("1", "0", "a") ITEM("2", "0", "b") ITEM("2", "0", "c")
	    ITEM("1", "0", "d"),
	"1. a\n5. b\n6. c\n7. d\n"},
    {.what = "a level is replaced",
	THREE LIST("1", "0", OVERRIDE("0", PLAIN("0", "upperLetter", "%1)"))),
	"",
	ITEM("1", "0", "a") ITEM("1", "1", "b"),
	"A) a\nA.1. b\n"},
    {.what = "no restart",
	ABSTRACT("0",
	    PLAIN("0", "decimal", "%1") LEVEL("1",
		START("1") FORMAT("decimal") "<w:lvlRestart w:val='0'/>" TEXT(
		    "-%2"))) LIST("1", "0", ""),
	"",
	ITEM("1", "0", "a") ITEM("1", "1", "b") ITEM("1", "0", "c")
	    ITEM("1", "1", "d"),
	"1 a\n-1 b\n2 c\n-2 d\n"},
    {.what = "a restart by the highest level alone",
	ABSTRACT("0",
	    PLAIN("0", "decimal", "%1") PLAIN("1", "decimal", "%1.%2") LEVEL(
		"2", START("1") FORMAT(
			 "decimal") "<w:lvlRestart w:val='1'/>" TEXT("-%3")))
	    LIST("1", "0", ""),
	"",
	ITEM("1", "0", "a") ITEM("1", "2", "b") ITEM("1", "1", "c")
	    ITEM("1", "2", "d") ITEM("1", "0", "e") ITEM("1", "2", "f"),
	"1 a\n-1 b\n1.2 c\n-2 d\n2 e\n-1 f\n"},
    {.what = "legal numbers",
	ABSTRACT("0", PLAIN("0", "upperRoman", "Article %1.") LEVEL("1",
			  "<w:start w:val='1'/><w:numFmt w:val='decimal'/>"
			  "<w:isLgl/>" TEXT("%1.%2"))) LIST("1", "0", ""),
	"",
	ITEM("1", "0", "a") ITEM("1", "0", "b") ITEM("1", "1", "c"),
	"Article I. a\nArticle II. b\n2.1 c\n"},
    {.what = "nothing behind the number",
	ABSTRACT("0", LEVEL("0", START("3") "<w:suff w:val='nothing'/>" TEXT(
				     "%1:"))) LIST("1", "0", ""),
	"",
	ITEM("1", "0", "a"),
	"3:a\n"},
    {.what = "bullets by their fonts",
	ABSTRACT("0",
	    LEVEL("0", FORMAT("bullet") TEXT(
			   "&#xF0B7;") "<w:rPr><w:rFonts w:ascii='Symbol'/>"
				       "</w:rPr>") LEVEL("1",
		FORMAT("bullet") TEXT(
		    "&#xF0A7;") "<w:rPr><w:rFonts w:ascii='Wingdings'/></w:rPr>")
		LEVEL("2", FORMAT("bullet") TEXT("o")) LEVEL(
		    "3", FORMAT("bullet") TEXT("&#xF041;"))) LIST("1", "0", ""),
	"",
	ITEM("1", "0", "a") ITEM("1", "1", "b") ITEM("1", "2", "c")
	    ITEM("1", "3", "d"),
	"\u2022 a\n\u25aa b\no c\n\u2022 d\n"},
    {.what = "no number at all",
	ABSTRACT("0", LEVEL("0", FORMAT("none") TEXT(""))) LIST("1", "0", ""),
	"",
	ITEM("1", "0", "a") ITEM("0", "0", "b") ITEM("7", "0", "c")
	    ITEM("1", "9", "d"),
	"a\nb\nc\nd\n"},
    {.what = "levels by style",
	ABSTRACT("0", LEVEL("0", START("1") "<w:pStyle w:val='H1'/>" TEXT("%1"))
			  LEVEL("1", START("1") "<w:pStyle w:val='H2'/>" TEXT(
					 "%1.%2"))) LIST("1", "0", ""),
	STYLE("H1", STYLE_NUM(ID("1"))) STYLE(
	    "H2", BASED("H1") STYLE_NUM(AT("0"))) STYLE("H3", BASED("H2")),
	STYLED("H1", "a") STYLED("H2", "b") STYLED("H3", "c"),
	"1 a\n1.1 b\n2 c\n"},
    {.what = "a style's number is taken away",
	THREE LIST("1", "0", ""),
	STYLE("H1", STYLE_NUM(ID("1"))),
	"<w:p><w:pPr><w:pStyle w:val='H1'/><w:numPr><w:numId w:val='0'/>"
	"</w:numPr></w:pPr>" RUN("a") "</w:p>" STYLED("H1", "b"),
	"a\n1. b\n"},
    {.what = "the default style",
	THREE LIST("1", "0", ""),
	"<w:style w:type='paragraph' w:default='1' w:styleId='N'>" STYLE_NUM(
	    ID("1")) "</w:style>",
	PARA("a") PARA("b"),
	"1. a\n2. b\n"},
    {.what = "styles in a circle",
	THREE LIST("1", "0", ""),
	STYLE("A", BASED("B")) STYLE("B", BASED("A")),
	STYLED("A", "a"),
	"a\n"},
    {.what = "a definition by the style of another",
	ABSTRACT("0", "<w:numStyleLink w:val='S'/>") ABSTRACT(
	    "1", "<w:styleLink w:val='S'/>" PLAIN("0", "decimal", "%1/"))
	    LIST("1", "0", "") LIST("2", "1", ""),
	"",
	ITEM("1", "0", "a") ITEM("2", "0", "b"),
	"1/ a\n2/ b\n"},
    {.what = "a text box counts for itself",
	THREE LIST("1", "0", ""),
	"",
	ITEM("1", "0", "a") "<w:p><w:r><w:txbxContent>" ITEM(
	    "1", "0", "b") "</w:txbxContent></w:r></w:p>" ITEM("1", "0", "c"),
	"1. a\n1. b\n\n2. c\n"},
    {.what = "a mark that is deleted joins, and the number goes",
	THREE LIST("1", "0", ""),
	"",
	"<w:p><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr><w:rPr><w:del/>"
	"</w:rPr></w:pPr>" RUN("a") "</w:p>" ITEM("1", "0", "b")
	    ITEM("1", "0", "c"),
	"1. ab\n2. c\n"},
    {.what = "custom zeros",
	ABSTRACT("0",
	    LEVEL("0",
		START("7") "<w:numFmt w:val='custom' w:format='001, 002, 003, ...'/>" TEXT(
		    "%1"))) LIST("1", "0", ""),
	"",
	ITEM("1", "0", "a"),
	"007 a\n"},
    {.what = "numbering that is not well-formed",
	"<w:num",
	"",
	PARA("a"),
	"a\n",
	true},
};

static void
make(struct mkzip *z, size_t i)
{
	char text[8192];

	doc_start(z);
	snprintf(text, sizeof(text), BODY("%s"), cases[i].body);
	mkzip_text(z, "word/document.xml", text);
	mkzip_text(z, "word/_rels/document.xml.rels",
	    RELS(TO("n", REL "numbering", "numbering.xml")
		    TO("s", REL "styles", "styles.xml")));
	snprintf(text, sizeof(text),
	    "<w:numbering xmlns:w='" WORD "'>%s</w:numbering>",
	    cases[i].numbering);
	mkzip_text(z, "word/numbering.xml", text);
	snprintf(text, sizeof(text),
	    "<w:styles xmlns:w='" WORD "'>%s</w:styles>", cases[i].styles);
	mkzip_text(z, "word/styles.xml", text);
}

static void
test_lists(void **state)
{
	struct mkzip z = {0};
	struct run run;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		make(&z, i);
		run_init(&run);
		if (run_zip(&run, &z) != GBX_WIRE_OK ||
		    strcmp(run.text, cases[i].text) != 0 ||
		    run.sink.degraded != cases[i].degraded)
			fail_msg("%s: status %u, degraded %d:\n%s\ninstead "
				 "of\n%s",
			    cases[i].what, run.sink.status, run.sink.degraded,
			    run.text ? run.text : "", cases[i].text);
		run_free(&run);
	}
}

/* More definitions than a document may have members. */
static void
test_too_many(void **state)
{
	struct mkzip z = {0};
	struct run run;

	(void)state;
	make(&z, 3);
	run_init(&run);
	run.task.limit[GBX_WIRE_LIMIT_MEMBERS] = 7;
	assert_int_equal(run_zip(&run, &z), GBX_WIRE_OK);
	run_free(&run);

	doc_start(&z);
	mkzip_text(&z, "word/document.xml", BODY(""));
	mkzip_text(&z, "word/_rels/document.xml.rels",
	    RELS(TO("n", REL "numbering", "numbering.xml")));
	mkzip_text(&z, "word/numbering.xml",
	    "<w:numbering xmlns:w='" WORD "'><w:num/><w:num/><w:num/><w:num/>"
	    "<w:num/><w:num/><w:num/><w:num/></w:numbering>");
	run_init(&run);
	run.task.limit[GBX_WIRE_LIMIT_MEMBERS] = 7;
	assert_int_equal(run_zip(&run, &z), GBX_WIRE_LIMIT);
	assert_int_equal(run.sink.limit, GBX_WIRE_LIMIT_MEMBERS);
	run_free(&run);
}

static const struct {
	const char *format;
	uint32_t n;
	const char *want;
} numbers[] = {
    {"decimal", 0, "0"},
    {"decimal", 1000000, "1000000"},
    {"unheard-of", 12, "12"},
    {"upperRoman", 1994, "MCMXCIV"},
    {"lowerRoman", 48, "xlviii"},
    {"upperRoman", 0, "0"},
    {"upperRoman", 10000, "10000"},
    {"upperLetter", 26, "Z"},
    {"lowerLetter", 27, "aa"},
    {"lowerLetter", 54, "bbb"},
    {"lowerLetter", 100000, "100000"},
    {"decimalZero", 7, "07"},
    {"decimalZero", 123, "123"},
    {"ordinal", 1, "1st"},
    {"ordinal", 12, "12th"},
    {"ordinal", 23, "23rd"},
    {"ordinal", 111, "111th"},
    {"cardinalText", 1, "One"},
    {"cardinalText", 42, "Forty-two"},
    {"cardinalText", 15, "Fifteen"},
    {"ordinalText", 3, "Third"},
    {"ordinalText", 20, "Twentieth"},
    {"ordinalText", 99, "Ninety-ninth"},
    {"ordinalText", 101, "101st"},
    {"hex", 255, "FF"},
    {"hex", 0, "0"},
    {"chicago", 6, "\u2020\u2020"},
    {"numberInDash", 5, "- 5 -"},
    {"decimalEnclosedCircle", 3, "\u2462"},
    {"decimalEnclosedCircle", 21, "21"},
    {"decimalEnclosedParen", 1, "\u2474"},
    {"decimalEnclosedFullstop", 20, "\u249b"},
    {"decimalFullWidth", 10, "\uff11\uff10"},
    {"ideographDigital", 12, "\u4e00\u4e8c"},
    {"japaneseCounting", 12, "\u5341\u4e8c"},
    {"chineseCounting", 205, "\u4e8c\u767e\u3007\u4e94"},
    {"chineseCounting", 20, "\u4e8c\u5341"},
    {"ideographTraditional", 2, "\u4e59"},
    {"russianLower", 1, "\u0430"},
    {"russianLower", 30, "\u0430\u0430"},
    {"thaiNumbers", 10, "\u0e51\u0e50"},
    {"none", 5, ""},
    {"bullet", 5, ""},
    {"001, 002, 003, ...", 7, "007"},
    {"01, 02, 03, ...", 123, "123"},
};

static void
test_numbers(void **state)
{
	char out[64], small[4];
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		n = gbx_ooxml_number(
		    numbers[i].format, numbers[i].n, out, sizeof(out));
		if (n != strlen(numbers[i].want) ||
		    memcmp(out, numbers[i].want, n) != 0)
			fail_msg("%s %u: %.*s", numbers[i].format, numbers[i].n,
			    (int)n, out);
		assert_in_range(gbx_ooxml_number(numbers[i].format,
				    numbers[i].n, small, sizeof(small)),
		    0, sizeof(small));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lists),
	    cmocka_unit_test(test_too_many),
	    cmocka_unit_test(test_numbers),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
