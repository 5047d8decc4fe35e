/* SPDX-License-Identifier: ISC */
/*
 * A part as a stream of XML elements.
 * Side: hostile.
 *
 * What every part has in common is settled here and in runtime/xml: no document
 * type (OPC forbids it, ECMA-376 part 2, 6.2.5), markup compatibility (ECMA-376
 * part 3): of alternatives the first one understood, elements of vocabularies
 * that no Office program knows not at all.
 */
#ifndef GBX_OOXML_XML_H
#define GBX_OOXML_XML_H

#include "sandboxed_parsers/ooxml/package.h"
#include "sandboxed_parsers/runtime/xml/xml.h"

/* Vocabularies, in their transitional and strict form alike. */
enum gbx_ooxml_ns {
	GBX_NS_NONE = GBX_XML_NS_NONE, /* an attribute without prefix */
	GBX_NS_UNKNOWN = GBX_XML_NS_UNKNOWN,
	GBX_NS_OFFICE =
	    GBX_XML_NS_OWN, /* known to Office, of no interest here */
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

struct gbx_ooxml_handler {
	/* The root must be this element; ns GBX_NS_NONE takes any. */
	enum gbx_ooxml_ns root_ns;
	const char *root;
	enum gbx_xml_go (*start)(void *ctx, const struct gbx_xml_element *el);
	/* May be NULL. For elements that start() said GO to; attrs is NULL. */
	enum gbx_xml_go (*end)(void *ctx, const struct gbx_xml_element *el);
	/* May be NULL. UTF-8, in pieces that cut no character. */
	enum gbx_xml_go (*text)(void *ctx, const char *text, size_t n);
};

/* Read a part through to its end. */
enum gbx_wire_status gbx_ooxml_xml_read(struct gbx_zip *zip,
    struct gbx_zip_member *m, const struct gbx_ooxml_handler *handler,
    void *ctx);

#endif
