/* SPDX-License-Identifier: ISC */
/*
 * Fields: codes, which nest, and results, which are text.
 * Side: hostile.
 *
 * All codes share one buffer. A field that ends, or comes to its result, takes
 * its code out of it; what an inner field gives is part of the outer code.
 */
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/ooxml/records.h"
#include "sandboxed_parsers/ooxml/state.h"

#define BLANK " \t\r\n"

/* Fields that fetch what is not in the document (ECMA-376 part 1, 17.16.5;
 * DDE and DDEAUTO are Word's own). */
static const char *const fetching[] = {"DDE", "DDEAUTO", "INCLUDE",
    "INCLUDEPICTURE", "INCLUDETEXT", "IMPORT", "LINK", "DATABASE", "RD"};

/* Fields that show a part of their code, when they have no result: what is
 * behind so many words. */
static const struct {
	const char *name;
	uint32_t words;
} showing[] = {{"EQ", 0}, {"MACROBUTTON", 1}, {"GOTOBUTTON", 1}};

bool
gbx_ooxml_in_code(const struct gbx_ooxml_text *t)
{
	size_t i;

	for (i = t->n_field; i-- > t->field_base;)
		if (!t->field[i].result)
			return true;
	return false;
}

/* The innermost field whose code this is; there is one. */
static struct gbx_ooxml_field *
coding(struct gbx_ooxml_text *t)
{
	size_t i = t->n_field;

	while (i-- > t->field_base)
		if (!t->field[i].result)
			return &t->field[i];
	return NULL;
}

bool
gbx_ooxml_code_add(
    struct gbx_ooxml_text *t, const char *s, size_t n, bool running_text)
{
	struct gbx_ooxml_field *f = coding(t);

	if (f == NULL)
		return true; /* w:instrText outside of any field */
	/* An inner field's result is code, and hides nothing. */
	if (running_text && f == &t->field[t->n_field - 1])
		f->hidden = true;
	if (n > f->code + GBX_FIELD_CODE_MAX - t->code.n)
		f->cut = true;
	return gbx_ooxml_buf_add(
	    t, &t->code, s, n, f->code + GBX_FIELD_CODE_MAX);
}

/* ---- codes -------------------------------------------------------------- */

/* The word at *p, without its quotes, into out; moves *p behind it. A switch
 * is a word, too. */
static size_t
next_word(const char **p, char *out, size_t room, bool *ret_quoted)
{
	const char *s = *p + strspn(*p, BLANK);
	size_t n = 0;

	*ret_quoted = *s == '"';
	if (*ret_quoted)
		s++;
	while (*s != '\0' &&
	       (*ret_quoted ? *s != '"' : strchr(BLANK "\"", *s) == NULL)) {
		if (*ret_quoted && *s == '\\' && (s[1] == '\\' || s[1] == '"'))
			s++;
		if (n < room - 1)
			out[n++] = *s;
		s++;
	}
	if (*ret_quoted && *s == '"')
		s++;
	out[n] = '\0';
	*p = s;
	return n;
}

static bool
is_named(const char *code, const char *name)
{
	size_t n = strlen(name);

	code += strspn(code, BLANK);
	return gbx_ooxml_starts(code, name) &&
	       strchr(BLANK "\"\\", code[n]) != NULL;
}

static bool
judge(struct gbx_ooxml_text *t, const char *code)
{
	size_t i;

	for (i = 0; i < sizeof(fetching) / sizeof(fetching[0]); i++) {
		if (!is_named(code, fetching[i]))
			continue;
		gbx_sink_flag(t->zip->sink, GBX_WIRE_FLAG_EXTERNAL);
		return gbx_ooxml_record_external(
		    t->zip->sink, code, strlen(code));
	}
	return true;
}

/* HYPERLINK "target" \l "place" \o "tip" \t "frame" (17.16.5.25). */
static bool
open_hyperlink(struct gbx_ooxml_text *t, const char *code)
{
	char target[GBX_VALUE_MAX] = "", place[256] = "", word[GBX_VALUE_MAX];
	const char *p = code + strspn(code, BLANK) + strlen("HYPERLINK");
	bool quoted;
	size_t n;

	for (;;) {
		n = next_word(&p, word, sizeof(word), &quoted);
		if (n == 0 && !quoted)
			break;
		if (quoted || word[0] != '\\') {
			if (target[0] == '\0')
				memcpy(target, word, n + 1);
		} else if (word[1] == 'l' || word[1] == 'L') {
			next_word(&p, place, sizeof(place), &quoted);
		} else if (strchr("oOtT", word[1]) != NULL) {
			next_word(&p, word, sizeof(word), &quoted);
		}
	}
	return gbx_ooxml_link_open(t, target[0] != '\0' ? target : NULL, place);
}

