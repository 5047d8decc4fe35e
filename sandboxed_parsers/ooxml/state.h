/* SPDX-License-Identifier: ISC */
/*
 * The text of one part while it is read: what the files that make it share.
 * Side: hostile. Nothing here nests deeper than the limit `depth`, and all of
 * it grows in the arena.
 *
 * text.c goes from element to element, write.c brings characters to the sink,
 * fields.c knows codes from results, formula.c writes formulas as a line,
 * links.c gathers targets, lists.c counts.
 */
#ifndef GBX_OOXML_STATE_H
#define GBX_OOXML_STATE_H

#include "sandboxed_parsers/ooxml/constructs.h"
#include "sandboxed_parsers/ooxml/lists.h"
#include "sandboxed_parsers/ooxml/text.h"

#define GBX_FIELD_CODE_MAX 4096 /* of one field; the rest is not looked at */
#define GBX_FORM_ENTRY_MAX 256
#define GBX_BOXES_MAX	   16 /* text boxes inside text boxes */
#define GBX_LINKS_MAX	   8  /* links inside links whose text is told */

/* Bytes that grow. */
struct gbx_ooxml_buf {
	char *p;
	size_t n, room;
};

enum gbx_ooxml_font {
	GBX_FONT_OTHER,
#define GBX_SYMBOL_FONT(id, name, ...) GBX_FONT_##id,
#include "sandboxed_parsers/ooxml/symbols.def"
#undef GBX_SYMBOL_FONT
	GBX_FONT_COUNT
};

struct gbx_ooxml_run {
	uint8_t ascii;	/* enum gbx_ooxml_font: of the codes below 80 */
	uint8_t other;	/* of those up to FF */
	uint8_t symbol; /* of F020 to F0FF */
	bool open;
	uint32_t links; /* opened by its properties */
};

/* What a field's form is, and what it shows. */
enum gbx_ooxml_form {
	GBX_FORM_NONE,
	GBX_FORM_CHECK,
	GBX_FORM_LIST
};

struct gbx_ooxml_field {
	size_t code; /* where its code begins in the buffer of codes */
	bool result; /* past the separator */
	bool wrote;  /* its result is not empty */
	bool hidden; /* running text lies in its code */
	bool linked; /* its result is a link's text */
	bool cut;    /* its code was longer than is kept */
	enum gbx_ooxml_form form;
	bool checked, has_result;
	uint32_t wanted, seen; /* entries of a list */
	char entry[GBX_FORM_ENTRY_MAX];
	size_t n_entry;
};

struct gbx_ooxml_link {
	char *target; /* owned; NULL: not told */
	char text[GBX_VALUE_MAX];
	size_t n;
};

/* An operand or a construct of a formula; formula.c. */
struct gbx_ooxml_math {
	enum gbx_ooxml_action action;
	size_t start, middle;
	uint32_t operands;
	bool counted;	/* one of t->math */
	bool gap;	/* letters and digits before it keep away */
	char role;	/* of an operand: first letters of its name */
	bool low;	/* m:pos is "bot" */
	char type;	/* of a fraction: first letter of m:type */
	char chr[3][8]; /* chr or begChr, endChr, sepChr */
};

/* What a text box interrupts. */
struct gbx_ooxml_box {
	size_t fields; /* those below are not of this story */
	uint32_t math;
	bool reading, joined;
	struct gbx_ooxml_para para;
	struct gbx_ooxml_run run;
	uint8_t story;
	bool line;
	char pending;
};

struct gbx_ooxml_text {
	struct gbx_zip *zip;
	struct gbx_ooxml_rels *rels;   /* of the part */
	struct gbx_ooxml_lists *lists; /* NULL: no list numbers */

	/* write.c */
	char pending; /* '\n', '\t', ' ' or 0: to be written before the next */
	char last;    /* the last byte written */
	bool line;    /* something stands on the current line */
	bool gap;     /* a formula ended: letters and digits keep away */
	char prefix[64]; /* a list number that waits for text */
	size_t n_prefix;
	bool reading; /* inside w:rt */
	struct gbx_ooxml_buf ruby;

	/* text.c */
	uint32_t props; /* the depth of the properties gone into */
	uint32_t dead;	/* the depth of what is passed over from now on */
	bool in_text, in_code, in_cache, in_para_pr, in_row_pr;
	bool joined;		  /* the last paragraph goes on in the next */
	uint32_t row_at, cell_at; /* depths of the innermost ones */
	struct gbx_ooxml_para para;
	struct gbx_ooxml_run run;
	uint8_t story; /* enum gbx_ooxml_story */
	struct gbx_ooxml_box box[GBX_BOXES_MAX];
	uint32_t n_box;
	struct gbx_ooxml_auto automatic;

