/* SPDX-License-Identifier: ISC */
/*
 * Text of WordprocessingML and DrawingML, the two that share paragraphs, runs
 * and tables.
 * Side: hostile. Holds no text: all of it goes on to the sink at once.
 *
 * A paragraph is a line; a cell's last line ends in a tab, a row in a newline.
 * So what ends a line is known only when the next thing comes: it waits in
 * `pending`.
 */
#include <string.h>

#include "sandboxed_parsers/ooxml/text.h"
#include "sandboxed_parsers/runtime/utf8.h"

struct text {
	struct gbx_ooxml_zip *zip;
	char pending; /* '\n', '\t' or 0: to be written before the next thing */
	bool line;    /* something stands on the current line */
	bool in_text; /* inside w:t, a:t, m:t */
	bool in_code; /* inside w:instrText */
	char code[32]; /* how the field's code begins, with its NUL */
	size_t n_code;
};

/* What an element means. */
enum action {
	PASS, /* go into it */
	DROP, /* properties, deleted text */
	TEXT,
	TAB,
	NEWLINE,
	HYPHEN,
	SOFT_HYPHEN,
	SYMBOL,
	CODE,
	FIELD,
	SIMPLE_FIELD,
	BOX,
	PARAGRAPH,
	CELL,
	ROW
};

static const struct {
	enum gbx_ooxml_ns ns;
	const char *name;
	enum action action;
} actions[] = {
    {GBX_NS_W, "p", PARAGRAPH},
    {GBX_NS_W, "t", TEXT},
    {GBX_NS_W, "pPr", DROP},
    {GBX_NS_W, "rPr", DROP},
    {GBX_NS_W, "tab", TAB},
    {GBX_NS_W, "ptab", TAB},
    {GBX_NS_W, "br", NEWLINE},
    {GBX_NS_W, "cr", NEWLINE},
    {GBX_NS_W, "noBreakHyphen", HYPHEN},
    {GBX_NS_W, "softHyphen", SOFT_HYPHEN},
    {GBX_NS_W, "sym", SYMBOL},
    {GBX_NS_W, "instrText", CODE},
    {GBX_NS_W, "fldChar", FIELD},
    {GBX_NS_W, "fldSimple", SIMPLE_FIELD},
    {GBX_NS_W, "txbxContent", BOX},
    {GBX_NS_W, "tc", CELL},
    {GBX_NS_W, "tr", ROW},
    {GBX_NS_W, "del", DROP},
    {GBX_NS_W, "moveFrom", DROP},
    {GBX_NS_W, "sectPr", DROP},
    {GBX_NS_W, "tblPr", DROP},
    {GBX_NS_W, "tblPrEx", DROP},
    {GBX_NS_W, "tblGrid", DROP},
    {GBX_NS_W, "trPr", DROP},
    {GBX_NS_W, "tcPr", DROP},
    {GBX_NS_W, "sdtPr", DROP},
    {GBX_NS_W, "sdtEndPr", DROP},
    {GBX_NS_A, "p", PARAGRAPH},
    {GBX_NS_A, "t", TEXT},
    {GBX_NS_A, "br", NEWLINE},
    {GBX_NS_A, "pPr", DROP},
    {GBX_NS_A, "rPr", DROP},
    {GBX_NS_A, "endParaRPr", DROP},
    {GBX_NS_A, "tc", CELL},
    {GBX_NS_A, "tr", ROW},
    {GBX_NS_A, "tblPr", DROP},
    {GBX_NS_A, "tblGrid", DROP},
    {GBX_NS_A, "tcPr", DROP},
    {GBX_NS_M, "t", TEXT},
    {GBX_NS_M, "rPr", DROP},
};

/* Fields that fetch what is not in the document (ECMA-376 part 1, 17.16.5;
 * DDE and DDEAUTO are Word's own). */
static const char *const fetching[] = {"DDE", "DDEAUTO", "INCLUDE",
    "INCLUDEPICTURE", "INCLUDETEXT", "IMPORT", "LINK", "DATABASE", "RD"};

