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
	GBX_REL_NOTES
};

struct gbx_ooxml_rel {
	enum gbx_ooxml_rel_kind kind;
	uint64_t id;			 /* hash of its Id */
	struct gbx_ooxml_member *member; /* NULL: no such part */
};

struct gbx_ooxml_rels {
	struct gbx_ooxml_rel *rel; /* in the part's order */
	size_t n, room;
};

/*
 * The relationships of a part (the empty name: of the package), and the flags
 * that any of them raises. ret_rels starts zeroed, and is for
 * gbx_ooxml_rels_free also after failure. A part without any is fine.
 */
enum gbx_wire_status gbx_ooxml_rels_read(struct gbx_ooxml_zip *zip,
    const struct gbx_ooxml_name *source, struct gbx_ooxml_rels *ret_rels);
void gbx_ooxml_rels_free(struct gbx_ooxml_rels *rels);

/* By Id; NULL if there is none of this kind. */
const struct gbx_ooxml_rel *gbx_ooxml_rels_find(const struct gbx_ooxml_zip *zip,
    const struct gbx_ooxml_rels *rels, enum gbx_ooxml_rel_kind kind,
    const char *id);

/* All relationships that were not read yet, for their flags alone. */
void gbx_ooxml_rels_sweep(struct gbx_ooxml_zip *zip);

#endif
