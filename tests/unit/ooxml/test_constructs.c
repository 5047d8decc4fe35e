/* SPDX-License-Identifier: ISC */
/*
 * What stands in one place in the XML and in another on the page: a case for
 * each row of constructs.def, with what must come out. Then each row is taken
 * out of the table in turn, and some case must come out otherwise: a row
 * without a case fails, and so does a case that never needed its row.
 * Side: tests.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/ooxml/constructs.h"
#include "tests/support/cmocka.h"
#include "tests/unit/ooxml/docs.h"

#define NAMES \
	" xmlns:w='" WORD "' xmlns:a='" DRAW "' xmlns:p='" POWER \
	"' xmlns:m='" OOXML "officeDocument/2006/math' xmlns:r='" OOXML \
	"officeDocument/2006/relationships' xmlns:c='" OOXML \
	"drawingml/2006/chart' xmlns:dgm='" OOXML \
	"drawingml/2006/diagram' xmlns:mc='" OOXML \
	"markup-compatibility/2006' xmlns:wp='" OOXML \
	"drawingml/2006/wordprocessingDrawing' xmlns:v='urn:schemas-microsoft-" \
	"com:vml' xmlns:wps='http://schemas.microsoft.com/office/word/2010/" \
	"wordprocessingShape' xmlns:q='urn:made-up' "

/* ---- pieces of WordprocessingML ----------------------------------------- */

#define R(text)	    "<w:r><w:t>" text "</w:t></w:r>"
#define P(runs)	    "<w:p>" runs "</w:p>"
#define PP(pr, run) "<w:p><w:pPr>" pr "</w:pPr>" run "</w:p>"
#define LOST	    "<w:r><w:t>LOST</w:t></w:r>"
#define CHAR(type)  "<w:r><w:fldChar w:fldCharType='" type "'/></w:r>"
#define CODE(text)  "<w:r><w:instrText>" text "</w:instrText></w:r>"
#define FIELD(code, result) \
	CHAR("begin") CODE(code) CHAR("separate") result CHAR("end")
#define FORM(data, code) \
	"<w:r><w:fldChar w:fldCharType='begin'><w:ffData>" data \
	"</w:ffData></w:fldChar></w:r>" CODE(code) CHAR("end")
#define CELL(text)  "<w:tc>" P(R(text)) "</w:tc>"
#define TABLE(rows) "<w:tbl>" rows "</w:tbl>"
#define NUM(level, list) \
	"<w:numPr><w:ilvl w:val='" level "'/><w:numId w:val='" list \
	"'/></w:numPr>"

/* ---- and of formulas ---------------------------------------------------- */

#define MR(text)    "<m:r><m:t>" text "</m:t></m:r>"
#define MATH(inner) P("<m:oMath>" inner "</m:oMath>")
#define ML	    "<m:r><m:t>LOST</m:t></m:r>"
#define E(inner)    "<m:e>" inner "</m:e>"
#define SUB(inner)  "<m:sub>" inner "</m:sub>"
#define SUP(inner)  "<m:sup>" inner "</m:sup>"
#define FRAC(n, d)  "<m:f><m:num>" n "</m:num><m:den>" d "</m:den></m:f>"

/* ---- and of slides ------------------------------------------------------ */

#define AR(text)     "<a:r><a:t>" text "</a:t></a:r>"
#define AP(runs)     "<a:p>" runs "</a:p>"
#define SHAPE(paras) "<p:sp><p:txBody>" paras "</p:txBody></p:sp>"

#define LINK_TO_H OUT("h", REL "hyperlink", "https://link.example/")

/* In which document the XML stands. */
enum where {
	BODY_OF,
	SLIDE,
	CHART,
	DIAGRAM,
	FOOTNOTES,
	ENDNOTES,
	COMMENTS,
	SLIDE_COMMENTS
};

struct construct_case {
	const char *what;
	enum where where;
	const char *xml;
	const char *text;
	const char *records;
	const char *rels;
	uint32_t flags;
	bool degraded;
};

