/* SPDX-License-Identifier: ISC */
/*
 * A part as a stream of XML elements.
 * Side: hostile. Must never expand an entity, load anything, or let expat ask
 * the kernel for entropy (a salt comes before the first byte).
 */
#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/ooxml/namespace.h"

/* Between a namespace and a name. No URI can hold it (RFC 3986). */
#define SEPARATOR '\n'
#define CHUNK	  16384
/* Longer entities could be repeated to fill memory without any nesting. */
#define ENTITY_MAX 1024
#define DEPTH_MOST 1024 /* the ceiling of the limit `depth` */

/* A prefix in scope, for Requires="w14 wps" and ProcessContent="q:more". */
struct prefix {
	uint64_t hash, uri;
	bool understood;
};

/* Elements of a vocabulary that is not understood whose content counts all the
 * same, inside the element of this depth. */
struct process {
	uint64_t uri, name; /* hashes */
	uint32_t depth;
	bool any; /* every name */
};

struct xml {
	struct gbx_ooxml_zip *zip;
	const struct gbx_ooxml_handler *handler;
	void *ctx;
	XML_Parser parser;
	uint32_t depth, skip_at; /* skip_at: the depth that is passed over */
	bool doctype, stopped;
	uint8_t chosen[DEPTH_MOST / 8 + 1]; /* alternatives, by depth */
	struct prefix *prefix;
	size_t n_prefix, prefix_room;
	struct process *process;
	size_t n_process, process_room;
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
	gbx_sink_limit(x->zip->sink, limit);
	stop(x);
}

/* ---- names -------------------------------------------------------------- */

/* Split what expat gives, "uri\nname" or "name". */
static enum gbx_ooxml_ns
split(const char *full, const char **ret_name)
{
	const char *sep = strrchr(full, SEPARATOR);

	*ret_name = sep == NULL ? full : sep + 1;
	return sep == NULL ? GBX_NS_NONE
			   : gbx_ooxml_ns_of(full, (size_t)(sep - full));
}

const char *
gbx_ooxml_attr(
    const struct gbx_ooxml_element *el, enum gbx_ooxml_ns ns, const char *name)
{
	const char *const *a;
	const char *local;

	for (a = el->attrs; a != NULL && a[0] != NULL; a += 2)
		if (split(a[0], &local) == ns && strcmp(local, name) == 0)
			return a[1];
	return NULL;
}

bool
gbx_ooxml_is(
    const struct gbx_ooxml_element *el, enum gbx_ooxml_ns ns, const char *name)
{
	return el->ns == ns && strcmp(el->name, name) == 0;
}

/* ---- prefixes ----------------------------------------------------------- */

static uint64_t
hash_of(const struct xml *x, const char *text, size_t n)
{
	return gbx_ooxml_hash(x->zip->task->salt, text, n);
}

static void XMLCALL
on_prefix(void *data, const XML_Char *prefix, const XML_Char *uri)
{
	struct xml *x = data;
	size_t room = x->prefix_room > 0 ? x->prefix_room * 2 : 64;
	struct prefix *p = x->prefix;
	enum gbx_ooxml_ns ns;

	if (x->n_prefix == x->prefix_room) {
		p = realloc(p, room * sizeof(*p));
		if (p == NULL) {
			stop_limit(x, GBX_WIRE_LIMIT_MEMORY);
			return;
		}
		x->prefix = p;
		x->prefix_room = room;
	}
	ns = uri == NULL ? GBX_NS_UNKNOWN : gbx_ooxml_ns_of(uri, strlen(uri));
	p[x->n_prefix++] = (struct prefix){
	    .hash =
		hash_of(x, prefix ? prefix : "", prefix ? strlen(prefix) : 0),
	    .uri = hash_of(x, uri ? uri : "", uri ? strlen(uri) : 0),
	    .understood = ns != GBX_NS_UNKNOWN,
	};
}

static void XMLCALL
on_prefix_end(void *data, const XML_Char *prefix)
{
	struct xml *x = data;

	(void)prefix; /* they end in the reverse order */
	if (x->n_prefix > 0)
		x->n_prefix--;
}

/* NULL: it is not in scope. */
static const struct prefix *
find_prefix(const struct xml *x, const char *prefix, size_t n)
{
	uint64_t hash = hash_of(x, prefix, n);
	size_t i;

	for (i = x->n_prefix; i-- > 0;)
		if (x->prefix[i].hash == hash)
			return &x->prefix[i];
	return NULL;
}

static bool
understands_one(const struct xml *x, const char *prefix, size_t n)
{
	const struct prefix *p = find_prefix(x, prefix, n);

	return p != NULL && p->understood;
}

/* Every prefix of a Choice's Requires (ECMA-376 part 3, 7.6). */
static bool
understands(const struct xml *x, const char *list)
{
	size_t n;

	if (list == NULL)
		return false;
	for (; *list != '\0'; list += n) {
		list += strspn(list, " \t\r\n");
		n = strcspn(list, " \t\r\n");
		if (n > 0 && !understands_one(x, list, n))
			return false;
	}
	return true;
}