	/* fields.c */
	struct gbx_ooxml_field *field;
	size_t n_field, field_room, field_base;
	struct gbx_ooxml_buf code;
	bool form_check, form_list;

	/* links.c */
	struct gbx_ooxml_link *link;
	uint32_t n_link; /* may pass GBX_LINKS_MAX: those are only counted */

	/* formula.c */
	uint32_t math; /* m:oMath inside m:oMath */
	bool formula_gap;
	struct gbx_ooxml_buf formula;
	struct gbx_ooxml_math *frame;
	size_t n_frame, frame_room;
};

/* ---- write.c ------------------------------------------------------------ */

/* Append, up to most bytes in all; what is more is dropped. False: no memory
 * (noted in the sink). */
bool gbx_ooxml_buf_add(struct gbx_ooxml_text *t, struct gbx_ooxml_buf *b,
    const char *s, size_t n, size_t most);

/* The same for text that is held back: what is past the limit `text` is over
 * it already. */
bool gbx_ooxml_hold(
    struct gbx_ooxml_text *t, struct gbx_ooxml_buf *b, const char *s, size_t n);

/* Text, to wherever it belongs now: a field's code, a formula, the reading of
 * a ruby, or the sink. */
bool gbx_ooxml_put(struct gbx_ooxml_text *t, const char *s, size_t n);
bool gbx_ooxml_put_char(struct gbx_ooxml_text *t, uint32_t c);
/* The same, of a run: symbol fonts are seen to, white space is a space. */
bool gbx_ooxml_put_run(struct gbx_ooxml_text *t, const char *s, size_t n);
/* What is to be written before the next thing is, now. */
bool gbx_ooxml_flush(struct gbx_ooxml_text *t);
/* A line ends here, after what was to end one before. */
bool gbx_ooxml_end_line(struct gbx_ooxml_text *t);
/* A letter or a digit, of any alphabet, or a bracket: behind a script or a
 * fraction it would be read as a part of that. */
bool gbx_ooxml_clings(char c);
/* Does text go to the sink now? */
bool gbx_ooxml_is_out(const struct gbx_ooxml_text *t);

/* ---- symbols.c ---------------------------------------------------------- */

enum gbx_ooxml_font gbx_ooxml_font_of(const char *name);
/* c: 20 to FF, or F020 to F0FF. U+FFFD where the font has nothing. */
uint32_t gbx_ooxml_symbol(enum gbx_ooxml_font font, uint32_t c);

/* ---- fields.c ----------------------------------------------------------- */

/* Is this inside a code, of a field of this story? */
bool gbx_ooxml_in_code(const struct gbx_ooxml_text *t);
bool gbx_ooxml_code_add(
    struct gbx_ooxml_text *t, const char *s, size_t n, bool running_text);
bool gbx_ooxml_field_char(
    struct gbx_ooxml_text *t, const struct gbx_xml_element *el);
/* w:fldSimple: its code is an attribute, its content its result. */
bool gbx_ooxml_field_simple(
    struct gbx_ooxml_text *t, const struct gbx_xml_element *el);
bool gbx_ooxml_field_simple_end(struct gbx_ooxml_text *t);
/* Form data of the field that has just begun. */
void gbx_ooxml_form(struct gbx_ooxml_text *t, enum gbx_ooxml_action action,
    const struct gbx_xml_element *el);
/* A story ends: fields that don't end in it end here. */
bool gbx_ooxml_fields_end(struct gbx_ooxml_text *t, size_t base);

/* ---- links.c ------------------------------------------------------------ */

/* A link whose text is what is written until the matching close. target may be
 * NULL: then nothing is told. */
bool gbx_ooxml_link_open(
    struct gbx_ooxml_text *t, const char *target, const char *anchor);
bool gbx_ooxml_link_close(struct gbx_ooxml_text *t);
/* The target of the relationship that r:id names; NULL: none of this kind, or
 * a place in the same document. */
const char *gbx_ooxml_link_target(
    struct gbx_ooxml_text *t, const struct gbx_xml_element *el);
/* Text is written. */
void gbx_ooxml_link_text(struct gbx_ooxml_text *t, const char *s, size_t n);

/* ---- formula.c ---------------------------------------------------------- */

bool gbx_ooxml_math_start(struct gbx_ooxml_text *t,
    enum gbx_ooxml_action action, const struct gbx_xml_element *el);
bool gbx_ooxml_math_end(struct gbx_ooxml_text *t, enum gbx_ooxml_action action);
void gbx_ooxml_math_property(struct gbx_ooxml_text *t,
    enum gbx_ooxml_action action, const struct gbx_xml_element *el);
bool gbx_ooxml_math_text(struct gbx_ooxml_text *t, const char *s, size_t n);

#endif