static const struct construct_case cases[] = {
    /* paragraphs, runs, characters */
    {.what = "two paragraphs",
	BODY_OF,
	P(R("one")) P(R("two ") R("more")),
	"one\ntwo more\n"},
    {.what = "white space",
	BODY_OF,
	P("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:ptab/><w:t>c</w:t><w:br/>"
	  "<w:t>d</w:t><w:cr/><w:t>e\nf</w:t></w:r>"),
	"a\tb\tc\nd\ne f\n"},
    {.what = "a tab stop is no tab",
	BODY_OF,
	PP("<w:tabs><w:tab w:val='left'/></w:tabs>", R("x")),
	"x\n"},
    {.what = "hyphens",
	BODY_OF,
	P("<w:r><w:noBreakHyphen/><w:softHyphen/><w:t>x</w:t></w:r>"),
	"\u2011\u00adx\n"},
    {.what = "symbols by w:sym",
	BODY_OF,
	P(R("angle ") "<w:r><w:sym w:font='Symbol' w:char='F061'/></w:r>" R(" = 5 ") "<w:r><w:sym w:font='symbol' w:char='F06D'/></w:r>" R(
	    "m ") "<w:r><w:sym w:font='Wingdings' w:char='F0FE'/>"
		  "<w:sym w:font='Wingdings 2' w:char='0052'/>"
		  "<w:sym w:font='Wingdings 3' w:char='F022'/>"
		  "<w:sym w:font='Webdings' w:char='F061'/>"
		  "<w:sym w:font='Strange' w:char='F041'/>"
		  "<w:sym w:font='Arial' w:char='2192'/></w:r>"),
	"angle \u03b1 = 5 \u00b5m \U0001f5f9\u2611\u2b62\u2714\ufffd\u2192\n"},
    {.what = "symbols by the font of a run",
	BODY_OF,
	P("<w:r><w:rPr><w:rFonts w:ascii='Symbol' w:hAnsi='Symbol'/></w:rPr>"
	  "<w:t>&#xF062; b &#xB7;&#x5e9;</w:t></w:r>" R(" decay b")),
	"\u03b2 \u03b2 \u2022\u05e9 decay b\n"},
    {.what = "the font of a paragraph's mark",
	BODY_OF,
	PP("<w:rPr><w:rFonts w:ascii='Symbol'/></w:rPr>", R("b")),
	"b\n"},
    {.what = "direction",
	BODY_OF,
	P("<w:bdo w:val='rtl'>" R("ab") "</w:bdo><w:dir w:val='ltr'>" R(
	    "c") "</w:dir>"),
	"\u202eab\u202c\u202ac\u202c\n",
	.flags = GBX_WIRE_FLAG_BIDI},
    {.what = "ruby",
	BODY_OF,
	P("<w:r><w:ruby><w:rubyPr>" LOST
	  "</w:rubyPr><w:rt>" R("\u3068\u3046") "</w:rt><w:rubyBase>" R(
	      "\u6771") "</w:rubyBase>"
			"</w:ruby></w:r>" R("\u3078")),
	"\u6771(\u3068\u3046)\u3078\n"},
    {.what = "a drop cap",
	BODY_OF,
	PP("<w:framePr w:dropCap='drop' w:lines='3'/>", R("O")) P(R("nce")),
	"Once\n"},
    {.what = "a heading that runs in",
	BODY_OF,
	PP("<w:rPr><w:vanish/><w:specVanish/></w:rPr>", R("Scope. "))
	    P("<w:r><w:rPr><w:specVanish/></w:rPr><w:t>All.</w:t></w:r>")
		P(R("b")),
	"Scope. All.\nb\n"},
    {.what = "a frame that is none",
	BODY_OF,
	PP("<w:framePr w:w='100'/>", R("a")) P(R("b")),
	"a\nb\n"},

    /* tracked changes */
    {.what = "deleted and moved runs",
	BODY_OF,
	P("<w:ins>" R(
	    "new ") "</w:ins><w:del>" LOST "</w:del><w:moveFrom>" LOST
		    "</w:moveFrom><w:moveTo>" R(
			"here") "</w:moveTo><w:r><w:delText><w:t>LOST</w:t></w:delText>"
				"<w:delInstrText><w:t>LOST</w:t></w:delInstrText></w:r>"),
	"new here\n"},
    {.what = "a deleted paragraph mark",
	BODY_OF,
	PP("<w:rPr><w:del/></w:rPr>", R("one ")) P(R("line")),
	"one line\n"},
    {.what = "a paragraph mark moved away",
	BODY_OF,
	PP("<w:rPr><w:moveFrom/></w:rPr>", R("one ")) P(R("line")),
	"one line\n"},
    {.what = "deleted rows and cells",
	BODY_OF,
	TABLE("<w:tr><w:trPr><w:del/></w:trPr>" CELL("LOST") "</w:tr><w:tr>" CELL(
	    "a") "<w:tc><w:tcPr><w:cellDel/></w:tcPr>" P(R("LOST")) "</w:tc>" CELL("b") "</w:tr>"),
	"a\tb\n"},
    {.what = "deleted marks at the end of a cell",
	BODY_OF,
	TABLE("<w:tr><w:tc>" PP(
	    "<w:rPr><w:del/></w:rPr>", R("a")) "</w:tc>" CELL("b") "</w:tr>"),
	"a\tb\n"},
    {.what = "properties as they were",
	BODY_OF,
	PP("<w:pPrChange><w:pPr>" NUM("0", "1") "</w:pPr></w:pPrChange>",
	    R("x")),
	"x\n",
	.rels = TO("n", REL "numbering", "numbering.xml")},

    /* fields */
    {.what = "code and result",
	BODY_OF,
	P(R("page ") FIELD(" PAGE ", R("7"))),
	"page 7\n"},
    {.what = "fields in a code",
	BODY_OF,
	P(R("Dear ") CHAR("begin") CODE(" IF ")
		FIELD(" MERGEFIELD Sex ", R("LOST")) CODE(" = 1 a b ")
		    CHAR("separate") R("Sir") CHAR("end") R(", hello")),
	"Dear Sir, hello\n"},
    {.what = "a code over two paragraphs",
	BODY_OF,
	P(CHAR("begin") CODE(" QUOTE ") R("LOST"))
	    P(R("LOST") CHAR("separate") R("shown") CHAR("end")),
	"shown\n"},
    {.what = "a result over two paragraphs",
	BODY_OF,
	P(CHAR("begin") CODE(" TOC ") CHAR("separate") R("a"))
	    P(R("b") CHAR("end") R("c")),
	"a\nbc\n"},
    {.what = "text in a code without an end is missed",
	BODY_OF,
	P(CHAR("begin") CODE(" IF ") R("gone")) P(R("gone")),
	"",
	.degraded = true},
    {.what = "a code without an end hides nothing",
	BODY_OF,
	P(R("a") CHAR("begin") CODE(" IF ")),
	"a\n"},
    {.what = "ends of no field",
	BODY_OF,
	P(R("a") CHAR("separate") CHAR("end") CODE("x") R("b")),
	"ab\n"},
    {.what = "a code put together by fields",
	BODY_OF,
	P(CHAR("begin") CODE(" D") FIELD(" QUOTE D ", R("DE")) CODE(" c:\\x")
		CHAR("end")),
	"\n",
	"external=DDE c:\\x\n",
	.flags = GBX_WIRE_FLAG_EXTERNAL},
    {.what = "a box is ticked",
	BODY_OF,
	P(R("I agree: ") FORM("<w:name/><w:checkBox><w:default w:val='0'/>"
			      "<w:checked/></w:checkBox>",
	    " FORMCHECKBOX ") R(" yes")),
	"I agree: \u2612 yes\n"},
    {.what = "a box is not ticked",
	BODY_OF,
	P(FORM("<w:checkBox><w:default w:val='1'/><w:checked w:val='0'/>"
	       "</w:checkBox>",
	    "FORMCHECKBOX")),
	"\u2610\n"},
    {.what = "an entry is chosen",
	BODY_OF,
	P(FORM("<w:ddList><w:result w:val='1'/><w:default w:val='2'/>"
	       "<w:listEntry w:val='Austria'/><w:listEntry w:val='Belgium'/>"
	       "<w:listEntry w:val='Chile'/></w:ddList>",
	    "FORMDROPDOWN")),
	"Belgium\n"},
    {.what = "an entry is the default",
	BODY_OF,
	P(FORM("<w:ddList><w:default w:val='2'/><w:listEntry w:val='a'/>"
	       "<w:listEntry w:val='b'/><w:listEntry w:val='c'/></w:ddList>",
	    "FORMDROPDOWN")),
	"c\n"},
    {.what = "a text field's default is not its text",
	BODY_OF,
	P(FORM("<w:textInput><w:default w:val='LOST'/></w:textInput>",
	    "FORMTEXT")),
	"\n"},
    {.what = "a formula of fields is shown as written",
	BODY_OF,
	P(R("x = ") CHAR("begin") CODE(" EQ \\f(1,2)") CHAR("end")),
	"x = \\f(1,2)\n"},
    {.what = "a button shows the rest of its code",
	BODY_OF,
	P(CHAR("begin") CODE(" MACROBUTTON NoMacro [Click here]") CHAR("end")),
	"[Click here]\n"},
    {.what = "a symbol by a field",
	BODY_OF,
	P(CHAR("begin") CODE(" SYMBOL 97 \\f \"Symbol\" \\s 12 ") CHAR("end")
		CHAR("begin") CODE("SYMBOL 0x2192 \\u") CHAR("end")),
	"\u03b1\u2192\n"},

    /* content controls */
    {.what = "content controls",
	BODY_OF,
	"<w:sdt><w:sdtPr><w:showingPlcHdr/>" P(R(
	    "LOST")) "</w:sdtPr>"
		     "<w:sdtEndPr>" P(R("LOST")) "</w:sdtEndPr><w:sdtContent>" P(
			 R("Choose an item.")) "</w:sdtContent></w:sdt>",
	"Choose an item.\n"},

    /* tables */
    {.what = "a table",
	BODY_OF,
	TABLE("<w:tblPr>" P(R("LOST")) "</w:tblPr><w:tblGrid>" P(R(
	    "LOST")) "</w:tblGrid><w:tr><w:tblPrEx>" P(R("LOST")) "</w:tblPrEx>" CELL("a")
		CELL("b") "</w:tr><w:tr>" CELL("c") CELL("d") "</w:tr>"),
	"a\tb\nc\td\n"},

    /* what is anchored in other text */
    {.what = "a text box, once",
	BODY_OF,
	P(R("around ") "<mc:AlternateContent><mc:Choice Requires='wps'><wps:"
		       "txbx><w:txbxContent>" P(R(
			   "box")) "</w:txbxContent></wps:txbx></mc:Choice>"
				   "<mc:Fallback><w:txbxContent>" P(R(
				       "LOST")) "</w:txbxContent></mc:Fallback>"
						"</mc:AlternateContent>" R(
						    "it")),
	"around \nbox\nit\n"},
    {.what = "a text box in a code and in a formula",
	BODY_OF,
	P(CHAR("begin") CODE("IF ") "<w:r><w:txbxContent>" P(
	    R("box")) "</w:txbxContent></w:r>" CHAR("separate") R("y")
		CHAR("end"))
	    MATH(MR("x") "<w:txbxContent>" P(R("in")) "</w:txbxContent>"),
	"box\ny\nin\nx\n"},
    {.what = "WordArt of VML",
	BODY_OF,
	P(R("a") "<w:pict><v:shape><v:textpath string='DRAFT'/></v:shape>"
		 "</w:pict>" R("b")),
	"a\nDRAFT\nb\n"},
    {.what = "a note's field ends with it",
	FOOTNOTES,
	"<w:footnote>" P(CHAR("begin") CODE(
	    "IF")) "</w:footnote><w:footnote>" P(R("two")) "</w:footnote>",
	"two\n"},
    {.what = "an endnote's field ends with it",
	ENDNOTES,
	"<w:endnote>" P(CHAR("begin") CODE("IF")) "</w:endnote><w:endnote>" P(
	    R("two")) "</w:endnote>",
	"two\n"},
    {.what = "a comment's field ends with it",
	COMMENTS,
	"<w:comment>" P(CHAR("begin") CODE("IF")) "</w:comment><w:comment>" P(
	    R("two")) "</w:comment>",
	"two\n"},
    {.what = "notes that are not there",
	BODY_OF,
	P(R("a") "<w:r><w:footnoteReference w:id='1'/></w:r>"),
	"a\n",
	.rels = TO("f", REL "footnotes", "no.xml"),
	.degraded = true},
    {.what = "endnotes that are not there",
	BODY_OF,
	P(R("a") "<w:r><w:endnoteReference w:id='1'/></w:r>"),
	"a\n",
	.rels = TO("f", REL "endnotes", "no.xml"),
	.degraded = true},
    {.what = "comments that are not there",
	BODY_OF,
	P(R("a") "<w:r><w:commentReference w:id='1'/></w:r>"),
	"a\n",
	.rels = TO("f", REL "comments", "no.xml"),
	.degraded = true},
    {.what = "a header that is not there",
	BODY_OF,
	P(R("a")) "<w:sectPr><w:headerReference r:id='f'/></w:sectPr>",
	"a\n",
	.rels = TO("f", REL "header", "no.xml"),
	.degraded = true},
    {.what = "a footer that is not there",
	BODY_OF,
	PP("<w:sectPr><w:footerReference r:id='f'/></w:sectPr>", R("a")),
	"a\n",
	.rels = TO("f", REL "footer", "no.xml"),
	.degraded = true},
    {.what = "parts that are not there and not missed",
	BODY_OF,
	P(R("a")),
	"a\n",
	.rels = TO("f", REL "footer", "no.xml") TO("g", REL "header", "no2.xml")
	    TO("i", REL "comments", "no3.xml")},
    {.what = "an imported file",
	BODY_OF,
	P(R("a")) "<w:altChunk r:id='x'/>",
	"a\n",
	.flags = GBX_WIRE_FLAG_TEXT_ELSEWHERE},
    {.what = "a sub-document",
	BODY_OF,
	P(R("a")) "<w:subDoc r:id='x'/>",
	"a\n",
	.flags = GBX_WIRE_FLAG_TEXT_ELSEWHERE},
    {.what = "a chart of a kind that is not read",
	BODY_OF,
	P(R("a")),
	"a\n",
	.rels = TO("x",
	    "http://schemas.microsoft.com/office/2014/relationships/chartEx",
	    "x.xml"),
	.flags = GBX_WIRE_FLAG_TEXT_ELSEWHERE},

    /* lists; more in test_lists.c */
    {.what = "list numbers",
	BODY_OF,
	PP(NUM("0", "1"), R("a")) PP(NUM("1", "1"), R("b"))
	    PP(NUM("0", "1"), R("c")),
	"1. a\n1.a) b\n2. c\n",
	.rels = TO("n", REL "numbering", "numbering.xml")},
    {.what = "the number of a style",
	BODY_OF,
	PP("<w:pStyle w:val='Heading'/>", R("Scope")),
	"1. Scope\n",
	.rels = TO("n", REL "numbering", "numbering.xml")
	    TO("s", REL "styles", "styles.xml")},

    /* links */
    {.what = "a link by relationship",
	BODY_OF,
	P(R("See ") "<w:hyperlink r:id='h' w:anchor='top'>" R("our ")
		R("bank") "</w:hyperlink>" R(".")),
	"See our bank.\n",
	"link=https://link.example/#top\n 1 link-text=our bank\n",
	.rels = LINK_TO_H},
    {.what = "a link by field",
	BODY_OF,
	P(FIELD(" HYPERLINK \\l \"a b\" \"file:\\\\\\\\x\\\\y\" \\o tip ",
	    R("go")) R("!")),
	"go!\n",
	"link=file:\\\\x\\y#a b\n 1 link-text=go\n"},
    {.what = "a link by a simple field",
	BODY_OF,
	P("<w:fldSimple w:instr='HYPERLINK http://x.example/'>" R(
	    "go") "</w:fldSimple>" R("!")),
	"go!\n",
	"link=http://x.example/\n 1 link-text=go\n"},
    {.what = "a link by a field without result",
	BODY_OF,
	P(CHAR("begin") CODE("HYPERLINK http://x.example/") CHAR("end")),
	"\n",
	"link=http://x.example/\n"},
    {.what = "links to places inside",
	BODY_OF,
	P("<w:hyperlink w:anchor='top'>" R("a") "</w:hyperlink>" FIELD(
	    "HYPERLINK \\l top", R("b"))),
	"ab\n"},
    {.what = "a link that no text has",
	BODY_OF,
	P(R("a")),
	"a\n",
	"link=https://link.example/\n",
	.rels = LINK_TO_H},
    {.what = "a link on a picture",
	BODY_OF,
	P("<w:drawing><wp:docPr><a:hlinkClick r:id='h'/></wp:docPr>"
	  "</w:drawing>" R("a")),
	"a\n",
	"link=https://link.example/\n",
	.rels = LINK_TO_H},
    {.what = "links of VML",
	BODY_OF,
	P("<w:pict><v:group href='http://g.example'><v:shape href='http://"
	  "s.example'/><v:rect href='http://r.example'/><v:roundrect href="
	  "'http://rr.example'/><v:oval href='http://o.example'/><v:line "
	  "href='http://l.example'/><v:polyline href='http://p.example'/>"
	  "<v:arc href='http://a.example'/><v:curve href='http://c.example'/>"
	  "<v:image href='http://i.example'/><v:shape href='#top'/></v:group>"
	  "</w:pict>"),
	"\n",
	"link=http://g.example\nlink=http://s.example\nlink=http://r.example\n"
	"link=http://rr.example\nlink=http://o.example\n"
	"link=http://l.example\nlink=http://p.example\n"
	"link=http://a.example\nlink=http://c.example\n"
	"link=http://i.example\n"},
    {.what = "links by relationships that are not external",
	BODY_OF,
	P(R("a")),
	"a\n",
	"link=www.example.org\n",
	.rels = TO("h", REL "hyperlink", "www.example.org")
	    TO("i", REL "hyperlink", "#top")},
    {.what = "a run in a run with a link",
	SLIDE,
	SHAPE(AP("<a:r><a:rPr><a:hlinkClick r:id='h'/></a:rPr>" AR(
	    "x") "<a:t>y</a:t></a:r>")),
	"xy\n",
	"link=https://link.example/\n 1 link-text=xy\n",
	.rels = LINK_TO_H},
    {.what = "a linked picture",
	BODY_OF,
	P(R("a")),
	"a\n",
	"external=http://x.example/p.png\n",
	.rels = OUT("i", REL "image", "http://x.example/p.png"),
	.flags = GBX_WIRE_FLAG_EXTERNAL},

    /* alternatives and vocabularies */
    {.what = "alternatives that are not understood",
	BODY_OF,
	P("<mc:AlternateContent><mc:Choice Requires='q'>" LOST "</mc:Choice>"
	  "<mc:Fallback>" R("b") "</mc:Fallback></mc:AlternateContent>"),
	"b\n"},
    {.what = "elements that are not understood",
	BODY_OF,
	P("<q:more>" LOST "</q:more>" R("a")),
	"a\n"},
    {.what = "their content, where it counts",
	BODY_OF,
	"<w:p mc:Ignorable='q' mc:ProcessContent='q:more'><q:more>" R(
	    "a") "<q:other>" LOST "</q:other></q:more></w:p>"
		 "<w:p mc:ProcessContent='q:*'><q:one>" R(
		     "b") "</q:one></w:p>" P("<q:more>" LOST "</q:more>"),
	"a\nb\n\n"},

    /* formulas */
    {.what = "a fraction",
	BODY_OF,
	P(R("Dose ") "<m:oMath>" FRAC(MR("1"), MR("2")) "</m:oMath>" R(
	    " tablet")),
	"Dose 1/2 tablet\n"},
    {.what = "a fraction beside a number",
	BODY_OF,
	MATH(MR("x") FRAC(MR("1"), MR("2")) MR("y"))
	    P(R("3") "<m:oMath>" FRAC(MR("1"), MR("2")) "</m:oMath>" R("4")),
	"x 1/2 y\n3 1/2 4\n"},
    {.what = "a fraction of sums",
	BODY_OF,
	MATH(FRAC(MR("a+b"), FRAC(MR("1"), MR("c")))),
	"(a+b)/(1/c)\n"},
    {.what = "two over each other",
	BODY_OF,
	MATH("<m:f><m:fPr><m:type m:val='noBar'/><m:ctrlPr>" ML
	     "</m:ctrlPr></m:fPr><m:num><m:ctrlPr>" ML
	     "</m:ctrlPr>" MR("n") "</m:num><m:den>" MR("k") "</m:den></m:f>"),
	"n\u00a6k\n"},
    {.what = "a fraction outside of a formula",
	BODY_OF,
	P(FRAC(MR("1"), MR("2"))),
	"1/2\n"},
    {.what = "scripts",
	BODY_OF,
	MATH("<m:sSup>" E(MR("10"))
		SUP(MR("3")) "</m:sSup>" MR("4") "<m:sSub>" E(MR("x"))
		    SUB(MR("ij")) "</m:sSub><m:sSubSup>" E(MR("a+1"))
			SUB(MR("b")) SUP(MR("2")) "</m:sSubSup>"),
	"10^3 4x_(ij) (a+1)_b^2\n"},
    {.what = "scripts before",
	BODY_OF,
	MATH("<m:sPre>" SUB(MR("6")) SUP(MR("14")) E(MR("C")) "</m:sPre>"),
	"(_6^14)C\n"},
    {.what = "roots",
	BODY_OF,
	MATH("<m:rad><m:deg/>" E(MR("2")) "</m:rad><m:rad><m:deg>" MR("3") "</m:deg>" E(
	    MR("x+1")) "</m:rad><m:rad><m:deg>" MR("n") "</m:deg>" E(MR("x")) "</m:rad>"),
	"\u221a2 \u221b(x+1) \u221a(n&x)\n"},
    {.what = "sums and integrals",
	BODY_OF,
	MATH("<m:nary><m:naryPr><m:chr m:val='\u2211'/></m:naryPr>" SUB(
	    MR("i=1")) SUP(MR("n")) E(MR("i")) "</m:nary><m:nary>" SUB("")
		SUP("") E(MR("f")) "</m:nary>"),
	"\u2211_(i=1)^n i\u222b f\n"},
    {.what = "functions and limits",
	BODY_OF,
	MATH("<m:func><m:fName><m:limLow>" E(MR("lim")) "<m:lim>" MR("x\u21920") "</m:lim></m:limLow></m:fName>" E(
	    MR("f")) "</m:func><m:limUpp>" E(MR("a")) "<m:lim>" MR("b") "</m:lim></m:limUpp>"),
	"lim\u252c(x\u21920) fa\u2534b\n"},
    {.what = "delimiters",
	BODY_OF,
	MATH("<m:d>" E(MR("a")) E(MR(
	    "b")) "</m:d><m:d><m:dPr><m:begChr "
		  "m:val='['/><m:sepChr m:val=';'/><m:endChr m:val=''/></m:dPr>" E(
		      MR("a")) E(MR("b")) "</m:d>"),
	"(a|b)[a;b\n"},
    {.what = "matrices and arrays",
	BODY_OF,
	MATH("<m:m><m:mr>" E(MR("1")) E(MR("2")) "</m:mr><m:mr>" E(MR("3"))
		E(MR("4")) "</m:mr></m:m><m:eqArr>" E(MR("a"))
		    E(MR("b")) "</m:eqArr>"),
	"\u25a0(1&2@3&4)\u2588(a@b)\n"},
    {.what = "accents and bars",
	BODY_OF,
	MATH("<m:acc><m:accPr><m:chr m:val='\u0307'/></m:accPr>" E(MR("x")) "</m:acc><m:acc>" E(
	    MR("ab")) "</m:acc><m:bar><m:barPr><m:pos m:val='bot'/>"
		      "</m:barPr>" E(MR("y")) "</m:bar><m:bar>" E(MR(
			  "z")) "</m:bar><m:groupChr><m:groupChrPr><m:chr m:val="
				"'\u23de'/></m:groupChrPr>" E(MR(
				    "u")) "</m:groupChr><m:borderBox>" E(MR("v")) "</m:borderBox>"),
	"x\u0307(ab)\u0302\u2581y\u00afz\u23deu\u25ad(v)\n"},
    {.what = "runs of a formula",
	BODY_OF,
	MATH("<m:r><m:rPr>" ML "</m:rPr><w:rPr><w:rFonts w:ascii='Symbol' "
	     "w:hAnsi='Symbol'/></w:rPr><m:t>b</m:t></m:r>"),
	"\u03b2\n"},

    /* slides */
    {.what = "paragraphs of a shape",
	SLIDE,
	SHAPE(AP(AR("a") "<a:br/>" AR("b")) AP("<a:fld type='slidenum'><a:rPr>"
					       "<a:latin typeface='Symbol'/>"
					       "</a:rPr><a:t>b</a:t></a:fld>")),
	"a\nb\n\u03b2\n"},
    {.what = "an empty placeholder",
	SLIDE,
	SHAPE("<a:lstStyle>" AP(AR("LOST")) "</a:lstStyle>" AP(
	    "<a:endParaRPr>" AR("LOST") "</a:endParaRPr>")),
	"\n"},
    {.what = "groups",
	SLIDE,
	"<p:grpSp>" SHAPE(AP(AR("a"))) "<p:grpSp>" SHAPE(
	    AP(AR("b"))) "</p:grpSp></p:grpSp>",
	"a\nb\n"},
    {.what = "symbol fonts",
	SLIDE,
	SHAPE(AP("<a:r><a:rPr><a:latin typeface='Wingdings'/></a:rPr><a:t>J"
		 "</a:t></a:r><a:r><a:rPr><a:sym typeface='Wingdings'/>"
		 "</a:rPr><a:t>J&#xF0E0;</a:t></a:r>")),
	"\u263aJ\U0001f86a\n"},
    {.what = "links of runs and shapes",
	SLIDE,
	"<p:sp><p:nvSpPr><p:cNvPr><a:hlinkClick r:id='h'/><a:hlinkHover "
	"r:id='h'/></p:cNvPr></p:nvSpPr><p:txBody>" AP(
	    "<a:r><a:rPr><a:hlinkClick r:id='h'/></a:rPr><a:t>go</a:t></a:r>"
	    "<a:r><a:rPr><a:hlinkMouseOver r:id='h'/></a:rPr><a:t>on</a:t>"
	    "</a:r>" AR("!")) "</p:txBody></p:sp>",
	"goon!\n",
	"link=https://link.example/\nlink=https://link.example/\n"
	"link=https://link.example/\n 3 link-text=go\n"
	"link=https://link.example/\n 5 link-text=on\n",
	.rels = LINK_TO_H},
    {.what = "a table on a slide",
	SLIDE,
	"<a:tbl><a:tblPr>" AP(AR("LOST")) "</a:tblPr><a:tblGrid>" AP(AR("LOST")) "</a:tblGrid><a:tr><a:tc><a:txBody>" AP(AR("a")) "</a:txBody><a:tcPr>" AP(
	    AR("LOST")) "</a:tcPr></a:tc><a:tc><a:txBody>" AP(AR("b")) "</a:txBody></a:tc></a:tr><a:tr><a:tc><a:txBody>" AP(AR("c")) "</a:txBody></a:tc></a:tr></a:tbl>",
	"a\tb\nc\n"},
    {.what = "automatic numbers",
	SLIDE,
#define AUTO(pr, text) \
	AP("<a:pPr" pr "<a:buAutoNum type='arabicPeriod'/></a:pPr>" AR(text))
	SHAPE(AUTO(">", "a") AUTO(" lvl='1'>", "b") AUTO(">", "c"))
	    SHAPE(AUTO(">", "d") AP(AR("e")) AUTO(">", "f") AP(
		"<a:pPr><a:buAutoNum type='romanUcParenBoth' startAt='4'/>"
		"</a:pPr>" AR("g"))),
	"1. a\n1. b\n2. c\n1. d\ne\n1. f\n(IV) g\n"},
    {.what = "automatic numbers of cells",
	SLIDE,
	"<a:tbl><a:tr><a:tc><a:txBody>" AUTO(
	    ">", "a") "</a:txBody></a:tc><a:tc><a:txBody>" AUTO(">",
	    "b") "</a:txBody></a:tc></a:tr></a:tbl>",
	"1. a\t1. b\n"},
    {.what = "comments on a slide",
	SLIDE_COMMENTS,
	"<p:cm><p:text>first</p:text></p:cm><p:cm><p:text>second</p:text>"
	"</p:cm>",
	"first\nsecond\n"},

    /* charts and diagrams */
    {.what = "a chart",
	CHART,
	"<c:title><c:tx><c:rich>" AP(AR(
	    "Sales")) "</c:rich></c:tx></c:title>"
		      "<c:ser><c:tx><c:strRef><c:f>LOST</c:f><c:strCache><c:pt><c:v>North"
		      "</c:v></c:pt></c:strCache></c:strRef></c:tx><c:cat><c:strLit><c:pt>"
		      "<c:v>May</c:v></c:pt></c:strLit><c:multiLvlStrCache><c:pt><c:v>June"
		      "</c:v></c:pt></c:multiLvlStrCache></c:cat><c:val><c:numCache><c:pt>"
		      "<c:v>LOST</c:v></c:pt></c:numCache></c:val></c:ser><c:txPr>" AP(
			  AR("LOST")) "</c:txPr>",
	"a\nSales\nNorth\nMay\nJune\n"},
    {.what = "a diagram",
	DIAGRAM,
	"<dgm:pt><dgm:t>" AP(AR("Step")) "</dgm:t></dgm:pt>",
	"a\nStep\n"},
};