/* ---- alternatives ------------------------------------------------------- */

static bool
has_chosen(const struct xml *x, uint32_t depth)
{
	return x->chosen[depth / 8] >> (depth % 8) & 1;
}

static void
set_chosen(struct xml *x, uint32_t depth, bool chosen)
{
	uint8_t bit = (uint8_t)(1u << (depth % 8));

	if (chosen)
		x->chosen[depth / 8] |= bit;
	else
		x->chosen[depth / 8] &= (uint8_t)~bit;
}

static enum gbx_ooxml_go
start_mc(struct xml *x, const struct gbx_ooxml_element *el)
{
	bool take = true;

	if (strcmp(el->name, "AlternateContent") == 0) {
		set_chosen(x, el->depth, false);
		return GBX_GO;
	}
	if (strcmp(el->name, "Choice") == 0)
		take =
		    understands(x, gbx_ooxml_attr(el, GBX_NS_NONE, "Requires"));
	else if (strcmp(el->name, "Fallback") != 0)
		return GBX_SKIP;
	if (!take || has_chosen(x, el->depth - 1))
		return GBX_SKIP;
	set_chosen(x, el->depth - 1, true);
	return GBX_GO;
}

/* ---- content of elements that are not understood ------------------------ */

/* One "prefix:name" or "prefix:*". */
static bool
add_process(struct xml *x, const char *item, size_t n)
{
	size_t room = x->process_room > 0 ? x->process_room * 2 : 8;
	const char *colon = memchr(item, ':', n);
	const struct prefix *prefix;
	struct process *p;

	if (colon == NULL)
		return true;
	prefix = find_prefix(x, item, (size_t)(colon - item));
	if (prefix == NULL)
		return true;
	if (x->n_process == x->process_room) {
		p = realloc(x->process, room * sizeof(*p));
		if (p == NULL)
			return gbx_sink_limit(
			    x->zip->sink, GBX_WIRE_LIMIT_MEMORY);
		x->process = p;
		x->process_room = room;
	}
	n -= (size_t)(colon + 1 - item);
	x->process[x->n_process++] = (struct process){
	    .uri = prefix->uri,
	    .name = hash_of(x, colon + 1, n),
	    .depth = x->depth,
	    .any = n == 1 && colon[1] == '*',
	};
	return true;
}

/* mc:ProcessContent of an element (ECMA-376 part 3, 7.4). */
static bool
note_process(struct xml *x, const struct gbx_ooxml_element *el)
{
	const char *const *a;
	const char *local, *list;
	bool ok = true;
	size_t n;

	for (a = el->attrs; a != NULL && a[0] != NULL; a += 2) {
		local = strrchr(a[0], SEPARATOR);
		if (local == NULL || strcmp(local + 1, "ProcessContent") != 0 ||
		    split(a[0], &local) != GBX_NS_MC)
			continue;
		for (list = a[1]; ok && *list != '\0'; list += n) {
			list += strspn(list, " \t\r\n");
			n = strcspn(list, " \t\r\n");
			ok = add_process(x, list, n);
		}
	}
	return ok;
}

static bool
is_processed(const struct xml *x, const char *full)
{
	const char *sep = strrchr(full, SEPARATOR);
	uint64_t uri, name;
	size_t i;

	if (sep == NULL || x->n_process == 0)
		return false;
	uri = hash_of(x, full, (size_t)(sep - full));
	name = hash_of(x, sep + 1, strlen(sep + 1));
	for (i = 0; i < x->n_process; i++)
		if (x->process[i].uri == uri &&
		    (x->process[i].any || x->process[i].name == name))
			return true;
	return false;
}

/* ---- elements ----------------------------------------------------------- */

static bool
is_wrong_root(const struct xml *x, const struct gbx_ooxml_element *el)
{
	return el->depth == 1 && x->handler->root_ns != GBX_NS_NONE &&
	       !gbx_ooxml_is(el, x->handler->root_ns, x->handler->root);
}

static enum gbx_ooxml_go
start_element(
    struct xml *x, const struct gbx_ooxml_element *el, const char *full)
{
	if (is_wrong_root(x, el) || !note_process(x, el))
		return GBX_STOP;
	if (el->ns == GBX_NS_MC)
		return start_mc(x, el);
	if (el->ns == GBX_NS_UNKNOWN || el->ns == GBX_NS_NONE)
		return is_processed(x, full) ? GBX_GO : GBX_SKIP;
	return x->handler->start(x->ctx, el);
}

