/* SPDX-License-Identifier: ISC */
/*
 * Documents of any vocabulary. The input is a document with one more byte at
 * its end: bit 0: document types are passed over, 1-2: how deep it may nest,
 * 3: elements called "s..." are skipped.
 *
 * Oracle: elements end as they began and never nest deeper than is allowed, and
 * the same is told when the bytes come in other pieces.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "sandboxed_parsers/runtime/arena.h"
#include "sandboxed_parsers/runtime/hash.h"
#include "sandboxed_parsers/runtime/sink.h"
#include "sandboxed_parsers/runtime/xml/xml.h"

#define INPUT_CAP (1 << 16)
#define KNOWN	  GBX_XML_NS_OWN

struct run {
	const uint8_t *data;
	size_t left, piece;
	bool skip;
	uint32_t depth, most, prefixes;
	uint64_t told; /* hash of all that was told */
	char *text;    /* not told yet: a piece of text may come in parts */
	size_t n_text;
};

static void
must(bool held, const char *what)
{
	if (held)
		return;
	fprintf(stderr, "xml: %s\n", what);
	abort();
}

static const uint8_t salt[GBX_SALT_LEN];

static void
tell(struct run *r, const void *data, size_t n)
{
	r->told = r->told * 31 + gbx_siphash(salt, data, n);
}

static void
tell_text(struct run *r)
{
	if (r->n_text > 0)
		tell(r, r->text, r->n_text);
	r->n_text = 0;
}

static uint32_t
ns_of(const char *uri, size_t n)
{
	return n > 0 && uri[0] == 'k' ? KNOWN : GBX_XML_NS_UNKNOWN;
}

static enum gbx_xml_go
on_start(void *ctx, const struct gbx_xml_element *el)
{
	const char *attr = gbx_xml_attr(el, GBX_XML_NS_NONE, "a");
	struct run *r = ctx;

	tell_text(r);
	must(el->depth == r->depth + 1, "a start's depth");
	must(el->depth <= r->most, "the limit");
	must(el->ns <= KNOWN && el->name[0] != '\0', "a name");
	tell(r, el->name, strlen(el->name));
	if (attr != NULL)
		tell(r, attr, strlen(attr));
	if (r->skip && el->name[0] == 's')
		return GBX_SKIP;
	r->depth++;
	return GBX_GO;
}

static enum gbx_xml_go
on_end(void *ctx, const struct gbx_xml_element *el)
{
	struct run *r = ctx;

	tell_text(r);
	must(el->depth == r->depth--, "an end's depth");
	tell(r, el->name, strlen(el->name));
	return GBX_GO;
}

static enum gbx_xml_go
on_text(void *ctx, const char *text, size_t n)
{
	struct run *r = ctx;

	must(n <= INPUT_CAP - r->n_text, "more text than there is");
	memcpy(r->text + r->n_text, text, n);
	r->n_text += n;
	return GBX_GO;
}

static enum gbx_xml_go
on_entity(void *ctx, const char *name)
{
	struct run *r = ctx;

	tell_text(r);
	tell(r, name, strlen(name));
	return GBX_GO;
}

static bool
on_prefix(void *ctx, const char *prefix, const char *uri)
{
	struct run *r = ctx;

	tell(r, prefix, strlen(prefix));
	tell(r, uri, strlen(uri));
	r->prefixes++;
	return true;
}

static void
on_prefix_end(void *ctx)
{
	struct run *r = ctx;

	must(r->prefixes-- > 0, "a prefix that never began");
}

static enum gbx_wire_status
read_piece(void *from, void *buf, size_t n, size_t *ret_got)
{
	struct run *r = from;

	n = n < r->piece ? n : r->piece;
	n = n < r->left ? n : r->left;
	if (n > 0)
		memcpy(buf, r->data, n);
	r->data += n;
	r->left -= n;
	*ret_got = n;
	return GBX_WIRE_OK;
}

static enum gbx_wire_status
run(struct run *r, const struct gbx_task *task, uint8_t mode, uint32_t *limit)
{
	const struct gbx_xml_handler handler = {
	    .ns_of = ns_of,
	    .doctype = mode & 1,
	    .start = on_start,
	    .end = on_end,
	    .text = on_text,
	    .entity = on_entity,
	    .prefix = on_prefix,
	    .prefix_end = on_prefix_end,
	};
	const struct gbx_xml_source source = {read_piece, r};
	enum gbx_wire_status status;
	struct gbx_sink sink;
	uint8_t out[64];

	r->data = task->data;
	r->left = task->size;
	r->skip = mode >> 3 & 1;
	r->most = (uint32_t)task->limit[GBX_WIRE_LIMIT_DEPTH];
	r->text = malloc(INPUT_CAP);
	must(r->text != NULL, "memory");
	gbx_arena_forget_exhausted();
	gbx_sink_open(&sink, task, out, sizeof(out), 0);
	status = gbx_xml_read(task, &sink, &source, &handler, r);
	*limit = sink.limit;
	gbx_sink_close(&sink, GBX_WIRE_MALFORMED);
	must(status != GBX_WIRE_OK || (r->depth == 0 && r->prefixes == 0),
	    "something that never ended");
	tell_text(r);
	free(r->text);
	return status;
}

int
gbx_fuzz_one(const uint8_t *data, size_t size)
{
	static const uint64_t depth[4] = {128, 1000, 10, 3};
	struct gbx_task task = {.op = GBX_WIRE_OP_TEXT, .data = data};
	struct run first = {.piece = SIZE_MAX}, second = {.piece = 3};
	enum gbx_wire_status status, again;
	uint32_t limit, limit_again;
	uint8_t mode;
	size_t i;

	if (size < 1 || size > INPUT_CAP)
		return 0;
	mode = data[--size];
	task.size = size;
	for (i = 1; i < GBX_LIMIT_COUNT; i++)
		task.limit[i] = 1 << 20;
	task.limit[GBX_WIRE_LIMIT_DEPTH] = depth[mode >> 1 & 3];
	status = run(&first, &task, mode, &limit);
	again = run(&second, &task, mode, &limit_again);
	must(status == again, "another answer");
	if (status == GBX_WIRE_OK)
		must(first.told == second.told, "another story");
	return 0;
}
