/* SPDX-License-Identifier: ISC */
/*
 * Formulas (OMML) as one line, in the form of UnicodeMath (Unicode Technical
 * Note 28): 1/2, x^2, √(3&x), ∑_(i=1)^n, ■(a&b@c&d).
 * Side: hostile.
 *
 * A formula is gathered in a buffer, because what goes around an operand is
 * known when it ends. Frames are a stack of constructs and their operands; an
 * insertion moves no more than the construct that it is made in.
 */
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/ooxml/state.h"

#define TEXT(s) (s), sizeof(s) - 1

static bool
math_add(struct gbx_ooxml_text *t, const char *s, size_t n)
{
	return gbx_ooxml_hold(t, &t->formula, s, n);
}

bool
gbx_ooxml_math_text(struct gbx_ooxml_text *t, const char *s, size_t n)
{
	bool gap = t->formula_gap && gbx_ooxml_clings(*s);

	t->formula_gap = false;
	return (!gap || math_add(t, " ", 1)) && math_add(t, s, n);
}

static bool
insert(struct gbx_ooxml_text *t, size_t at, const char *s, size_t n)
{
	size_t tail = t->formula.n - at;
	char *p;

	if (n == 0)
		return true;
	if (!math_add(t, s, n))
		return false;
	p = t->formula.p + at;
	memmove(p + n, p, tail);
	memcpy(p, s, n);
	return true;
}

/* ---- operands ----------------------------------------------------------- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c & 0x80) != 0;
}

static bool
is_number(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!is_digit(s[i]) && s[i] != '.' && s[i] != ',')
			return false;
	return true;
}

static bool
is_one_character(const char *s, size_t n)
{
	size_t i;

	for (i = 1; i < n; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return false;
	return true;
}

/* In brackets as a whole? */
static bool
is_enclosed(const char *s, size_t n)
{
	size_t i, open = 0;

	for (i = 0; i < n; i++) {
		open += s[i] == '(';
		if (s[i] == ')' && (open == 0 || --open == 0))
			return i == n - 1 && s[0] == '(';
	}
	return false;
}

/* Brackets around what follows start, unless it is one thing. */
static bool
wrap(struct gbx_ooxml_text *t, size_t start)
{
	const char *s = t->formula.p + start;
	size_t n = t->formula.n - start;

	if (n == 0 || is_number(s, n) || is_one_character(s, n) ||
	    is_enclosed(s, n))
		return true;
	return insert(t, start, TEXT("(")) && math_add(t, TEXT(")"));
}

/* The operand behind start, with its mark; nothing if it is empty. */
static bool
marked(struct gbx_ooxml_text *t, size_t start, const char *mark, size_t n)
{
	if (t->formula.n == start)
		return true;
	return wrap(t, start) && insert(t, start, mark, n);
}

/* sub and sup, wherever they are. */
static bool
script(struct gbx_ooxml_text *t, const struct gbx_ooxml_math *operand)
{
	if (operand->role == 'b')
		return marked(t, operand->start, TEXT("_"));
	if (operand->role == 'p')
		return marked(t, operand->start, TEXT("^"));
	return true;
}

static bool
end_operand(struct gbx_ooxml_text *t, struct gbx_ooxml_math *in,
    const struct gbx_ooxml_math *operand)
{
	size_t start = operand->start;
	bool first = in->operands++ == 0;

	switch (in->action) {
	case GBX_DO_M_FRACTION:
		if (operand->role == 'n')
			return wrap(t, start);
		return wrap(t, start) &&
		       (in->type == 'n' ? insert(t, start, TEXT("¦"))
					: insert(t, start, TEXT("/")));
	case GBX_DO_M_RADICAL:
		if (operand->role == 'g')
			in->middle = t->formula.n;
		return true;
	case GBX_DO_M_SCRIPTS:
		return operand->role == 'e' ? wrap(t, start)
					    : script(t, operand);
	case GBX_DO_M_PRESCRIPTS:
		if (!script(t, operand))
			return false;
		if (operand->role == 'e')
			return wrap(t, start);
		in->middle = t->formula.n;
		return true;
	case GBX_DO_M_NARY:
		if (operand->role == 'e')
			return insert(t, start, TEXT(" "));
		return script(t, operand);
	case GBX_DO_M_FUNCTION:
		return t->formula.n == start || insert(t, start, TEXT(" "));
	case GBX_DO_M_LIMIT_LOW:
		return operand->role == 'e' || marked(t, start, TEXT("┬"));
	case GBX_DO_M_LIMIT_HIGH:
		return operand->role == 'e' || marked(t, start, TEXT("┴"));
	case GBX_DO_M_DELIMITED:
		return first ||
		       insert(t, start, in->chr[2], strlen(in->chr[2]));
	case GBX_DO_M_MATRIX_ROW:
		return first || insert(t, start, TEXT("&"));
	case GBX_DO_M_MATRIX:
	case GBX_DO_M_ARRAY:
		return first || insert(t, start, TEXT("@"));
	default:
		return true;
	}
}