static void XMLCALL
on_start(void *data, const XML_Char *full, const XML_Char **attrs)
{
	struct xml *x = data;
	struct gbx_ooxml_element el = {.attrs = (const char *const *)attrs};

	if (x->stopped)
		return;
	if (x->depth >= x->zip->task->limit[GBX_WIRE_LIMIT_DEPTH] ||
	    x->depth >= DEPTH_MOST) {
		stop_limit(x, GBX_WIRE_LIMIT_DEPTH);
		return;
	}
	el.depth = ++x->depth;
	if (x->skip_at != 0)
		return;
	el.ns = split(full, &el.name);
	switch (start_element(x, &el, full)) {
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
	struct gbx_ooxml_element el = {.depth = x->depth};

	if (x->stopped)
		return;
	x->depth--;
	while (
	    x->n_process > 0 && x->process[x->n_process - 1].depth == el.depth)
		x->n_process--;
	if (x->skip_at != 0) {
		if (x->skip_at == el.depth)
			x->skip_at = 0;
		return;
	}
	if (x->handler->end == NULL)
		return;
	el.ns = split(full, &el.name);
	if (el.ns > GBX_NS_UNKNOWN && el.ns != GBX_NS_MC &&
	    x->handler->end(x->ctx, &el) == GBX_STOP)
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

/* OPC forbids them (ECMA-376 part 2, 6.2.5). They are looked at until they
 * end, only to call a bomb a bomb. */
static void XMLCALL
on_doctype(void *data, const XML_Char *name, const XML_Char *system_id,
    const XML_Char *public_id, int internal)
{
	struct xml *x = data;

	(void)name;
	(void)system_id;
	(void)public_id;
	x->doctype = true;
	if (!internal)
		stop(x);
}

static void XMLCALL
on_doctype_end(void *data)
{
	stop(data);
}

/* Nothing is expanded here, ever. An entity that refers to another one, or is
 * long enough to be worth repeating, is there to amplify. */
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
	if (x->stopped)
		return;
	if (value == NULL || system_id != NULL)
		stop(x);
	else if (n > ENTITY_MAX || memchr(value, '&', (size_t)n) != NULL)
		stop_limit(x, GBX_WIRE_LIMIT_RATIO);
}

/* ---- the whole part ----------------------------------------------------- */

/* Hash tables that no document can fill one row of. Without a salt of ours
 * expat asks the kernel for one. */
static void
set_salt(struct xml *x)
{
#if XML_MAJOR_VERSION > 2 || XML_MINOR_VERSION >= 8
	(void)XML_SetHashSalt16Bytes(x->parser, x->zip->task->salt);
#else
	unsigned long salt;

	/* 0 would mean "ask the kernel". */
	memcpy(&salt, x->zip->task->salt, sizeof(salt));
	XML_SetHashSalt(x->parser, salt | 1);
#endif
}

static bool
set_up(struct xml *x)
{
	x->parser = XML_ParserCreateNS(NULL, SEPARATOR);
	if (x->parser == NULL)
		return gbx_sink_limit(x->zip->sink, GBX_WIRE_LIMIT_MEMORY);
	set_salt(x);
	XML_SetParamEntityParsing(x->parser, XML_PARAM_ENTITY_PARSING_NEVER);
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_start, on_end);
	XML_SetCharacterDataHandler(x->parser, on_text);
	XML_SetNamespaceDeclHandler(x->parser, on_prefix, on_prefix_end);
	XML_SetDoctypeDeclHandler(x->parser, on_doctype, on_doctype_end);
	XML_SetEntityDeclHandler(x->parser, on_entity);
	return true;
}

static enum gbx_wire_status
failed(struct xml *x)
{
	switch (XML_GetErrorCode(x->parser)) {
	case XML_ERROR_NO_MEMORY:
		gbx_sink_limit(x->zip->sink, GBX_WIRE_LIMIT_MEMORY);
		break;
	case XML_ERROR_AMPLIFICATION_LIMIT_BREACH:
		gbx_sink_limit(x->zip->sink, GBX_WIRE_LIMIT_RATIO);
		break;
	default:
		break;
	}
	return GBX_WIRE_MALFORMED;
}

static enum gbx_wire_status
feed(struct xml *x, struct gbx_ooxml_part *part)
{
	enum gbx_wire_status status;
	size_t got;
	void *buf;

	do {
		buf = XML_GetBuffer(x->parser, CHUNK);
		if (buf == NULL)
			return failed(x);
		status = gbx_ooxml_part_read(part, buf, CHUNK, &got);
		if (status != GBX_WIRE_OK)
			return status;
		if (XML_ParseBuffer(x->parser, (int)got, got == 0) !=
		    XML_STATUS_OK)
			return failed(x);
	} while (got > 0);
	return x->stopped || x->doctype ? GBX_WIRE_MALFORMED : GBX_WIRE_OK;
}

enum gbx_wire_status
gbx_ooxml_xml_read(struct gbx_ooxml_zip *zip, struct gbx_ooxml_member *m,
    const struct gbx_ooxml_handler *handler, void *ctx)
{
	struct xml x = {.zip = zip, .handler = handler, .ctx = ctx};
	enum gbx_wire_status status;
	struct gbx_ooxml_part part;

	status = gbx_ooxml_part_open(zip, m, &part);
	if (status != GBX_WIRE_OK)
		return status;
	status = set_up(&x) ? feed(&x, &part) : GBX_WIRE_MALFORMED;
	if (x.parser != NULL)
		XML_ParserFree(x.parser);
	free(x.prefix);
	free(x.process);
	return status;
}
