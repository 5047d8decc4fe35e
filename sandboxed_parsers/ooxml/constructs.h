/* SPDX-License-Identifier: ISC */
/*
 * What elements mean for the text: the table constructs.def.
 * Side: hostile.
 */
#ifndef GBX_OOXML_CONSTRUCTS_H
#define GBX_OOXML_CONSTRUCTS_H

#include "sandboxed_parsers/ooxml/xml.h"

enum gbx_ooxml_action {
	GBX_DO_PASS, /* go into it */
	GBX_DO_DROP,
	GBX_DO_PARAGRAPH,
	GBX_DO_RUN,
	GBX_DO_TEXT,
	GBX_DO_TAB,
	GBX_DO_NEWLINE,
	GBX_DO_HYPHEN,
	GBX_DO_SOFT_HYPHEN,
	GBX_DO_SYMBOL,
	GBX_DO_OVERRIDE,  /* direction, U+202D and U+202E */
	GBX_DO_EMBEDDING, /* direction, U+202A and U+202B */
	GBX_DO_RUBY,
	GBX_DO_RUBY_TEXT, /* kept until its base is written */
	GBX_DO_DELETED,	  /* dropped; in properties: what they are of is */
	GBX_DO_CODE,
	GBX_DO_FIELD,
	GBX_DO_SIMPLE_FIELD,
	GBX_DO_CELL,
	GBX_DO_ROW,
	GBX_DO_BOX,
	GBX_DO_STORY,
	GBX_DO_WORD_ART,
	GBX_DO_REFERENCE, /* to a note or comment */
	GBX_DO_ELSEWHERE, /* raises the flag text_elsewhere */
	GBX_DO_LINK,
	GBX_DO_CLICK,
	GBX_DO_SHAPE, /* of VML: its link is an attribute */
	GBX_DO_BODY,  /* of a shape: numbers start again */
	GBX_DO_COMMENT,
	GBX_DO_CACHE,
	GBX_DO_VALUE,
	/* formulas */
	GBX_DO_MATH,
	GBX_DO_M_OPERAND,
	GBX_DO_M_FRACTION,
	GBX_DO_M_RADICAL,
	GBX_DO_M_SCRIPTS,
	GBX_DO_M_PRESCRIPTS,
	GBX_DO_M_NARY,
	GBX_DO_M_FUNCTION,
	GBX_DO_M_LIMIT_LOW,
	GBX_DO_M_LIMIT_HIGH,
	GBX_DO_M_DELIMITED,
	GBX_DO_M_MATRIX,
	GBX_DO_M_MATRIX_ROW,
	GBX_DO_M_ARRAY,
	GBX_DO_M_ACCENT,
	GBX_DO_M_BAR,
	GBX_DO_M_GROUP,
	GBX_DO_M_BORDER,
	/* properties: gone into, but only to the rows behind these */
	GBX_DO_PARA_PR,
	GBX_DO_RUN_PR,
	GBX_DO_ROW_PR,
	GBX_DO_CELL_PR,
	GBX_DO_SECTION_PR,
	GBX_DO_M_PR,
	GBX_DO_FORM,
	GBX_DO_NUM_PR,
	GBX_DO_FORM_CHECK,
	GBX_DO_FORM_LIST,
	/* inside properties alone */
	GBX_DO_FONTS,
	GBX_DO_LATIN,
	GBX_DO_SYMBOL_FONT,
	GBX_DO_FRAME,
	GBX_DO_RUN_IN,
	GBX_DO_CELL_DELETED,
	GBX_DO_PART_REFERENCE,
	GBX_DO_STYLE,
	GBX_DO_LEVEL,
	GBX_DO_NUM_ID,
	GBX_DO_AUTO_NUMBER,
	GBX_DO_FORM_CHECKED,
	GBX_DO_FORM_DEFAULT,
	GBX_DO_FORM_RESULT,
	GBX_DO_FORM_ENTRY,
	GBX_DO_M_TYPE,
	GBX_DO_M_CHR,
	GBX_DO_M_POS
};

struct gbx_ooxml_construct {
	enum gbx_ooxml_ns ns;
	const char *name;
	enum gbx_ooxml_action action;
};

/* Not const: the tests take each row out in turn. */
extern struct gbx_ooxml_construct gbx_ooxml_constructs[];
extern const size_t gbx_ooxml_n_constructs;

enum gbx_ooxml_action gbx_ooxml_action_of(const struct gbx_xml_element *el);

/* Does it hold properties: are only rows for these looked at in it? */
static inline bool
gbx_ooxml_is_properties(enum gbx_ooxml_action action)
{
	return action >= GBX_DO_PARA_PR && action <= GBX_DO_FORM_LIST;
}

/* Has it a meaning inside properties? */
static inline bool
gbx_ooxml_is_property(enum gbx_ooxml_action action)
{
	return action >= GBX_DO_PARA_PR || action == GBX_DO_DELETED ||
	       action == GBX_DO_CLICK;
}

#endif