/* The code of the innermost field is complete. Its text is NUL-terminated in
 * the buffer for as long as that is not added to. */
static bool
end_code(struct gbx_ooxml_text *t, struct gbx_ooxml_field *f)
{
	const char *code;

	if (!gbx_ooxml_buf_add(t, &t->code, "", 1, SIZE_MAX))
		return false;
	code = t->code.p + f->code;
	if (is_named(code, "HYPERLINK")) {
		f->linked = true;
		if (f->cut)
			gbx_sink_flag(
			    t->zip->sink, GBX_WIRE_FLAG_TEXT_ELSEWHERE);
		return open_hyperlink(t, code);
	}
	return judge(t, code);
}

static void
drop_code(struct gbx_ooxml_text *t, const struct gbx_ooxml_field *f)
{
	if (t->code.n > f->code)
		t->code.n = f->code;
}

/* ---- what a field shows that has no result ------------------------------ */

static bool
show_symbol(struct gbx_ooxml_text *t, const char *code)
{
	const char *p = code + strspn(code, BLANK) + strlen("SYMBOL");
	char word[64], font[64] = "";
	uint32_t c = 0;
	bool quoted;
	size_t i, n;

	n = next_word(&p, word, sizeof(word), &quoted);
	i = word[0] == '0' && (word[1] == 'x' || word[1] == 'X') ? 2 : 0;
	for (; i < n && gbx_ooxml_hex(word[i]) >= 0 && c < 0x10000; i++)
		c = c * (n > 2 && (word[1] == 'x' || word[1] == 'X') ? 16
								     : 10) +
		    (uint32_t)gbx_ooxml_hex(word[i]);
	while (next_word(&p, word, sizeof(word), &quoted) > 0)
		if (gbx_ooxml_same(word, "\\f"))
			next_word(&p, font, sizeof(font), &quoted);
	if (gbx_ooxml_font_of(font) != GBX_FONT_OTHER)
		c = gbx_ooxml_symbol(gbx_ooxml_font_of(font), c);
	if (c < 0x20 || c > 0xffff || (c >= 0xd800 && c <= 0xdfff))
		c = 0xfffd;
	return gbx_ooxml_put_char(t, c);
}

static bool
show_form(struct gbx_ooxml_text *t, const struct gbx_ooxml_field *f)
{
	if (f->form == GBX_FORM_CHECK)
		return gbx_ooxml_put_char(t, f->checked ? 0x2612 : 0x2610);
	return gbx_ooxml_put(t, f->entry, f->n_entry);
}

/* code is of the popped field; the buffer still holds it. */
static bool
show_code(struct gbx_ooxml_text *t, const char *code)
{
	char word[GBX_VALUE_MAX];
	const char *p;
	bool quoted;
	uint32_t k;
	size_t i;

	if (is_named(code, "SYMBOL"))
		return show_symbol(t, code);
	for (i = 0; i < sizeof(showing) / sizeof(showing[0]); i++) {
		if (!is_named(code, showing[i].name))
			continue;
		p = code + strspn(code, BLANK) + strlen(showing[i].name);
		for (k = 0; k < showing[i].words; k++)
			next_word(&p, word, sizeof(word), &quoted);
		p += strspn(p, BLANK);
		return gbx_ooxml_put(t, p, strlen(p));
	}
	return true;
}

/* ---- begin, separate, end ----------------------------------------------- */

static bool
begin(struct gbx_ooxml_text *t)
{
	size_t room = t->field_room > 0 ? t->field_room * 2 : 4;
	struct gbx_ooxml_field *p;

	if (t->n_field >= t->zip->task->limit[GBX_WIRE_LIMIT_DEPTH])
		return gbx_sink_limit(t->zip->sink, GBX_WIRE_LIMIT_DEPTH);
	if (t->n_field == t->field_room) {
		p = realloc(t->field, room * sizeof(*p));
		if (p == NULL)
			return gbx_sink_limit(
			    t->zip->sink, GBX_WIRE_LIMIT_MEMORY);
		t->field = p;
		t->field_room = room;
	}
	p = &t->field[t->n_field++];
	memset(p, 0, sizeof(*p));
	p->code = t->code.n;
	return true;
}

static bool
separate(struct gbx_ooxml_text *t)
{
	struct gbx_ooxml_field *f;
	bool ok = true;

	if (t->n_field == t->field_base)
		return true;
	f = &t->field[t->n_field - 1];
	if (!f->result) {
		ok = end_code(t, f);
		drop_code(t, f);
		f->result = true;
	}
	return ok;
}