#define N_CASES (sizeof(cases) / sizeof(cases[0]))

/* ---- documents ---------------------------------------------------------- */

#define LVL(i, format, text) \
	"<w:lvl w:ilvl='" i "'><w:start w:val='1'/><w:numFmt w:val='" format \
	"'/><w:lvlText w:val='" text "'/></w:lvl>"

static const char numbering[] =
    "<w:numbering" NAMES "><w:abstractNum w:abstractNumId='0'>" LVL(
	"0", "decimal", "%1.") LVL("1", "lowerLetter",
	"%1.%2)") "</w:abstractNum>"
		  "<w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num></w:numbering>";
static const char styles[] =
    "<w:styles" NAMES "><w:style w:type='paragraph' w:styleId='Heading'>"
    "<w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr></w:style>"
    "</w:styles>";

static void
add_part(struct mkzip *z, const char *name, const char *root, const char *xml)
{
	char text[8192];

	snprintf(text, sizeof(text), "<%s" NAMES ">%s</%s>", root, xml, root);
	mkzip_text(z, name, text);
}

static void
add_rels(struct mkzip *z, const char *name, const char *rels)
{
	char text[2048];

	snprintf(text, sizeof(text), RELS("%s"), rels);
	mkzip_text(z, name, text);
}

static void
make_word(struct mkzip *z, const struct construct_case *c)
{
	static const struct {
		const char *name, *root, *rels;
	} beside[] = {
	    [CHART] = {"word/x.xml", "c:chartSpace",
		TO("x", REL "chart", "x.xml")},
	    [DIAGRAM] = {"word/x.xml", "dgm:dataModel",
		TO("x", REL "diagramData", "x.xml")},
	    [FOOTNOTES] = {"word/x.xml", "w:footnotes",
		TO("x", REL "footnotes", "x.xml")},
	    [ENDNOTES] = {"word/x.xml", "w:endnotes",
		TO("x", REL "endnotes", "x.xml")},
	    [COMMENTS] = {"word/x.xml", "w:comments",
		TO("x", REL "comments", "x.xml")},
	};
	bool body = c->where == BODY_OF;
	bool empty = c->where >= FOOTNOTES;

	doc_start(z);
	add_part(z, "word/document.xml", "w:document",
	    body    ? c->xml
	    : empty ? ""
		    : P(R("a")));
	if (body && c->rels != NULL)
		add_rels(z, "word/_rels/document.xml.rels", c->rels);
	if (!body) {
		add_rels(
		    z, "word/_rels/document.xml.rels", beside[c->where].rels);
		add_part(
		    z, beside[c->where].name, beside[c->where].root, c->xml);
	}
	mkzip_text(z, "word/numbering.xml", numbering);
	mkzip_text(z, "word/styles.xml", styles);
}

