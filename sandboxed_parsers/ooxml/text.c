/* SPDX-License-Identifier: ISC */
/*
 * Text of WordprocessingML, DrawingML and what they carry, element by element:
 * constructs.def says what each means.
 * Side: hostile. All text goes on to the sink at once, but for formulas, the
 * reading of a ruby, and the codes of fields.
 */
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/ooxml/records.h"
#include "sandboxed_parsers/ooxml/state.h"
#include "sandboxed_parsers/runtime/hash.h"

static const char *
val_of(const struct gbx_xml_element *el)
{
	return gbx_xml_attr(el, GBX_NS_W, "val");
}

static uint32_t
number(const char *text, uint32_t most)
{
	uint32_t n = 0;

	for (; text != NULL && *text >= '0' && *text <= '9' && n < most; text++)
		n = n * 10 + (uint32_t)(*text - '0');
	return n > most ? most : n;
}

/* ---- paragraphs --------------------------------------------------------- */

/* The number of the paragraph, as soon as its properties are known. */
static bool
write_number(struct gbx_ooxml_text *t)
{
	char label[GBX_LIST_LABEL_MAX];
	bool space = false;
	size_t n;

	if (!t->para.word || t->para.numbered || t->lists == NULL)
		return true;
	t->para.numbered = true;
	if (t->joined)
		return true;
	n = gbx_ooxml_lists_next(
	    t->lists, (enum gbx_ooxml_story)t->story, &t->para, label, &space);
	if (n == 0)
		return true;
	if (!gbx_ooxml_put(t, label, n))
		return false;
	if (space && !gbx_ooxml_is_out(t))
		return gbx_ooxml_put(t, " ", 1);
	t->pending = space ? ' ' : 0;
	return true;
}

static void
start_paragraph(struct gbx_ooxml_text *t, const struct gbx_xml_element *el)
{
	memset(&t->para, 0, sizeof(t->para));
	memset(&t->run, 0, sizeof(t->run));
	t->para.word = el->ns == GBX_NS_W;
}

static bool
end_paragraph(struct gbx_ooxml_text *t)
{
	bool ok = write_number(t);

	if (!t->para.joins || !gbx_ooxml_is_out(t))
		return ok && gbx_ooxml_end_line(t);
	t->joined = true;
	return ok;
}

/* ---- runs --------------------------------------------------------------- */

static bool
start_run(struct gbx_ooxml_text *t, const struct gbx_xml_element *el)
{
	memset(&t->run, 0, sizeof(t->run));
	t->run.open = true;
	if (el->ns == GBX_NS_A && !t->para.numbered) {
		t->para.numbered = true;
		t->n_prefix = gbx_ooxml_auto_next(
		    &t->automatic, &t->para, t->prefix, sizeof(t->prefix));
	}
	return el->ns != GBX_NS_W || write_number(t);
}

static bool
end_run(struct gbx_ooxml_text *t)
{
	bool ok = true;

	for (; ok && t->run.links > 0; t->run.links--)
		ok = gbx_ooxml_link_close(t);
	memset(&t->run, 0, sizeof(t->run));
	return ok;
}

/* w:sym names a glyph of a font. */
static bool
symbol(struct gbx_ooxml_text *t, const struct gbx_xml_element *el)
{
	const char *hex = gbx_xml_attr(el, GBX_NS_W, "char");
	enum gbx_ooxml_font font =
	    gbx_ooxml_font_of(gbx_xml_attr(el, GBX_NS_W, "font"));
	uint32_t c = 0;
	size_t n;

	for (n = 0; hex != NULL && n < 6 && gbx_ooxml_hex(hex[n]) >= 0; n++)
		c = c << 4 | (uint32_t)gbx_ooxml_hex(hex[n]);
	if (font != GBX_FONT_OTHER)
		c = gbx_ooxml_symbol(font, c);
	else if (c < 0x20 || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ||
		 (c >= 0xf000 && c <= 0xf0ff))
		c = 0xfffd;
	return gbx_ooxml_put_char(t, c);
}

static bool
direction(struct gbx_ooxml_text *t, const struct gbx_xml_element *el,
    uint32_t left_to_right, uint32_t right_to_left)
{
	const char *val = val_of(el);
	bool rtl = val != NULL && strcmp(val, "rtl") == 0;

	return gbx_ooxml_put_char(t, rtl ? right_to_left : left_to_right);
}

