/* SPDX-License-Identifier: ISC */
/*
 * XML as a stream of elements, through expat, for every format that is written
 * in it. Side: hostile.
 *
 * What every document has in common is settled here: nothing is loaded, no
 * entity is expanded, no more nesting than the limit `depth` allows, and hash
 * tables that no document can fill one row of.
 */
#ifndef GBX_RUNTIME_XML_XML_H
#define GBX_RUNTIME_XML_XML_H

#include "sandboxed_parsers/runtime/parser.h"

/* The ceiling of the limit `depth`: an element's depth is at most this. */
#define GBX_XML_DEPTH_MOST 1024

/* Vocabularies are numbers of the format's, from GBX_XML_NS_OWN on. */
enum {
	GBX_XML_NS_NONE, /* a name without prefix, outside of a default one */
	GBX_XML_NS_UNKNOWN,
	GBX_XML_NS_OWN
};

enum gbx_xml_go {
	GBX_GO,	  /* on */
	GBX_SKIP, /* not into this element */
	GBX_STOP  /* the sink said no, or the document is not what it must be */
};

struct gbx_xml_handler;

struct gbx_xml_element {
	uint32_t ns;
	const char *name;	  /* without prefix */
	const char *const *attrs; /* for gbx_xml_attr; NULL in end() */
	uint32_t depth;		  /* 1 for the root */
	const struct gbx_xml_handler *handler;
	/* The URI's n_uri bytes; not NUL-terminated. */
	const char *uri;
	size_t n_uri;
};

struct gbx_xml_handler {
	/* The vocabulary of uri[0..n), or GBX_XML_NS_UNKNOWN. */
	uint32_t (*ns_of)(const char *uri, size_t n);
	/* The root must be this element. NULL: any. */
	const char *root;
	uint32_t root_ns;
	/* A document type is refused, unless this is set: then it is passed
	 * over if it declares no entity. */
	bool doctype;

	enum gbx_xml_go (*start)(void *ctx, const struct gbx_xml_element *el);
	/* All that follow may be NULL. */
	/* Of elements that start() said GO to. */
	enum gbx_xml_go (*end)(void *ctx, const struct gbx_xml_element *el);
	/* UTF-8, in pieces that cut no character. */
	enum gbx_xml_go (*text)(void *ctx, const char *text, size_t n);
	/* &name; that only an external document type could declare. */
	enum gbx_xml_go (*entity)(void *ctx, const char *name);
	/* A prefix ("" for the default) comes into scope, before the start of
	 * its element, and leaves it, in the reverse order. False: stop. */
	bool (*prefix)(void *ctx, const char *prefix, const char *uri);
	void (*prefix_end)(void *ctx);
};

/* Where the document's bytes come from: as gbx_zip_part_read. */
struct gbx_xml_source {
	enum gbx_wire_status (*read)(
	    void *from, void *buf, size_t n, size_t *ret_got);
	void *from;
};

/* NULL if it is not there. Valid during start(). */
const char *gbx_xml_attr(
    const struct gbx_xml_element *el, uint32_t ns, const char *name);
bool gbx_xml_is(
    const struct gbx_xml_element *el, uint32_t ns, const char *name);

/* Split what expat calls a name, "uri\nname" or "name". False: it has no URI,
 * and ret_n is 0. */
bool gbx_xml_split(const char *full, const char **ret_name, size_t *ret_n);

/* Read a document through to its end. */
enum gbx_wire_status gbx_xml_read(const struct gbx_task *task,
    struct gbx_sink *sink, const struct gbx_xml_source *source,
    const struct gbx_xml_handler *handler, void *ctx);

#endif