static void
make_slide(struct mkzip *z, const struct construct_case *c)
{
	bool comments = c->where == SLIDE_COMMENTS;

	doc_types(z, "ppt/presentation.xml", PPTX_MAIN);
	add_rels(z, "_rels/.rels",
	    TO("r1", REL "officeDocument", "ppt/presentation.xml"));
	add_part(z, "ppt/presentation.xml", "p:presentation",
	    "<p:sldIdLst><p:sldId id='256' r:id='s'/></p:sldIdLst>");
	add_rels(z, "ppt/_rels/presentation.xml.rels",
	    TO("s", REL "slide", "slide1.xml"));
	add_part(z, "ppt/slide1.xml", "p:sld", comments ? "" : c->xml);
	add_rels(z, "ppt/_rels/slide1.xml.rels",
	    comments	      ? TO("c", REL "comments", "x.xml")
	    : c->rels != NULL ? c->rels
			      : "");
	if (comments)
		add_part(z, "ppt/x.xml", "p:cmLst", c->xml);
}

/* All that comes out, as one string; the caller frees it. */
static char *
outcome(const struct construct_case *c)
{
	struct mkzip z = {0};
	struct run run;
	char *said = NULL;

	if (c->where == SLIDE || c->where == SLIDE_COMMENTS)
		make_slide(&z, c);
	else
		make_word(&z, c);
	run_init(&run);
	if (run_zip(&run, &z) != GBX_WIRE_OK)
		assert_true(asprintf(&said, "status %u", run.sink.status) > 0);
	else
		assert_true(asprintf(&said, "%s---\n%s---\n%x %d", run.text,
				run.properties ? run.properties : "", run.flags,
				run.sink.degraded) > 0);
	run_free(&run);
	return said;
}

