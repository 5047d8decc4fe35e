/* SPDX-License-Identifier: ISC */
/*
 * XML as a stream of elements.
 * Side: hostile. Must never expand an entity, load anything, or let expat ask
 * the kernel for entropy (a salt comes before the first byte).
 */
#include <expat.h>
#include <string.h>

#include "sandboxed_parsers/runtime/xml/xml.h"

/* Between a namespace and a name. No URI can hold it (RFC 3986). */
#define SEPARATOR '\n'
#define CHUNK	  16384
/* Longer entities could be repeated to fill memory without any nesting. */
#define ENTITY_MAX 1024

struct xml {
	const struct gbx_task *task;
	struct gbx_sink *sink;
	const struct gbx_xml_handler *handler;
	void *ctx;
	XML_Parser parser;
	uint32_t depth, skip_at; /* skip_at: the depth that is passed over */
	bool refused, stopped;
};

static void
stop(struct xml *x)
{
	x->stopped = true;
	XML_StopParser(x->parser, XML_FALSE);
}

static void
stop_limit(struct xml *x, enum gbx_wire_limit limit)
{
	gbx_sink_limit(x->sink, limit);
	stop(x);
}

/* ---- names -------------------------------------------------------------- */

bool
gbx_xml_split(const char *full, const char **ret_name, size_t *ret_n)
{
	const char *sep = strrchr(full, SEPARATOR);

	*ret_name = sep == NULL ? full : sep + 1;
	*ret_n = sep == NULL ? 0 : (size_t)(sep - full);
	return sep != NULL;
}

static uint32_t
split(
    const struct gbx_xml_handler *handler, const char *full, const char **name)
{
	size_t n;

	return gbx_xml_split(full, name, &n) ? handler->ns_of(full, n)
					     : GBX_XML_NS_NONE;
}

const char *
gbx_xml_attr(const struct gbx_xml_element *el, uint32_t ns, const char *name)
{
	const char *const *a;
	const char *local;

	for (a = el->attrs; a != NULL && a[0] != NULL; a += 2)
		if (split(el->handler, a[0], &local) == ns &&
		    strcmp(local, name) == 0)
			return a[1];
	return NULL;
}

bool
gbx_xml_is(const struct gbx_xml_element *el, uint32_t ns, const char *name)
{
	return el->ns == ns && strcmp(el->name, name) == 0;
}

static void
name_element(struct gbx_xml_element *el, const char *full)
{
	el->uri = full;
	el->ns = gbx_xml_split(full, &el->name, &el->n_uri)
		     ? el->handler->ns_of(full, el->n_uri)
		     : (uint32_t)GBX_XML_NS_NONE;
}

/* ---- prefixes ----------------------------------------------------------- */

static void XMLCALL
on_prefix(void *data, const XML_Char *prefix, const XML_Char *uri)
{
	struct xml *x = data;

	if (!x->stopped &&
	    !x->handler->prefix(
		x->ctx, prefix != NULL ? prefix : "", uri != NULL ? uri : ""))
		stop(x);
}

static void XMLCALL
on_prefix_end(void *data, const XML_Char *prefix)
{
	struct xml *x = data;

	(void)prefix; /* they end in the reverse order */
	if (!x->stopped)
		x->handler->prefix_end(x->ctx);
}

/* ---- elements ----------------------------------------------------------- */

static enum gbx_xml_go
start_element(struct xml *x, const struct gbx_xml_element *el)
{
	const struct gbx_xml_handler *h = x->handler;

	if (el->depth == 1 && h->root != NULL &&
	    !gbx_xml_is(el, h->root_ns, h->root))
		return GBX_STOP;
	return h->start(x->ctx, el);
}

static void XMLCALL
on_start(void *data, const XML_Char *full, const XML_Char **attrs)
{
	struct xml *x = data;
	struct gbx_xml_element el = {
	    .attrs = (const char *const *)attrs,
	    .handler = x->handler,
	};

	if (x->stopped)
		return;
	if (x->depth >= x->task->limit[GBX_WIRE_LIMIT_DEPTH] ||
	    x->depth >= GBX_XML_DEPTH_MOST) {
		stop_limit(x, GBX_WIRE_LIMIT_DEPTH);
		return;
	}
	el.depth = ++x->depth;
	if (x->skip_at != 0)
		return;
	name_element(&el, full);
	switch (start_element(x, &el)) {
	case GBX_GO:
		break;
	case GBX_SKIP:
		x->skip_at = el.depth;
		break;
	case GBX_STOP:
		stop(x);
		break;
	}
}

static void XMLCALL
on_end(void *data, const XML_Char *full)
{
	struct xml *x = data;
	struct gbx_xml_element el = {
	    .depth = x->depth,
	    .handler = x->handler,
	};

	if (x->stopped)
		return;
	x->depth--;
	if (x->skip_at != 0) {
		if (x->skip_at == el.depth)
			x->skip_at = 0;
		return;
	}
	if (x->handler->end == NULL)
		return;
	name_element(&el, full);
	if (x->handler->end(x->ctx, &el) == GBX_STOP)
		stop(x);
}