/* The base is written: now how it is read. */
static bool
end_ruby(struct gbx_ooxml_text *t)
{
	size_t n = t->ruby.n;

	t->ruby.n = 0;
	t->reading = false;
	return n == 0 ||
	       (gbx_ooxml_put(t, "(", 1) && gbx_ooxml_put(t, t->ruby.p, n) &&
		   gbx_ooxml_put(t, ")", 1));
}

/* ---- boxes -------------------------------------------------------------- */

static void
new_line(struct gbx_ooxml_text *t)
{
	if ((t->pending == 0 && t->line) || t->pending == ' ')
		t->pending = '\n';
}

/* A text box hangs in the middle of a paragraph, which goes on behind it. */
static bool
start_box(struct gbx_ooxml_text *t)
{
	struct gbx_ooxml_box *b;

	if (t->n_box == GBX_BOXES_MAX)
		return gbx_sink_limit(t->zip->sink, GBX_WIRE_LIMIT_DEPTH);
	new_line(t);
	b = &t->box[t->n_box++];
	*b = (struct gbx_ooxml_box){
	    .fields = t->field_base,
	    .math = t->math,
	    .reading = t->reading,
	    .para = t->para,
	    .run = t->run,
	    .story = t->story,
	};
	t->field_base = t->n_field;
	t->math = 0;
	t->reading = false;
	t->joined = false;
	t->story = GBX_STORY_BOX;
	return true;
}

static void
settle_join(struct gbx_ooxml_text *t)
{
	if (t->joined && t->pending == 0 && t->line)
		t->pending = '\n';
	t->joined = false;
}

static bool
end_box(struct gbx_ooxml_text *t)
{
	const struct gbx_ooxml_box *b;
	bool ok;

	if (t->n_box == 0)
		return true;
	ok = gbx_ooxml_fields_end(t, t->field_base);
	settle_join(t);
	b = &t->box[--t->n_box];
	t->field_base = b->fields;
	t->math = b->math;
	t->reading = b->reading;
	t->para = b->para;
	t->run = b->run;
	t->story = b->story;
	return ok;
}

/* The text of a WordArt of VML is an attribute. */
static bool
word_art(struct gbx_ooxml_text *t, const struct gbx_xml_element *el)
{
	const char *text = gbx_xml_attr(el, GBX_NS_NONE, "string");

	if (text == NULL || *text == '\0')
		return true;
	new_line(t);
	return gbx_ooxml_put(t, text, strlen(text)) && gbx_ooxml_end_line(t);
}

/* ---- references and links ----------------------------------------------- */

/* Notes, comments, headers that are referred to are missed when they are not
 * there. */
static void
reference(struct gbx_ooxml_text *t, const struct gbx_xml_element *el)
{
	enum gbx_ooxml_rel_kind kind = el->name[0] == 'f'   ? GBX_REL_FOOTNOTES
				       : el->name[0] == 'e' ? GBX_REL_ENDNOTES
							    : GBX_REL_COMMENTS;

	if (t->rels != NULL)
		t->rels->refers |= 1u << kind;
}

static void
part_reference(struct gbx_ooxml_text *t, const struct gbx_xml_element *el)
{
	const char *id = gbx_xml_attr(el, GBX_NS_R, "id");
	struct gbx_ooxml_rel *rel;

	if (id == NULL || t->rels == NULL)
		return;
	rel = gbx_ooxml_rels_find(t->zip, t->rels,
	    el->name[0] == 'h' ? GBX_REL_HEADER : GBX_REL_FOOTER, id);
	if (rel != NULL)
		rel->used = true;
}

/* On the text of a run, or on a shape, which has none of its own. */
static bool
click(struct gbx_ooxml_text *t, const struct gbx_xml_element *el)
{
	const char *target = gbx_ooxml_link_target(t, el);

	if (target == NULL)
		return true;
	if (!t->run.open)
		return gbx_ooxml_record_link(t->zip->sink, target, "", 0);
	t->run.links++;
	return gbx_ooxml_link_open(t, target, NULL);
}

