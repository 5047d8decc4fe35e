/* SPDX-License-Identifier: ISC */
/*
 * Markup compatibility (ECMA-376 part 3) on top of the stream of elements.
 * Side: hostile.
 */
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/ooxml/namespace.h"
#include "sandboxed_parsers/runtime/hash.h"

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

struct compat {
	struct gbx_zip *zip;
	const struct gbx_ooxml_handler *handler;
	void *ctx;
	uint8_t chosen[GBX_XML_DEPTH_MOST / 8 + 1]; /* alternatives, by depth */
	struct prefix *prefix;
	size_t n_prefix, prefix_room;
	struct process *process;
	size_t n_process, process_room;
};

/* ---- prefixes ----------------------------------------------------------- */

static uint64_t
hash_of(const struct compat *x, const char *text, size_t n)
{
	return gbx_siphash(x->zip->task->salt, text, n);
}

static bool
on_prefix(void *ctx, const char *prefix, const char *uri)
{
	struct compat *x = ctx;
	size_t room = x->prefix_room > 0 ? x->prefix_room * 2 : 64;
	struct prefix *p = x->prefix;

	if (x->n_prefix == x->prefix_room) {
		p = realloc(p, room * sizeof(*p));
		if (p == NULL)
			return gbx_sink_limit(
			    x->zip->sink, GBX_WIRE_LIMIT_MEMORY);
		x->prefix = p;
		x->prefix_room = room;
	}
	p[x->n_prefix++] = (struct prefix){
	    .hash = hash_of(x, prefix, strlen(prefix)),
	    .uri = hash_of(x, uri, strlen(uri)),
	    .understood = gbx_ooxml_ns_of(uri, strlen(uri)) != GBX_NS_UNKNOWN,
	};
	return true;
}

static void
on_prefix_end(void *ctx)
{
	struct compat *x = ctx;

	if (x->n_prefix > 0)
		x->n_prefix--;
}

/* NULL: it is not in scope. */
static const struct prefix *
find_prefix(const struct compat *x, const char *prefix, size_t n)
{
	uint64_t hash = hash_of(x, prefix, n);
	size_t i;

	for (i = x->n_prefix; i-- > 0;)
		if (x->prefix[i].hash == hash)
			return &x->prefix[i];
	return NULL;
}

static bool
understands_one(const struct compat *x, const char *prefix, size_t n)
{
	const struct prefix *p = find_prefix(x, prefix, n);

	return p != NULL && p->understood;
}

/* Every prefix of a Choice's Requires (ECMA-376 part 3, 7.6). */
static bool
understands(const struct compat *x, const char *list)
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
has_chosen(const struct compat *x, uint32_t depth)
{
	return x->chosen[depth / 8] >> (depth % 8) & 1;
}

static void
set_chosen(struct compat *x, uint32_t depth, bool chosen)
{
	uint8_t bit = (uint8_t)(1u << (depth % 8));

	if (chosen)
		x->chosen[depth / 8] |= bit;
	else
		x->chosen[depth / 8] &= (uint8_t)~bit;
}

static enum gbx_xml_go
start_mc(struct compat *x, const struct gbx_xml_element *el)
{
	bool take = true;

	if (strcmp(el->name, "AlternateContent") == 0) {
		set_chosen(x, el->depth, false);
		return GBX_GO;
	}
	if (strcmp(el->name, "Choice") == 0)
		take =
		    understands(x, gbx_xml_attr(el, GBX_NS_NONE, "Requires"));
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
add_process(struct compat *x, uint32_t depth, const char *item, size_t n)
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
	    .depth = depth,
	    .any = n == 1 && colon[1] == '*',
	};
	return true;
}

/* mc:ProcessContent of an element (ECMA-376 part 3, 7.4). */
static bool
note_process(struct compat *x, const struct gbx_xml_element *el)
{
	const char *const *a;
	const char *local, *list;
	bool ok = true;
	size_t n;

	for (a = el->attrs; a != NULL && a[0] != NULL; a += 2) {
		if (!gbx_xml_split(a[0], &local, &n) ||
		    strcmp(local, "ProcessContent") != 0 ||
		    gbx_ooxml_ns_of(a[0], n) != GBX_NS_MC)
			continue;
		for (list = a[1]; ok && *list != '\0'; list += n) {
			list += strspn(list, " \t\r\n");
			n = strcspn(list, " \t\r\n");
			ok = add_process(x, el->depth, list, n);
		}
	}
	return ok;
}

static bool
is_processed(const struct compat *x, const struct gbx_xml_element *el)
{
	uint64_t uri, name;
	size_t i;

	if (el->n_uri == 0 || x->n_process == 0)
		return false;
	uri = hash_of(x, el->uri, el->n_uri);
	name = hash_of(x, el->name, strlen(el->name));
	for (i = 0; i < x->n_process; i++)
		if (x->process[i].uri == uri &&
		    (x->process[i].any || x->process[i].name == name))
			return true;
	return false;
}

/* ---- elements ----------------------------------------------------------- */

static enum gbx_xml_go
on_start(void *ctx, const struct gbx_xml_element *el)
{
	struct compat *x = ctx;

	while (
	    x->n_process > 0 && x->process[x->n_process - 1].depth >= el->depth)
		x->n_process--; /* of elements that have ended */
	if (!note_process(x, el))
		return GBX_STOP;
	if (el->ns == GBX_NS_MC)
		return start_mc(x, el);
	if (el->ns == GBX_NS_UNKNOWN || el->ns == GBX_NS_NONE)
		return is_processed(x, el) ? GBX_GO : GBX_SKIP;
	return x->handler->start(x->ctx, el);
}

static enum gbx_xml_go
on_end(void *ctx, const struct gbx_xml_element *el)
{
	struct compat *x = ctx;

	if (x->handler->end == NULL || el->ns <= GBX_NS_UNKNOWN ||
	    el->ns == GBX_NS_MC)
		return GBX_GO;
	return x->handler->end(x->ctx, el);
}

static enum gbx_xml_go
on_text(void *ctx, const char *text, size_t n)
{
	struct compat *x = ctx;

	return x->handler->text == NULL ? GBX_GO
					: x->handler->text(x->ctx, text, n);
}

/* ---- the whole part ----------------------------------------------------- */

static enum gbx_wire_status
read_part(void *from, void *buf, size_t n, size_t *ret_got)
{
	return gbx_zip_part_read(from, buf, n, ret_got);
}

enum gbx_wire_status
gbx_ooxml_xml_read(struct gbx_zip *zip, struct gbx_zip_member *m,
    const struct gbx_ooxml_handler *handler, void *ctx)
{
	const struct gbx_xml_handler outer = {
	    .ns_of = gbx_ooxml_ns_of,
	    .root = handler->root_ns == GBX_NS_NONE ? NULL : handler->root,
	    .root_ns = handler->root_ns,
	    .start = on_start,
	    .end = on_end,
	    .text = on_text,
	    .prefix = on_prefix,
	    .prefix_end = on_prefix_end,
	};
	struct compat x = {.zip = zip, .handler = handler, .ctx = ctx};
	struct gbx_zip_part part;
	const struct gbx_xml_source source = {read_part, &part};
	enum gbx_wire_status status;

	status = gbx_zip_part_open(zip, m, &part);
	if (status == GBX_WIRE_OK)
		status =
		    gbx_xml_read(zip->task, zip->sink, &source, &outer, &x);
	free(x.prefix);
	free(x.process);
	return status;
}
