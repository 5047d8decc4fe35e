/* SPDX-License-Identifier: ISC */
/*
 * A part as a stream of XML elements, through expat.
 * Side: hostile.
 *
 * What every part has in common is settled here: no document type, no
 * entities, no more nesting than allowed, markup compatibility (ECMA-376 part
 * 3): of alternatives the first one understood, elements of vocabularies that
 * no Office program knows not at all.
 */
#ifndef GBX_OOXML_XML_H
#define GBX_OOXML_XML_H

#include "sandboxed_parsers/ooxml/zip.h"

/* Vocabularies, in their transitional and strict form alike. */
enum gbx_ooxml_ns {
	GBX_NS_NONE, /* an attribute without prefix */
	GBX_NS_UNKNOWN,
	GBX_NS_OFFICE, /* known to Office, of no interest here */
	GBX_NS_MC,
	GBX_NS_W, /* wordprocessingml */
	GBX_NS_A, /* drawingml */
	GBX_NS_P, /* presentationml */
	GBX_NS_M, /* math */
	GBX_NS_V, /* vml */
	GBX_NS_C, /* charts */
	GBX_NS_D, /* diagrams */
	GBX_NS_R, /* relationships, as attributes */
	GBX_NS_TYPES,
	GBX_NS_RELS,
	GBX_NS_CORE,
	GBX_NS_DC,
	GBX_NS_TERMS,
	GBX_NS_APP
};

enum gbx_ooxml_go {
	GBX_GO,	  /* on */
	GBX_SKIP, /* not into this element */
	GBX_STOP  /* the sink said no, or the part is not what it must be */
};

struct gbx_ooxml_element {
	enum gbx_ooxml_ns ns;
	const char *name;	  /* without prefix */
	const char *const *attrs; /* for gbx_ooxml_attr */
	uint32_t depth;		  /* 1 for the root */
};

struct gbx_ooxml_handler {
	/* The root must be this element; ns GBX_NS_NONE takes any. */
	enum gbx_ooxml_ns root_ns;
	const char *root;
	enum gbx_ooxml_go (*start)(
	    void *ctx, const struct gbx_ooxml_element *el);
	/* May be NULL. For elements that start() said GO to; attrs is NULL. */
	enum gbx_ooxml_go (*end)(void *ctx, const struct gbx_ooxml_element *el);
	/* May be NULL. UTF-8, in pieces that cut no character. */
	enum gbx_ooxml_go (*text)(void *ctx, const char *text, size_t n);
};

/* NULL if it is not there. Valid during start(). */
const char *gbx_ooxml_attr(
    const struct gbx_ooxml_element *el, enum gbx_ooxml_ns ns, const char *name);
bool gbx_ooxml_is(
    const struct gbx_ooxml_element *el, enum gbx_ooxml_ns ns, const char *name);

/* Read a part through to its end. */
enum gbx_wire_status gbx_ooxml_xml_read(struct gbx_ooxml_zip *zip,
    struct gbx_ooxml_member *m, const struct gbx_ooxml_handler *handler,
    void *ctx);

#endif