static bool
shape_link(struct gbx_ooxml_text *t, const struct gbx_xml_element *el)
{
	const char *target = gbx_xml_attr(el, GBX_NS_NONE, "href");

	return target == NULL || *target == '\0' || *target == '#' ||
	       gbx_ooxml_record_link(t->zip->sink, target, "", 0);
}

/* ---- properties --------------------------------------------------------- */

static void
fonts(struct gbx_ooxml_text *t, const struct gbx_xml_element *el)
{
	if (!t->run.open)
		return;
	t->run.ascii =
	    (uint8_t)gbx_ooxml_font_of(gbx_xml_attr(el, GBX_NS_W, "ascii"));
	t->run.other =
	    (uint8_t)gbx_ooxml_font_of(gbx_xml_attr(el, GBX_NS_W, "hAnsi"));
	t->run.symbol = t->run.other ? t->run.other : t->run.ascii;
}

static void
font(struct gbx_ooxml_text *t, const struct gbx_xml_element *el, bool latin)
{
	uint8_t which = (uint8_t)gbx_ooxml_font_of(
	    gbx_xml_attr(el, GBX_NS_NONE, "typeface"));

	if (!t->run.open || which == GBX_FONT_OTHER)
		return;
	if (latin)
		t->run.ascii = t->run.other = which;
	t->run.symbol = which;
}

static void
auto_number(struct gbx_ooxml_text *t, const struct gbx_xml_element *el)
{
	const char *type = gbx_xml_attr(el, GBX_NS_NONE, "type");
	const char *start = gbx_xml_attr(el, GBX_NS_NONE, "startAt");

	if (type == NULL || strlen(type) >= sizeof(t->para.type))
		return;
	t->para.automatic = true;
	memcpy(t->para.type, type, strlen(type) + 1);
	t->para.start = start == NULL ? 1 : number(start, 32767);
}

/* The mark, the row or the cell that these are the properties of is deleted. */
static void
deleted(struct gbx_ooxml_text *t)
{
	if (t->in_para_pr)
		t->para.joins = true;
	else if (t->in_row_pr)
		t->dead = t->row_at;
}

static bool
property(struct gbx_ooxml_text *t, enum gbx_ooxml_action action,
    const struct gbx_xml_element *el)
{
	const char *drop = gbx_xml_attr(el, GBX_NS_W, "dropCap");

	switch (action) {
	case GBX_DO_CLICK:
		return click(t, el);
	case GBX_DO_DELETED:
		deleted(t);
		break;
	case GBX_DO_CELL_DELETED:
		t->dead = t->cell_at;
		break;
	case GBX_DO_FONTS:
		fonts(t, el);
		break;
	case GBX_DO_LATIN:
	case GBX_DO_SYMBOL_FONT:
		font(t, el, action == GBX_DO_LATIN);
		break;
	case GBX_DO_FRAME:
		if (drop != NULL && strcmp(drop, "none") != 0)
			t->para.joins = true;
		break;
	case GBX_DO_RUN_IN:
		t->para.joins = t->para.joins || t->in_para_pr;
		break;
	case GBX_DO_PART_REFERENCE:
		part_reference(t, el);
		break;
	case GBX_DO_STYLE:
		if (val_of(el) != NULL)
			t->para.style = gbx_siphash(
			    t->zip->task->salt, val_of(el), strlen(val_of(el)));
		break;
	case GBX_DO_LEVEL:
		t->para.level = number(val_of(el), 100);
		t->para.has_level = true;
		break;
	case GBX_DO_NUM_ID:
		t->para.num = number(val_of(el), 1000000);
		t->para.has_num = true;
		break;
	case GBX_DO_AUTO_NUMBER:
		auto_number(t, el);
		break;
	case GBX_DO_M_TYPE:
	case GBX_DO_M_CHR:
	case GBX_DO_M_POS:
		gbx_ooxml_math_property(t, action, el);
		break;
	default:
		gbx_ooxml_form(t, action, el);
		break;
	}
	return true;
}

static void
start_properties(struct gbx_ooxml_text *t, enum gbx_ooxml_action action,
    const struct gbx_xml_element *el)
{
	t->props = el->depth;
	t->in_para_pr = action == GBX_DO_PARA_PR;
	t->in_row_pr = action == GBX_DO_ROW_PR;
	if (t->in_para_pr && el->ns == GBX_NS_A)
		t->para.level =
		    number(gbx_xml_attr(el, GBX_NS_NONE, "lvl"), 100);
}