static enum action
action_of(const struct gbx_ooxml_element *el)
{
	size_t i;

	if (el->ns != GBX_NS_W && el->ns != GBX_NS_A && el->ns != GBX_NS_M)
		return PASS;
	for (i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (actions[i].ns == el->ns &&
		    strcmp(actions[i].name, el->name) == 0)
			return actions[i].action;
	return PASS;
}

/* ---- writing ------------------------------------------------------------ */

static bool
flush(struct text *t)
{
	char c = t->pending;

	t->pending = 0;
	if (c == 0)
		return true;
	t->line = c != '\n';
	return gbx_sink_text(t->zip->sink, &c, 1);
}

static bool
put(struct text *t, const char *s, size_t n)
{
	if (!flush(t))
		return false;
	t->line = s[n - 1] != '\n';
	return gbx_sink_text(t->zip->sink, s, n);
}

/* What ends a line now, after what was to end one before. */
static bool
end_line(struct text *t)
{
	bool ok = flush(t);

	t->pending = '\n';
	return ok;
}

/* ---- fields ------------------------------------------------------------- */

static void
judge_code(struct text *t, const char *code)
{
	size_t i, n;

	code += strspn(code, " \t\r\n");
	for (i = 0; i < sizeof(fetching) / sizeof(fetching[0]); i++) {
		n = strlen(fetching[i]);
		if (gbx_ooxml_starts(code, fetching[i]) &&
		    strchr(" \t\r\n", code[n]) != NULL)
			gbx_sink_flag(t->zip->sink, GBX_WIRE_FLAG_EXTERNAL);
	}
}

/* Runs may cut the code anywhere: its beginning is gathered until it ends. */
static void
add_code(struct text *t, const char *s, size_t n)
{
	for (; n > 0 && t->n_code < sizeof(t->code) - 1; s++, n--)
		if (t->n_code > 0 || *s > ' ')
			t->code[t->n_code++] = *s;
}

static void
field(struct text *t, const struct gbx_ooxml_element *el)
{
	const char *type = gbx_ooxml_attr(el, GBX_NS_W, "fldCharType");

	if (type == NULL || strcmp(type, "begin") != 0)
		judge_code(t, t->code);
	memset(t->code, 0, sizeof(t->code));
	t->n_code = 0;
}

/* ---- elements ----------------------------------------------------------- */

/* w:sym names a glyph of a font. Those of symbol fonts lie at F000..F0FF and
 * mean nothing without the font: a space keeps the words apart. */
static bool
symbol(struct text *t, const struct gbx_ooxml_element *el)
{
	const char *hex = gbx_ooxml_attr(el, GBX_NS_W, "char");
	uint8_t bytes[4];
	uint32_t c = 0;
	size_t n;

	for (n = 0; hex != NULL && n < 6 && gbx_ooxml_hex(hex[n]) >= 0; n++)
		c = c << 4 | (uint32_t)gbx_ooxml_hex(hex[n]);
	if (c < 0x20 || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ||
	    (c >= 0xf000 && c <= 0xf0ff))
		c = ' ';
	n = gbx_utf8_put(c, bytes);
	return put(t, (const char *)bytes, n);
}

static bool
start_action(
    struct text *t, enum action action, const struct gbx_ooxml_element *el)
{
	const char *code;

	switch (action) {
	case TEXT:
		t->in_text = true;
		return true;
	case TAB:
		return put(t, "\t", 1);
	case NEWLINE:
		return put(t, "\n", 1);
	case HYPHEN:
		return put(t, "\xe2\x80\x91", 3); /* U+2011 */
	case SOFT_HYPHEN:
		return put(t, "\xc2\xad", 2); /* U+00AD */
	case SYMBOL:
		return symbol(t, el);
	case CODE:
		t->in_code = true;
		return true;
	case FIELD:
		field(t, el);
		return true;
	case SIMPLE_FIELD:
		code = gbx_ooxml_attr(el, GBX_NS_W, "instr");
		if (code != NULL)
			judge_code(t, code);
		return true;
	case BOX:
		/* It hangs in the middle of a paragraph. */
		if (t->pending == 0 && t->line)
			t->pending = '\n';
		return true;
	default:
		return true;
	}
}

static enum gbx_ooxml_go
on_start(void *ctx, const struct gbx_ooxml_element *el)
{
	enum action action = action_of(el);

	if (action == DROP)
		return GBX_SKIP;
	return start_action(ctx, action, el) ? GBX_GO : GBX_STOP;
}

static enum gbx_ooxml_go
on_end(void *ctx, const struct gbx_ooxml_element *el)
{
	struct text *t = ctx;

	switch (action_of(el)) {
	case TEXT:
		t->in_text = false;
		break;
	case CODE:
		t->in_code = false;
		break;
	case PARAGRAPH:
		return end_line(t) ? GBX_GO : GBX_STOP;
	case CELL:
		if (t->pending == '\n')
			t->pending = '\t';
		break;
	case ROW:
		t->pending = '\n';
		break;
	default:
		break;
	}
	return GBX_GO;
}

/* A line break inside w:t is white space, no line (Word shows a space). */
static bool
put_text(struct text *t, const char *s, size_t n)
{
	const char *newline;
	size_t run;

	for (; n > 0; s += run, n -= run) {
		newline = memchr(s, '\n', n);
		run = newline == NULL ? n : (size_t)(newline - s);
		if (run == 0)
			run = 1;
		if (!put(t, newline == s ? " " : s, run))
			return false;
	}
	return true;
}

static enum gbx_ooxml_go
on_text(void *ctx, const char *s, size_t n)
{
	struct text *t = ctx;

	if (t->in_code)
		add_code(t, s, n);
	if (!t->in_text)
		return GBX_GO;
	return put_text(t, s, n) ? GBX_GO : GBX_STOP;
}

enum gbx_wire_status
gbx_ooxml_text_read(struct gbx_ooxml_zip *zip, struct gbx_ooxml_member *m,
    enum gbx_ooxml_ns root_ns, const char *root)
{
	const struct gbx_ooxml_handler handler = {
	    .root_ns = root_ns,
	    .root = root,
	    .start = on_start,
	    .end = on_end,
	    .text = on_text,
	};
	struct text t = {.zip = zip};
	enum gbx_wire_status status;

	if (m->marks & GBX_ZIP_TAKEN)
		return GBX_WIRE_OK;
	status = gbx_ooxml_xml_read(zip, m, &handler, &t);
	if (status != GBX_WIRE_OK)
		return status;
	if (t.pending == 0 && t.line)
		t.pending = '\n';
	return flush(&t) ? GBX_WIRE_OK : GBX_WIRE_MALFORMED;
}