static char *
wanted(const struct construct_case *c)
{
	char *said = NULL;

	assert_true(
	    asprintf(&said, "%s---\n%s---\n%x %d", c->text,
		c->records ? c->records : "", c->flags, c->degraded) > 0);
	return said;
}

static void
test_cases(void **state)
{
	char *got, *want;
	size_t i, failed = 0;

	(void)state;
	for (i = 0; i < N_CASES; i++) {
		got = outcome(&cases[i]);
		want = wanted(&cases[i]);
		if (strcmp(got, want) != 0) {
			print_message("# %s:\n%s\ninstead of\n%s\n",
			    cases[i].what, got, want);
			failed++;
		}
		free(got);
		free(want);
	}
	assert_int_equal(failed, 0);
}

/* ---- what is left out, and said so -------------------------------------- */

/* Elements without a row that give no text; those of constructs.def have cases
 * of their own above. */
static const struct construct_case left_out[] = {
    {.what = "w:pPrChange",
	BODY_OF,
	"<w:p><w:pPr><w:pPrChange><w:pPr>" LOST "</w:pPr></w:pPrChange></w:pPr>"
	"</w:p>"},
    {.what = "c:numCache",
	CHART,
	"<c:numCache><c:pt><c:v>LOST</c:v></c:pt></c:numCache>"},
    {.what = "c:f", CHART, "<c:f>LOST</c:f>"},
    {.what = "wp:docPr",
	BODY_OF,
	P("<w:drawing><wp:docPr name='LOST' descr='LOST'/></w:drawing>")},
    {.what = "p:cNvPr",
	SLIDE,
	"<p:sp><p:nvSpPr><p:cNvPr name='LOST' descr='LOST'/></p:nvSpPr></p:sp>"},
};