static void XMLCALL
on_text(void *data, const XML_Char *text, int n)
{
	struct xml *x = data;

	if (x->stopped || x->skip_at != 0 || x->handler->text == NULL)
		return;
	if (x->handler->text(x->ctx, text, (size_t)n) == GBX_STOP)
		stop(x);
}

/* ---- document types ----------------------------------------------------- */

/* One that is refused is looked at until it ends, only to call a bomb a
 * bomb. */
static void XMLCALL
on_doctype(void *data, const XML_Char *name, const XML_Char *system_id,
    const XML_Char *public_id, int internal)
{
	struct xml *x = data;

	(void)name;
	(void)system_id;
	(void)public_id;
	x->refused = !x->handler->doctype;
	if (x->refused && !internal)
		stop(x);
}

static void XMLCALL
on_doctype_end(void *data)
{
	struct xml *x = data;

	if (x->refused)
		stop(x);
}

/* Nothing is expanded here, ever: a document that declares an entity ends with
 * its document type. One that refers to another, or is long enough to be worth
 * repeating, is there to amplify. */
static void XMLCALL
on_entity(void *data, const XML_Char *name, int is_parameter,
    const XML_Char *value, int n, const XML_Char *base,
    const XML_Char *system_id, const XML_Char *public_id,
    const XML_Char *notation)
{
	struct xml *x = data;

	(void)name;
	(void)is_parameter;
	(void)base;
	(void)public_id;
	(void)notation;
	x->refused = true;
	if (x->stopped)
		return;
	if (value == NULL || system_id != NULL)
		stop(x);
	else if (n > ENTITY_MAX || memchr(value, '&', (size_t)n) != NULL)
		stop_limit(x, GBX_WIRE_LIMIT_RATIO);
}

static void XMLCALL
on_skipped(void *data, const XML_Char *name, int is_parameter)
{
	struct xml *x = data;

	if (x->stopped || x->skip_at != 0 || is_parameter ||
	    x->handler->entity == NULL)
		return;
	if (x->handler->entity(x->ctx, name) == GBX_STOP)
		stop(x);
}

/* ---- the whole document ------------------------------------------------- */

/* Without a salt of ours expat asks the kernel for one. */
static void
set_salt(struct xml *x)
{
#if XML_MAJOR_VERSION > 2 || XML_MINOR_VERSION >= 8
	(void)XML_SetHashSalt16Bytes(x->parser, x->task->salt);
#else
	unsigned long salt;

	/* 0 would mean "ask the kernel". */
	memcpy(&salt, x->task->salt, sizeof(salt));
	XML_SetHashSalt(x->parser, salt | 1);
#endif
}

static bool
set_up(struct xml *x)
{
	x->parser = XML_ParserCreateNS(NULL, SEPARATOR);
	if (x->parser == NULL)
		return gbx_sink_limit(x->sink, GBX_WIRE_LIMIT_MEMORY);
	set_salt(x);
	XML_SetParamEntityParsing(x->parser, XML_PARAM_ENTITY_PARSING_NEVER);
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_start, on_end);
	XML_SetCharacterDataHandler(x->parser, on_text);
	if (x->handler->prefix != NULL)
		XML_SetNamespaceDeclHandler(
		    x->parser, on_prefix, on_prefix_end);
	XML_SetDoctypeDeclHandler(x->parser, on_doctype, on_doctype_end);
	XML_SetEntityDeclHandler(x->parser, on_entity);
	XML_SetSkippedEntityHandler(x->parser, on_skipped);
	return true;
}

static enum gbx_wire_status
failed(struct xml *x)
{
	switch (XML_GetErrorCode(x->parser)) {
	case XML_ERROR_NO_MEMORY:
		gbx_sink_limit(x->sink, GBX_WIRE_LIMIT_MEMORY);
		break;
	case XML_ERROR_AMPLIFICATION_LIMIT_BREACH:
		gbx_sink_limit(x->sink, GBX_WIRE_LIMIT_RATIO);
		break;
	default:
		break;
	}
	return GBX_WIRE_MALFORMED;
}

static enum gbx_wire_status
feed(struct xml *x, const struct gbx_xml_source *source)
{
	enum gbx_wire_status status;
	size_t got;
	void *buf;

	do {
		buf = XML_GetBuffer(x->parser, CHUNK);
		if (buf == NULL)
			return failed(x);
		status = source->read(source->from, buf, CHUNK, &got);
		if (status != GBX_WIRE_OK)
			return status;
		if (XML_ParseBuffer(x->parser, (int)got, got == 0) !=
		    XML_STATUS_OK)
			return failed(x);
	} while (got > 0);
	return x->stopped || x->refused ? GBX_WIRE_MALFORMED : GBX_WIRE_OK;
}

enum gbx_wire_status
gbx_xml_read(const struct gbx_task *task, struct gbx_sink *sink,
    const struct gbx_xml_source *source, const struct gbx_xml_handler *handler,
    void *ctx)
{
	struct xml x = {
	    .task = task,
	    .sink = sink,
	    .handler = handler,
	    .ctx = ctx,
	};
	enum gbx_wire_status status;

	status = set_up(&x) ? feed(&x, source) : GBX_WIRE_MALFORMED;
	if (x.parser != NULL)
		XML_ParserFree(x.parser);
	return status;
}