/* ---- constructs --------------------------------------------------------- */

/* Two numbers side by side are not one, nor is a number beside a fraction. */
static bool
keep_apart(struct gbx_ooxml_text *t, const struct gbx_ooxml_math *f)
{
	const char *p = t->formula.p;
	char before;

	if (f->start == 0 || t->formula.n == f->start ||
	    f->action == GBX_DO_M_MATRIX_ROW)
		return true;
	if (f->gap && gbx_ooxml_clings(p[f->start]))
		return insert(t, f->start, TEXT(" "));
	before = p[f->start - 1];
	if ((is_digit(before) && is_digit(p[f->start])) ||
	    (f->action == GBX_DO_M_FRACTION &&
		(is_digit(before) || is_letter(before))))
		return insert(t, f->start, TEXT(" "));
	return true;
}

static bool
end_radical(struct gbx_ooxml_text *t, const struct gbx_ooxml_math *f)
{
	static const char *const roots[] = {"√", "∛", "∜"};
	size_t middle = f->middle > f->start ? f->middle : f->start;
	size_t n = middle - f->start;
	char *p = t->formula.p;
	size_t k = 0;

	if (n == 1 && (p[f->start] == '3' || p[f->start] == '4')) {
		k = p[f->start] == '3' ? 1 : 2;
		memmove(p + f->start, p + middle, t->formula.n - middle);
		t->formula.n--;
		n = 0;
	}
	if (n == 0)
		return wrap(t, f->start) &&
		       insert(t, f->start, roots[k], strlen(roots[k]));
	return insert(t, middle, TEXT("&")) &&
	       insert(t, f->start, TEXT("√(")) && math_add(t, TEXT(")"));
}

static bool
around(struct gbx_ooxml_text *t, size_t start, const char *before,
    const char *behind)
{
	return insert(t, start, before, strlen(before)) &&
	       math_add(t, behind, strlen(behind));
}

static bool
end_construct(struct gbx_ooxml_text *t, const struct gbx_ooxml_math *f)
{
	switch (f->action) {
	case GBX_DO_M_RADICAL:
		return end_radical(t, f);
	case GBX_DO_M_PRESCRIPTS:
		if (f->middle <= f->start)
			return true;
		return insert(t, f->middle, TEXT(")")) &&
		       insert(t, f->start, TEXT("("));
	case GBX_DO_M_NARY:
		return insert(t, f->start, f->chr[0], strlen(f->chr[0]));
	case GBX_DO_M_DELIMITED:
		return around(t, f->start, f->chr[0], f->chr[1]);
	case GBX_DO_M_MATRIX:
		return around(t, f->start, "■(", ")");
	case GBX_DO_M_ARRAY:
		return around(t, f->start, "█(", ")");
	case GBX_DO_M_BORDER:
		return around(t, f->start, "▭(", ")");
	case GBX_DO_M_ACCENT:
		return wrap(t, f->start) && around(t, f->start, "", f->chr[0]);
	case GBX_DO_M_BAR:
		return wrap(t, f->start) &&
		       around(t, f->start, f->low ? "▁" : "¯", "");
	case GBX_DO_M_GROUP:
		return wrap(t, f->start) && around(t, f->start, f->chr[0], "");
	default:
		return true;
	}
}

/* ---- elements ----------------------------------------------------------- */

/* Some character; what is longer is none. */
static void
set_chr(struct gbx_ooxml_math *f, size_t k, const char *value)
{
	size_t n = strlen(value);

	if (n >= sizeof(f->chr[k]))
		return;
	memcpy(f->chr[k], value, n);
	f->chr[k][n] = '\0';
}

