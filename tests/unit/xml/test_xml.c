/* SPDX-License-Identifier: ISC */
/*
 * Documents as streams of elements: what handlers are told, and what is refused
 * in every vocabulary alike.
 * Side: tests.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/runtime/sink.h"
#include "sandboxed_parsers/runtime/xml/xml.h"
#include "tests/support/cmocka.h"

enum {
	NS_A = GBX_XML_NS_OWN,
	NS_B
};

/* A document, how much of it a read gives, and what the handlers were told. */
struct run {
	const char *document;
	size_t left, piece;
	enum gbx_wire_status end; /* what the read says behind the last byte */
	const char *stop_at;	  /* an element, a text or an entity */
	char *told;
	size_t n_told;
	FILE *log;
	uint32_t limit;
	uint64_t depth;
};

static uint32_t
ns_of(const char *uri, size_t n)
{
	return n == 5 && memcmp(uri, "urn:a", 5) == 0	? NS_A
	       : n == 5 && memcmp(uri, "urn:b", 5) == 0 ? NS_B
							: GBX_XML_NS_UNKNOWN;
}

static enum gbx_xml_go
told(struct run *r, const char *text)
{
	return r->stop_at != NULL && strcmp(r->stop_at, text) == 0 ? GBX_STOP
								   : GBX_GO;
}

static enum gbx_xml_go
on_start(void *ctx, const struct gbx_xml_element *el)
{
	const char *plain = gbx_xml_attr(el, GBX_XML_NS_NONE, "x");
	const char *own = gbx_xml_attr(el, NS_B, "x");
	struct run *r = ctx;

	fprintf(r->log, "<%u:%s@%u", el->ns, el->name, el->depth);
	if (plain != NULL)
		fprintf(r->log, " %s", plain);
	if (own != NULL)
		fprintf(r->log, " b:%s", own);
	fprintf(r->log, ">");
	return strcmp(el->name, "skip") == 0 ? GBX_SKIP : told(r, el->name);
}

static enum gbx_xml_go
on_end(void *ctx, const struct gbx_xml_element *el)
{
	struct run *r = ctx;

	fprintf(r->log, "</%u:%s@%u>", el->ns, el->name, el->depth);
	return r->stop_at != NULL && r->stop_at[0] == '/' &&
		       strcmp(r->stop_at + 1, el->name) == 0
		   ? GBX_STOP
		   : GBX_GO;
}

static enum gbx_xml_go
on_text(void *ctx, const char *text, size_t n)
{
	struct run *r = ctx;

	fprintf(r->log, "%.*s", (int)n, text);
	return r->stop_at != NULL && strlen(r->stop_at) == n &&
		       memcmp(r->stop_at, text, n) == 0
		   ? GBX_STOP
		   : GBX_GO;
}

static enum gbx_xml_go
on_named_entity(void *ctx, const char *name)
{
	struct run *r = ctx;

	fprintf(r->log, "&%s;", name);
	return told(r, name);
}

static bool
on_prefix(void *ctx, const char *prefix, const char *uri)
{
	struct run *r = ctx;

	fprintf(r->log, "[%s=%s", prefix, uri);
	return r->stop_at == NULL || strcmp(r->stop_at, uri) != 0;
}

static void
on_prefix_end(void *ctx)
{
	fprintf(((struct run *)ctx)->log, "]");
}

static enum gbx_wire_status
read_piece(void *from, void *buf, size_t n, size_t *ret_got)
{
	struct run *r = from;

	*ret_got = 0;
	if (r->left == 0)
		return r->end;
	n = n < r->piece ? n : r->piece;
	n = n < r->left ? n : r->left;
	memcpy(buf, r->document, n);
	r->document += n;
	r->left -= n;
	*ret_got = n;
	return GBX_WIRE_OK;
}

static const struct gbx_xml_handler full = {
    .ns_of = ns_of,
    .start = on_start,
    .end = on_end,
    .text = on_text,
    .entity = on_named_entity,
    .prefix = on_prefix,
    .prefix_end = on_prefix_end,
};

static enum gbx_wire_status
run(struct run *r, const struct gbx_xml_handler *handler)
{
	struct gbx_task task = {.op = GBX_WIRE_OP_TEXT};
	const struct gbx_xml_source source = {read_piece, r};
	enum gbx_wire_status status;
	struct gbx_sink sink;
	uint8_t out[64];
	size_t i;

	for (i = 1; i < GBX_LIMIT_COUNT; i++)
		task.limit[i] = 1 << 20;
	if (r->depth != 0)
		task.limit[GBX_WIRE_LIMIT_DEPTH] = r->depth;
	r->left = strlen(r->document);
	r->piece = r->piece != 0 ? r->piece : SIZE_MAX;
	r->end = r->end != 0 ? r->end : GBX_WIRE_OK;
	r->log = open_memstream(&r->told, &r->n_told);
	assert_non_null(r->log);
	gbx_sink_open(&sink, &task, out, sizeof(out), 0);
	status = gbx_xml_read(&task, &sink, &source, handler, r);
	r->limit = sink.limit;
	gbx_sink_close(&sink, GBX_WIRE_MALFORMED);
	fclose(r->log);
	return status;
}