/* Writes what the field shows, in the place of the field: it is taken off the
 * stack first. */
static bool
end(struct gbx_ooxml_text *t)
{
	struct gbx_ooxml_field f;
	char *code = NULL;
	bool ok = true;

	if (t->n_field == t->field_base)
		return true;
	f = t->field[t->n_field - 1];
	if (!f.result) {
		ok = end_code(t, &t->field[t->n_field - 1]);
		f = t->field[t->n_field - 1];
		code = ok ? strdup(t->code.p + f.code) : NULL;
		if (ok && code == NULL)
			ok =
			    gbx_sink_limit(t->zip->sink, GBX_WIRE_LIMIT_MEMORY);
		drop_code(t, &f);
	}
	t->n_field--;
	if (ok && f.form != GBX_FORM_NONE && !f.wrote)
		ok = show_form(t, &f);
	else if (ok && code != NULL)
		ok = show_code(t, code);
	if (f.linked)
		ok = gbx_ooxml_link_close(t) && ok;
	if (f.wrote && t->n_field > t->field_base)
		t->field[t->n_field - 1].wrote = true;
	free(code);
	return ok;
}

bool
gbx_ooxml_field_char(struct gbx_ooxml_text *t, const struct gbx_xml_element *el)
{
	const char *type = gbx_xml_attr(el, GBX_NS_W, "fldCharType");

	if (type == NULL)
		return true;
	if (strcmp(type, "begin") == 0)
		return begin(t);
	if (strcmp(type, "separate") == 0)
		return separate(t);
	return strcmp(type, "end") == 0 ? end(t) : true;
}

bool
gbx_ooxml_field_simple(
    struct gbx_ooxml_text *t, const struct gbx_xml_element *el)
{
	const char *code = gbx_xml_attr(el, GBX_NS_W, "instr");

	if (!begin(t))
		return false;
	if (code != NULL && !gbx_ooxml_buf_add(t, &t->code, code, strlen(code),
				t->code.n + GBX_FIELD_CODE_MAX))
		return false;
	return separate(t);
}

bool
gbx_ooxml_field_simple_end(struct gbx_ooxml_text *t)
{
	return end(t);
}

bool
gbx_ooxml_fields_end(struct gbx_ooxml_text *t, size_t base)
{
	bool ok = true;

	while (ok && t->n_field > base) {
		/* What a reader may see, here it went into the code. */
		if (!t->field[t->n_field - 1].result &&
		    t->field[t->n_field - 1].hidden)
			gbx_sink_degraded(t->zip->sink);
		ok = end(t);
	}
	return ok;
}

/* ---- forms -------------------------------------------------------------- */

static uint32_t
number_of(const char *value)
{
	uint32_t n = 0;

	for (; value != NULL && *value >= '0' && *value <= '9' && n < 100000;
	     value++)
		n = n * 10 + (uint32_t)(*value - '0');
	return n;
}

static bool
is_on(const char *value)
{
	return value == NULL ||
	       (strcmp(value, "0") != 0 && strcmp(value, "false") != 0 &&
		   strcmp(value, "off") != 0);
}

static void
add_entry(struct gbx_ooxml_field *f, const char *value)
{
	size_t n = value == NULL ? 0 : strlen(value);

	if (f->seen++ != f->wanted)
		return;
	if (n > sizeof(f->entry)) {
		n = sizeof(f->entry);
		while (n > 0 && ((unsigned char)value[n] & 0xc0) == 0x80)
			n--; /* cut no character */
	}
	if (n > 0)
		memcpy(f->entry, value, n);
	f->n_entry = n;
}

void
gbx_ooxml_form(struct gbx_ooxml_text *t, enum gbx_ooxml_action action,
    const struct gbx_xml_element *el)
{
	const char *value = gbx_xml_attr(el, GBX_NS_W, "val");
	struct gbx_ooxml_field *f;

	if (t->n_field == t->field_base)
		return;
	f = &t->field[t->n_field - 1];
	if (action == GBX_DO_FORM_CHECK) {
		f->form = GBX_FORM_CHECK;
	} else if (action == GBX_DO_FORM_LIST) {
		f->form = GBX_FORM_LIST;
	} else if (action == GBX_DO_FORM_CHECKED) {
		f->checked = is_on(value);
		f->has_result = true;
	} else if (action == GBX_DO_FORM_DEFAULT && !f->has_result) {
		f->checked = is_on(value);
		f->wanted = number_of(value);
	} else if (action == GBX_DO_FORM_RESULT) {
		f->wanted = number_of(value);
		f->has_result = true;
	} else if (action == GBX_DO_FORM_ENTRY) {
		add_entry(f, value);
	}
}