#define N_LEFT_OUT (sizeof(left_out) / sizeof(left_out[0]))
#define README	   "sandboxed_parsers/ooxml/README.md"

static char *
read_file(const char *path)
{
	char *text = calloc(1, 1 << 17);
	FILE *f = fopen(path, "r");

	assert_non_null(text);
	assert_non_null(f);
	assert_in_range(fread(text, 1, (1 << 17) - 1, f), 1, (1 << 17) - 2);
	fclose(f);
	return text;
}

/* The README's text under one heading, to the next; the caller frees it. */
static char *
section(const char *readme, const char *heading)
{
	const char *p = strstr(readme, heading), *end;

	assert_non_null(p);
	p += strlen(heading);
	end = strstr(p, "\n#");
	assert_non_null(end);
	return strndup(p, (size_t)(end - p));
}

static const char *
prefix_of(enum gbx_ooxml_ns ns)
{
	return ns == GBX_NS_W	? "w"
	       : ns == GBX_NS_A ? "a"
	       : ns == GBX_NS_P ? "p"
	       : ns == GBX_NS_M ? "m"
	       : ns == GBX_NS_V ? "v"
				: "c";
}

/* prefix may be empty: the name has it. */
static bool
names(const char *text, const char *prefix, const char *name)
{
	char quoted[64];

	snprintf(quoted, sizeof(quoted), "`%s%s%s`", prefix,
	    *prefix != '\0' ? ":" : "", name);
	return strstr(text, quoted) != NULL;
}