static void
set_defaults(struct gbx_ooxml_math *f)
{
	switch (f->action) {
	case GBX_DO_M_NARY:
		set_chr(f, 0, "∫");
		break;
	case GBX_DO_M_ACCENT:
		set_chr(f, 0, "\xcc\x82"); /* U+0302 */
		break;
	case GBX_DO_M_GROUP:
		set_chr(f, 0, "⏟");
		break;
	case GBX_DO_M_DELIMITED:
		set_chr(f, 0, "(");
		set_chr(f, 1, ")");
		set_chr(f, 2, "|");
		break;
	default:
		break;
	}
}

static char
role_of(const char *name)
{
	if (strcmp(name, "sub") == 0)
		return 'b';
	if (strcmp(name, "sup") == 0)
		return 'p';
	if (strcmp(name, "deg") == 0)
		return 'g';
	return name[0]; /* num, den, e, lim */
}

bool
gbx_ooxml_math_start(struct gbx_ooxml_text *t, enum gbx_ooxml_action action,
    const struct gbx_xml_element *el)
{
	size_t room = t->frame_room > 0 ? t->frame_room * 2 : 16;
	struct gbx_ooxml_math *p;

	if (t->n_frame == t->frame_room) {
		p = realloc(t->frame, room * sizeof(*p));
		if (p == NULL)
			return gbx_sink_limit(
			    t->zip->sink, GBX_WIRE_LIMIT_MEMORY);
		t->frame = p;
		t->frame_room = room;
	}
	p = &t->frame[t->n_frame++];
	memset(p, 0, sizeof(*p));
	p->action = action;
	p->start = t->formula.n;
	p->role = role_of(el->name);
	/* A construct outside of any formula is one. */
	p->counted = action == GBX_DO_MATH || t->math == 0;
	t->math += p->counted;
	p->gap = action != GBX_DO_M_OPERAND && t->formula_gap;
	t->formula_gap = false;
	set_defaults(p);
	return true;
}

/* The line is complete: to where the formula stands. */
static bool
end_formula(struct gbx_ooxml_text *t, size_t start)
{
	size_t n = t->formula.n - start;
	const char *s = t->formula.p + start;
	bool ok = true, gap = t->formula_gap;

	t->formula.n = start;
	t->formula_gap = false;
	if (n == 0)
		return true;
	if (gbx_ooxml_is_out(t) && t->pending == 0 && is_digit(t->last) &&
	    is_digit(*s))
		ok = gbx_ooxml_put(t, TEXT(" "));
	ok = ok && gbx_ooxml_put(t, s, n);
	if (gbx_ooxml_is_out(t))
		t->gap = gap;
	return ok;
}

bool
gbx_ooxml_math_end(struct gbx_ooxml_text *t, enum gbx_ooxml_action action)
{
	struct gbx_ooxml_math f;
	bool ok;

	if (t->n_frame == 0)
		return true;
	f = t->frame[--t->n_frame];
	ok = action == GBX_DO_MATH || action == GBX_DO_M_OPERAND ||
	     (end_construct(t, &f) && keep_apart(t, &f));
	if (action != GBX_DO_MATH)
		t->formula_gap = action == GBX_DO_M_FRACTION ||
				 action == GBX_DO_M_SCRIPTS ||
				 action == GBX_DO_M_RADICAL;
	if (ok && t->n_frame > 0 &&
	    (action == GBX_DO_M_OPERAND || action == GBX_DO_M_MATRIX_ROW))
		ok = end_operand(t, &t->frame[t->n_frame - 1], &f);
	if (ok && f.counted && --t->math == 0)
		ok = end_formula(t, f.start);
	return ok;
}

void
gbx_ooxml_math_property(struct gbx_ooxml_text *t, enum gbx_ooxml_action action,
    const struct gbx_xml_element *el)
{
	const char *value = gbx_xml_attr(el, GBX_NS_M, "val");
	struct gbx_ooxml_math *f;

	if (t->n_frame == 0)
		return;
	f = &t->frame[t->n_frame - 1];
	if (action == GBX_DO_M_CHR)
		set_chr(f,
		    el->name[0] == 'e'	 ? 1
		    : el->name[0] == 's' ? 2
					 : 0,
		    value == NULL ? "" : value);
	else if (action == GBX_DO_M_TYPE && value != NULL)
		f->type = value[0];
	else if (action == GBX_DO_M_POS && value != NULL)
		f->low = value[0] == 'b';
}