static bool
end_properties(struct gbx_ooxml_text *t)
{
	bool para = t->in_para_pr;

	t->props = 0;
	t->in_para_pr = false;
	t->in_row_pr = false;
	return !para || write_number(t);
}

/* ---- elements ----------------------------------------------------------- */

static bool
start_action(struct gbx_ooxml_text *t, enum gbx_ooxml_action action,
    const struct gbx_xml_element *el)
{
	switch (action) {
	case GBX_DO_PARAGRAPH:
		start_paragraph(t, el);
		return true;
	case GBX_DO_RUN:
		return start_run(t, el);
	case GBX_DO_COMMENT:
	case GBX_DO_TEXT:
		t->in_text = true;
		return true;
	case GBX_DO_TAB:
		return gbx_ooxml_put(t, "\t", 1);
	case GBX_DO_NEWLINE:
		return gbx_ooxml_put(t, "\n", 1);
	case GBX_DO_HYPHEN:
		return gbx_ooxml_put_char(t, 0x2011);
	case GBX_DO_SOFT_HYPHEN:
		return gbx_ooxml_put_char(t, 0xad);
	case GBX_DO_SYMBOL:
		return symbol(t, el);
	case GBX_DO_OVERRIDE:
		return direction(t, el, 0x202d, 0x202e);
	case GBX_DO_EMBEDDING:
		return direction(t, el, 0x202a, 0x202b);
	case GBX_DO_RUBY_TEXT:
		t->reading = true;
		return true;
	case GBX_DO_CODE:
		t->in_code = true;
		return true;
	case GBX_DO_FIELD:
		return gbx_ooxml_field_char(t, el);
	case GBX_DO_SIMPLE_FIELD:
		return gbx_ooxml_field_simple(t, el);
	case GBX_DO_CELL:
		t->cell_at = el->depth;
		return true;
	case GBX_DO_ROW:
		t->row_at = el->depth;
		return true;
	case GBX_DO_BOX:
		return start_box(t);
	case GBX_DO_WORD_ART:
		return word_art(t, el);
	case GBX_DO_REFERENCE:
		reference(t, el);
		return true;
	case GBX_DO_ELSEWHERE:
		gbx_sink_flag(t->zip->sink, GBX_WIRE_FLAG_TEXT_ELSEWHERE);
		return true;
	case GBX_DO_LINK:
		return gbx_ooxml_link_open(t, gbx_ooxml_link_target(t, el),
		    gbx_xml_attr(el, GBX_NS_W, "anchor"));
	case GBX_DO_CLICK:
		return click(t, el);
	case GBX_DO_SHAPE:
		return shape_link(t, el);
	case GBX_DO_BODY:
		memset(&t->automatic, 0, sizeof(t->automatic));
		return true;
	case GBX_DO_CACHE:
		t->in_cache = true;
		return true;
	case GBX_DO_VALUE:
		t->in_text = t->in_cache;
		return true;
	default:
		if (action >= GBX_DO_MATH && action <= GBX_DO_M_BORDER)
			return gbx_ooxml_math_start(t, action, el);
		return true;
	}
}

static bool
end_action(struct gbx_ooxml_text *t, enum gbx_ooxml_action action)
{
	bool ok;

	switch (action) {
	case GBX_DO_PARAGRAPH:
		return end_paragraph(t);
	case GBX_DO_RUN:
		return end_run(t);
	case GBX_DO_TEXT:
		t->in_text = false;
		return true;
	case GBX_DO_COMMENT:
	case GBX_DO_VALUE:
		ok = !t->in_text || gbx_ooxml_end_line(t);
		t->in_text = false;
		return ok;
	case GBX_DO_CACHE:
		t->in_cache = false;
		return true;
	case GBX_DO_OVERRIDE:
	case GBX_DO_EMBEDDING:
		return gbx_ooxml_put_char(t, 0x202c);
	case GBX_DO_RUBY_TEXT:
		t->reading = false;
		return true;
	case GBX_DO_RUBY:
		return end_ruby(t);
	case GBX_DO_CODE:
		t->in_code = false;
		return true;
	case GBX_DO_SIMPLE_FIELD:
		return gbx_ooxml_field_simple_end(t);
	case GBX_DO_CELL:
		if (t->pending == '\n' || t->joined)
			t->pending = '\t';
		t->joined = false;
		return true;
	case GBX_DO_ROW:
		t->pending = '\n';
		return true;
	case GBX_DO_BOX:
		return end_box(t);
	case GBX_DO_STORY:
		ok = gbx_ooxml_fields_end(t, t->field_base);
		settle_join(t);
		return ok;
	case GBX_DO_LINK:
		return gbx_ooxml_link_close(t);
	default:
		if (action >= GBX_DO_MATH && action <= GBX_DO_M_BORDER)
			return gbx_ooxml_math_end(t, action);
		return true;
	}
}