static void
test_readme_names_each_row(void **state)
{
	char *readme = read_file(README);
	char *list[3] = {section(readme, "### Printed"),
	    section(readme, "### Left out"), section(readme, "### Flagged")};
	size_t i, k, where, failed = 0;

	(void)state;
	for (i = 0; i < gbx_ooxml_n_constructs; i++) {
		const struct gbx_ooxml_construct *c = &gbx_ooxml_constructs[i];

		where = c->action == GBX_DO_DROP || c->action == GBX_DO_DELETED
			    ? 1
			: c->action == GBX_DO_ELSEWHERE ? 2
							: 0;
		for (k = 0; k < 3; k++)
			if (names(list[k], prefix_of(c->ns), c->name) !=
			    (k == where)) {
				print_message("# %s:%s, list %zu\n",
				    prefix_of(c->ns), c->name, k);
				failed++;
			}
	}
	for (k = 0; k < 3; k++)
		free(list[k]);
	free(readme);
	assert_int_equal(failed, 0);
}

static bool
is_known(const char *name, size_t n)
{
	char full[64];
	size_t i;

	for (i = 0; i < gbx_ooxml_n_constructs; i++) {
		snprintf(full, sizeof(full), "%s:%s",
		    prefix_of(gbx_ooxml_constructs[i].ns),
		    gbx_ooxml_constructs[i].name);
		if (strlen(full) == n && memcmp(full, name, n) == 0)
			return true;
	}
	for (i = 0; i < N_LEFT_OUT; i++)
		if (strlen(left_out[i].what) == n &&
		    memcmp(left_out[i].what, name, n) == 0)
			return true;
	return false;
}