/* ---- what handlers are told ---------------------------------------------- */

static void
expect_told(const char *document, const char *want, size_t piece)
{
	struct run r = {.document = document, .piece = piece};

	assert_int_equal(run(&r, &full), GBX_WIRE_OK);
	assert_string_equal(r.told, want);
	free(r.told);
}

static void
test_told(void **state)
{
	size_t piece;

	(void)state;
	for (piece = 0; piece <= 3; piece++) {
		expect_told("<r/>", "<0:r@1></0:r@1>", piece);
		expect_told("<r xmlns='urn:a' xmlns:q='urn:b' x='1' q:x='2'>"
			    "<q:e x='3'/><o xmlns='urn:c'/></r>",
		    "[=urn:a[q=urn:b<2:r@1 1 b:2><3:e@2 3></3:e@2>"
		    "[=urn:c<1:o@2></1:o@2>]</2:r@1>]]",
		    piece);
		expect_told("<r><skip><e x='1'><skip/></e></skip><f/></r>",
		    "<0:r@1><0:skip@2><0:f@2></0:f@2></0:r@1>", piece);
		expect_told("<r><!-- c --><?pi d?>&lt;<![CDATA[<]]></r>",
		    "<0:r@1><<</0:r@1>", piece);
	}
}

/* No handler but start(). */
static void
test_start_alone(void **state)
{
	const struct gbx_xml_handler start = {
	    .ns_of = ns_of,
	    .start = on_start,
	    .doctype = true,
	};
	struct run r = {.document = "<!DOCTYPE r SYSTEM 'x'><r xmlns='urn:a'>"
				    "text&nbsp;<e/></r>"};

	(void)state;
	assert_int_equal(run(&r, &start), GBX_WIRE_OK);
	assert_string_equal(r.told, "<2:r@1><2:e@2>");
	free(r.told);
}

static void
test_stops(void **state)
{
	static const char *const at[] = {"r", "e", "/e", "text", "urn:b"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		struct run r = {
		    .document = "<r><e>text</e><q:f xmlns:q='urn:b'/>"
				"<after/></r>",
		    .stop_at = at[i],
		};

		assert_int_equal(run(&r, &full), GBX_WIRE_MALFORMED);
		assert_null(strstr(r.told, "after"));
		free(r.told);
	}
}

static void
test_root(void **state)
{
	static const struct {
		const char *document;
		enum gbx_wire_status status;
	} cases[] = {
	    {"<r xmlns='urn:a'/>", GBX_WIRE_OK},
	    {"<r/>", GBX_WIRE_MALFORMED},
	    {"<r xmlns='urn:b'/>", GBX_WIRE_MALFORMED},
	    {"<s xmlns='urn:a'><r/></s>", GBX_WIRE_MALFORMED},
	};
	struct gbx_xml_handler handler = full;
	size_t i;

	(void)state;
	handler.root = "r";
	handler.root_ns = NS_A;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct run r = {.document = cases[i].document};

		assert_int_equal(run(&r, &handler), cases[i].status);
		free(r.told);
	}
}

/* What the source says goes before what the document is. */
static void
test_source(void **state)
{
	struct run r = {.document = "<r/>", .end = GBX_WIRE_UNSUPPORTED};

	(void)state;
	assert_int_equal(run(&r, &full), GBX_WIRE_UNSUPPORTED);
	free(r.told);
}

/* ---- limits and refusals --------------------------------------------------
 */

static void
test_depth(void **state)
{
	static const struct {
		const char *document;
		uint64_t depth;
		uint32_t limit;
	} cases[] = {
	    {"<a><b><c/></b></a>", 3, GBX_WIRE_LIMIT_NONE},
	    {"<a><b><c/></b></a>", 2, GBX_WIRE_LIMIT_DEPTH},
	    {"<a><skip><c/></skip></a>", 2, GBX_WIRE_LIMIT_DEPTH},
	    {"<a><b/><b/><b/></a>", 2, GBX_WIRE_LIMIT_NONE},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct run r = {
		    .document = cases[i].document,
		    .depth = cases[i].depth,
		};

		run(&r, &full);
		assert_int_equal(r.limit, cases[i].limit);
		free(r.told);
	}
}

/* Whatever the limit is, no depth is above the most. */
static void
test_depth_most(void **state)
{
	char *document = malloc((size_t)3 * GBX_XML_DEPTH_MOST + 7), *p;
	uint32_t i, more;

	(void)state;
	assert_non_null(document);
	for (more = 0; more < 2; more++) {
		struct run r = {.document = document};

		p = document;
		for (i = 0; i < GBX_XML_DEPTH_MOST + more; i++)
			p += sprintf(p, "<a>");
		run(&r, &full);
		assert_int_equal(
		    r.limit, more ? GBX_WIRE_LIMIT_DEPTH : GBX_WIRE_LIMIT_NONE);
		free(r.told);
	}
	free(document);
}