static enum gbx_xml_go
on_start(void *ctx, const struct gbx_xml_element *el)
{
	enum gbx_ooxml_action action = gbx_ooxml_action_of(el);
	struct gbx_ooxml_text *t = ctx;

	if (t->dead != 0)
		return GBX_SKIP;
	if (t->props != 0) {
		if (!gbx_ooxml_is_property(action))
			return GBX_SKIP;
		return property(t, action, el) ? GBX_GO : GBX_STOP;
	}
	if (action == GBX_DO_DROP || action == GBX_DO_DELETED)
		return GBX_SKIP;
	if (gbx_ooxml_is_properties(action)) {
		start_properties(t, action, el);
		return GBX_GO;
	}
	return start_action(t, action, el) ? GBX_GO : GBX_STOP;
}

static enum gbx_xml_go
on_end(void *ctx, const struct gbx_xml_element *el)
{
	struct gbx_ooxml_text *t = ctx;
	bool ok = true;

	if (t->props != 0) {
		if (t->props == el->depth)
			ok = end_properties(t);
	} else if (t->dead != 0) {
		if (t->dead == el->depth)
			t->dead = 0;
	} else {
		ok = end_action(t, gbx_ooxml_action_of(el));
	}
	return ok ? GBX_GO : GBX_STOP;
}

static enum gbx_xml_go
on_text(void *ctx, const char *s, size_t n)
{
	struct gbx_ooxml_text *t = ctx;
	bool ok = true;

	if (t->in_code)
		ok = gbx_ooxml_code_add(t, s, n, false);
	else if (t->in_text)
		ok = gbx_ooxml_put_run(t, s, n);
	return ok ? GBX_GO : GBX_STOP;
}

/* ---- a part ------------------------------------------------------------- */

static bool
finish(struct gbx_ooxml_text *t)
{
	bool ok = gbx_ooxml_fields_end(t, 0);

	while (ok && t->n_link > 0) /* of runs inside runs */
		ok = gbx_ooxml_link_close(t);
	settle_join(t);
	if ((t->pending == 0 && t->line) || t->pending == ' ')
		t->pending = '\n';
	return ok && gbx_ooxml_flush(t);
}

static void
free_text(struct gbx_ooxml_text *t)
{
	uint32_t i;

	for (i = 0; t->link != NULL && i < GBX_LINKS_MAX; i++)
		free(t->link[i].target);
	free(t->link);
	free(t->ruby.p);
	free(t->code.p);
	free(t->formula.p);
	free(t->field);
	free(t->frame);
	free(t);
}

enum gbx_wire_status
gbx_ooxml_text_read(struct gbx_zip *zip, struct gbx_zip_member *m,
    const struct gbx_ooxml_source *source)
{
	const struct gbx_ooxml_handler handler = {
	    .root_ns = source->root_ns,
	    .root = source->root,
	    .start = on_start,
	    .end = on_end,
	    .text = on_text,
	};
	enum gbx_wire_status status;
	struct gbx_ooxml_text *t;

	if (m->marks & GBX_ZIP_TAKEN)
		return GBX_WIRE_OK;
	t = calloc(1, sizeof(*t));
	if (t == NULL) {
		gbx_sink_limit(zip->sink, GBX_WIRE_LIMIT_MEMORY);
		return GBX_WIRE_MALFORMED;
	}
	t->zip = zip;
	t->rels = source->rels;
	t->lists = source->lists;
	t->story = (uint8_t)source->story;
	status = gbx_ooxml_xml_read(zip, m, &handler, t);
	if (status == GBX_WIRE_OK && !finish(t))
		status = GBX_WIRE_MALFORMED;
	free_text(t);
	return status;
}
