/* SPDX-License-Identifier: ISC */
/*
 * The running text of one part, in document order. Side: hostile.
 */
#ifndef GBX_OOXML_TEXT_H
#define GBX_OOXML_TEXT_H

#include "sandboxed_parsers/ooxml/lists.h"
#include "sandboxed_parsers/ooxml/relationships.h"

struct gbx_ooxml_source {
	/* The part's root must be this element; GBX_NS_NONE takes any. */
	enum gbx_ooxml_ns root_ns;
	const char *root;
	struct gbx_ooxml_rels *rels;   /* of the part; NULL: none */
	struct gbx_ooxml_lists *lists; /* NULL: none */
	enum gbx_ooxml_story story;
};

/* Into the sink. A part that was read before is passed over. */
enum gbx_wire_status gbx_ooxml_text_read(struct gbx_zip *zip,
    struct gbx_zip_member *m, const struct gbx_ooxml_source *source);

/* The same with the part's relationships, read into *ret_rels unless the
 * source has them, and then the charts and diagrams that they lead to.
 * *ret_rels starts zeroed, may be NULL, and is for the caller to free, also
 * after failure. */
enum gbx_wire_status gbx_ooxml_part_text(struct gbx_zip *zip,
    struct gbx_zip_member *m, struct gbx_ooxml_source source,
    struct gbx_ooxml_rels *ret_rels);

#endif