#define MALFORMED GBX_WIRE_MALFORMED, GBX_WIRE_LIMIT_NONE
#define BOMB	  GBX_WIRE_MALFORMED, GBX_WIRE_LIMIT_RATIO
#define FINE	  GBX_WIRE_OK, GBX_WIRE_LIMIT_NONE

struct doctype_case {
	const char *document;
	/* where document types are refused */
	enum gbx_wire_status status;
	uint32_t limit;
	/* and where they are passed over */
	enum gbx_wire_status passed;
	uint32_t passed_limit;
};

static const struct doctype_case doctypes[] = {
    {"<r>&amp;&#65;</r>", FINE, FINE},
    {"<!DOCTYPE r><r/>", MALFORMED, FINE},
    {"<!DOCTYPE r SYSTEM 'file:///etc/passwd'><r/>", MALFORMED, FINE},
    {"<!DOCTYPE r PUBLIC 'p' 'http://x/'><r>&nbsp;</r>", MALFORMED, FINE},
    {"<!DOCTYPE r [<!ELEMENT r ANY>]><r/>", MALFORMED, FINE},
    {"<!DOCTYPE r><r>&nbsp;</r>", MALFORMED, MALFORMED},
    {"<!DOCTYPE r [<!ENTITY a 'b'>]><r/>", MALFORMED, MALFORMED},
    {"<!DOCTYPE r [<!ENTITY a 'b'>]><r>&a;</r>", MALFORMED, MALFORMED},
    {"<!DOCTYPE r SYSTEM 'x' [<!ENTITY a 'b'>]><r>&a;</r>", MALFORMED,
	MALFORMED},
    {"<!DOCTYPE r [<!ENTITY a SYSTEM 'file:///x'>]><r>&a;</r>", MALFORMED,
	MALFORMED},
    {"<!DOCTYPE r [<!ENTITY % p SYSTEM 'http://x/'> %p;]><r/>", MALFORMED,
	MALFORMED},
    {"<!DOCTYPE r [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><r>&b;</r>", BOMB,
	BOMB},
    {"<!DOCTYPE r [<!ENTITY a 'x'><!ENTITY b '&#38;a;'>]><r>&b;</r>", BOMB,
	BOMB},
    {"<r>&a;</r>", MALFORMED, MALFORMED},
    {"", MALFORMED, MALFORMED},
    {"<r>", MALFORMED, MALFORMED},
    {"<r/><r/>", MALFORMED, MALFORMED},
    {"<r>\xff</r>", MALFORMED, MALFORMED},
};

static void
test_doctypes(void **state)
{
	struct gbx_xml_handler passing = full;
	size_t i;

	(void)state;
	passing.doctype = true;
	for (i = 0; i < sizeof(doctypes) / sizeof(doctypes[0]); i++) {
		const struct doctype_case *c = &doctypes[i];
		struct run refused = {.document = c->document};
		struct run passed = {.document = c->document};

		if (run(&refused, &full) != c->status ||
		    refused.limit != c->limit)
			fail_msg("%s", c->document);
		if (run(&passed, &passing) != c->passed ||
		    passed.limit != c->passed_limit)
			fail_msg("%s, passed over", c->document);
		free(refused.told);
		free(passed.told);
	}
}

/* An entity that only the external document type could declare is told by its
 * name, and is nothing else. */
static void
test_entity(void **state)
{
	static const char document[] =
	    "<!DOCTYPE r SYSTEM 'x'><r>a&nbsp;b<skip>&no;</skip></r>";
	struct gbx_xml_handler passing = full;
	struct run r = {.document = document};
	struct run stopped = {.document = document, .stop_at = "nbsp"};

	(void)state;
	passing.doctype = true;
	assert_int_equal(run(&r, &passing), GBX_WIRE_OK);
	assert_string_equal(r.told, "<0:r@1>a&nbsp;b<0:skip@2></0:r@1>");
	assert_int_equal(run(&stopped, &passing), GBX_WIRE_MALFORMED);
	free(r.told);
	free(stopped.told);
}

static void
test_long_entity(void **state)
{
	struct gbx_xml_handler passing = full;
	char document[2048];
	size_t n;

	(void)state;
	passing.doctype = true;
	for (n = 1024; n <= 1025; n++) {
		struct run r = {.document = document};

		snprintf(document, sizeof(document),
		    "<!DOCTYPE r [<!ENTITY a '%0*d'>]><r/>", (int)n, 0);
		assert_int_equal(run(&r, &passing), GBX_WIRE_MALFORMED);
		assert_int_equal(r.limit,
		    n == 1024 ? GBX_WIRE_LIMIT_NONE : GBX_WIRE_LIMIT_RATIO);
		free(r.told);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_told),
	    cmocka_unit_test(test_start_alone),
	    cmocka_unit_test(test_stops),
	    cmocka_unit_test(test_root),
	    cmocka_unit_test(test_source),
	    cmocka_unit_test(test_depth),
	    cmocka_unit_test(test_depth_most),
	    cmocka_unit_test(test_doctypes),
	    cmocka_unit_test(test_entity),
	    cmocka_unit_test(test_long_entity),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
