/* SPDX-License-Identifier: ISC */
/*
 * Relationships: the only way from one part to another (ECMA-376 part 2, 6.5).
 * Side: hostile.
 */
#ifndef GBX_OOXML_RELATIONSHIPS_H
#define GBX_OOXML_RELATIONSHIPS_H

#include "sandboxed_parsers/ooxml/xml.h"

/* Those whose parts are read. */
enum gbx_ooxml_rel_kind {
	GBX_REL_OTHER,
	GBX_REL_DOCUMENT,
	GBX_REL_CORE,
	GBX_REL_APP,
	GBX_REL_HEADER,
	GBX_REL_FOOTER,
	GBX_REL_FOOTNOTES,
	GBX_REL_ENDNOTES,
	GBX_REL_COMMENTS,
	GBX_REL_SLIDE,
	GBX_REL_NOTES,
	GBX_REL_STYLES,
	GBX_REL_NUMBERING,
	GBX_REL_CHART,
	GBX_REL_DIAGRAM,
	GBX_REL_HYPERLINK /* has a target, and no part */
};

struct gbx_ooxml_rel {
	enum gbx_ooxml_rel_kind kind;
	uint64_t id;		       /* hash of its Id */
	struct gbx_zip_member *member; /* NULL: no such part */
	char *target;		       /* HYPERLINK; owned */
	bool used;		       /* the text refers to it */
};

struct gbx_ooxml_rels {
	struct gbx_ooxml_rel *rel; /* in the part's order */
	size_t n, room;
	uint32_t refers; /* 1 << kind: notes and comments referred to */
};

/*
 * The relationships of a part (the empty name: of the package), and the flags
 * that any of them raises. ret_rels starts zeroed, and is for
 * gbx_ooxml_rels_free also after failure. A part without any is fine.
 */
enum gbx_wire_status gbx_ooxml_rels_read(struct gbx_zip *zip,
    const struct gbx_ooxml_name *source, struct gbx_ooxml_rels *ret_rels);
void gbx_ooxml_rels_free(struct gbx_ooxml_rels *rels);

/* By Id; NULL if there is none of this kind. */
struct gbx_ooxml_rel *gbx_ooxml_rels_find(const struct gbx_zip *zip,
    struct gbx_ooxml_rels *rels, enum gbx_ooxml_rel_kind kind, const char *id);
/* The first of this kind; NULL if there is none. */
const struct gbx_ooxml_rel *gbx_ooxml_rels_first(
    const struct gbx_ooxml_rels *rels, enum gbx_ooxml_rel_kind kind);

/* Hyperlinks that no text referred to are told, too. False: over a limit. */
bool gbx_ooxml_rels_tell_links(
    struct gbx_zip *zip, const struct gbx_ooxml_rels *rels);

/* All relationships that were not read yet, for flags and links. */
void gbx_ooxml_rels_sweep(struct gbx_zip *zip);

#endif
