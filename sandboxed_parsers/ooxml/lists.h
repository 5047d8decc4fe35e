/* SPDX-License-Identifier: ISC */
/*
 * List numbers as Word shows them (ECMA-376 part 1, 17.9).
 * Side: hostile.
 */
#ifndef GBX_OOXML_LISTS_H
#define GBX_OOXML_LISTS_H

#include "sandboxed_parsers/ooxml/xml.h"

#define GBX_LEVELS	   9
#define GBX_LIST_LABEL_MAX 512

/* Each counts for itself. */
enum gbx_ooxml_story {
	GBX_STORY_BODY,
	GBX_STORY_BOX,
	GBX_STORY_HEADER,
	GBX_STORY_NOTE,
	GBX_STORY_COMMENT,
	GBX_STORY_COUNT
};

/* What a paragraph's properties say. */
struct gbx_ooxml_para {
	uint64_t style; /* hash of its style's name; 0: the default one */
	uint32_t num, level;
	bool has_num, has_level;
	bool word;     /* a paragraph of WordprocessingML */
	bool numbered; /* its number is written */
	bool joins;    /* goes on in the next paragraph */
	/* DrawingML */
	bool automatic;
	char type[32]; /* of a:buAutoNum */
	uint32_t start;
};

/* Automatic numbers of the paragraphs of one shape. */
struct gbx_ooxml_auto {
	struct {
		char type[32];
		uint32_t start, count;
	} level[GBX_LEVELS];
};

struct gbx_ooxml_lists;

/*
 * The definitions, of which either part may be missing. What can't be read
 * makes the result degraded, and numbers are missing then. *ret_lists is NULL
 * if there are none; free with gbx_ooxml_lists_free.
 */
void gbx_ooxml_lists_read(struct gbx_zip *zip, struct gbx_zip_member *numbering,
    struct gbx_zip_member *styles, struct gbx_ooxml_lists **ret_lists);
void gbx_ooxml_lists_free(struct gbx_ooxml_lists *lists);

/* Count a paragraph, and give the length of its label in out; 0: it has none.
 * *ret_space: a space follows it. */
size_t gbx_ooxml_lists_next(struct gbx_ooxml_lists *lists,
    enum gbx_ooxml_story story, const struct gbx_ooxml_para *para,
    char out[GBX_LIST_LABEL_MAX], bool *ret_space);

/* The same for DrawingML. A paragraph without a number ends the lists of its
 * level. */
size_t gbx_ooxml_auto_next(struct gbx_ooxml_auto *a,
    const struct gbx_ooxml_para *para, char *out, size_t room);

/* numbers.c: a number in one of the formats of ST_NumberFormat, as UTF-8; an
 * unknown one is decimal. Returns the length, at most room. */
size_t gbx_ooxml_number(const char *format, uint32_t n, char *out, size_t room);

#endif