/* Each element that the README says is left out is so, by a row or a case. */
static void
test_left_out_is_left_out(void **state)
{
	char *readme = read_file(README), *got, *text;
	char *list = section(readme, "### Left out");
	const char *p, *end;
	size_t i;

	(void)state;
	for (i = 0; i < N_LEFT_OUT; i++) {
		got = outcome(&left_out[i]);
		text = strstr(got, "---");
		assert_non_null(text);
		if (strstr(got, "LOST") != NULL ||
		    !names(list, "", left_out[i].what))
			fail_msg("%s: %s", left_out[i].what, got);
		free(got);
	}
	for (p = strchr(list, '`'); p != NULL; p = strchr(end + 1, '`')) {
		end = strchr(p + 1, '`');
		assert_non_null(end);
		if (memchr(p, ':', (size_t)(end - p)) != NULL &&
		    !is_known(p + 1, (size_t)(end - p - 1)))
			fail_msg("no case for %.*s", (int)(end - p - 1), p + 1);
	}
	free(list);
	free(readme);
}

/* ---- rows --------------------------------------------------------------- */

/* Does the XML of a case hold this element? Only those are run. */
static bool
holds(const char *xml, const char *name)
{
	const char *p = xml;
	size_t n = strlen(name);

	while (p != NULL && (p = strstr(p, name)) != NULL) {
		if (p[-1] == ':' && strchr(" />", p[n]) != NULL)
			return true;
		p++;
	}
	return false;
}

static bool
is_missed(struct gbx_ooxml_construct *c)
{
	enum gbx_ooxml_action action = c->action;
	bool missed = false;
	char *got, *want;
	size_t i;

	c->action = GBX_DO_PASS;
	for (i = 0; !missed && i < N_CASES; i++) {
		if (!holds(cases[i].xml, c->name))
			continue;
		got = outcome(&cases[i]);
		want = wanted(&cases[i]);
		missed = strcmp(got, want) != 0;
		free(got);
		free(want);
	}
	c->action = action;
	return missed;
}

static void
test_each_row_is_needed(void **state)
{
	size_t i, failed = 0;

	(void)state;
	for (i = 0; i < gbx_ooxml_n_constructs; i++)
		if (!is_missed(&gbx_ooxml_constructs[i])) {
			print_message("# no case needs %d:%s\n",
			    gbx_ooxml_constructs[i].ns,
			    gbx_ooxml_constructs[i].name);
			failed++;
		}
	assert_int_equal(failed, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cases),
	    cmocka_unit_test(test_each_row_is_needed),
	    cmocka_unit_test(test_readme_names_each_row),
	    cmocka_unit_test(test_left_out_is_left_out),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
