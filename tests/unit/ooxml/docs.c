/* SPDX-License-Identifier: ISC */
/* Documents for the tests, see docs.h. Side: tests. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/runtime/arena.h"
#include "schemas/glovebox.pb-c.h"
#include "tests/unit/ooxml/docs.h"

static const uint64_t limits[GBX_LIMIT_COUNT] = {
#define GBX_LIMIT(num, ID, name, unit, def, ceil, text) [num] = (def),
#include "schemas/limits.def"
};

static void *
must(void *p)
{
	if (p == NULL) {
		puts("Bail out! no memory");
		exit(1);
	}
	return p;
}

void
doc_types(struct mkzip *z, const char *main_part, const char *type)
{
	char text[2048];

	snprintf(text, sizeof(text),
	    "<Types xmlns='" OOXML "package/2006/content-types'>"
	    "<Default Extension='xml' ContentType='application/xml'/>"
	    "<Override PartName='/%s' ContentType='%s'/></Types>",
	    main_part, type);
	mkzip_text(z, "[Content_Types].xml", text);
}

void
doc_start(struct mkzip *z)
{
	doc_types(z, "word/document.xml", DOCX_MAIN);
	mkzip_text(z, "_rels/.rels",
	    RELS(TO("r1", REL "officeDocument", "word/document.xml")));
}

void
doc_word(struct mkzip *z, const char *document)
{
	doc_start(z);
	mkzip_text(z, "word/document.xml", document);
}

static void
add_slide(struct mkzip *z, unsigned int i)
{
	char name[64], text[512];

	snprintf(name, sizeof(name), "ppt/slides/slide%u.xml", i);
	snprintf(text, sizeof(text),
	    "<p:sld xmlns:p='" POWER "' xmlns:a='" DRAW
	    "'><a:p><a:r><a:t>%u</a:t></a:r></a:p></p:sld>",
	    i);
	mkzip_text(z, name, text);
}

void
doc_slides(struct mkzip *z, unsigned int n)
{
	char *list = must(malloc(n * 64 + 512)), *p = list;
	char *rels = must(malloc(n * 256 + 512)), *q = rels;
	unsigned int i;

	doc_types(z, "ppt/presentation.xml", PPTX_MAIN);
	mkzip_text(z, "_rels/.rels",
	    RELS(TO("r1", REL "officeDocument", "ppt/presentation.xml")));
	p += sprintf(p, "<p:presentation xmlns:p='" POWER "' xmlns:r='" OOXML
			"officeDocument/2006/relationships'><p:sldIdLst>");
	q += sprintf(
	    q, "<Relationships xmlns='" OOXML "package/2006/relationships'>");
	for (i = 1; i <= n; i++) {
		p += sprintf(p, "<p:sldId id='%u' r:id='s%u'/>", 255 + i, i);
		q += sprintf(q,
		    "<Relationship Id='s%u' Type='" REL
		    "slide' Target='slides/slide%u.xml'/>",
		    i, i);
		add_slide(z, i);
	}
	strcpy(p, "</p:sldIdLst></p:presentation>");
	strcpy(q, "</Relationships>");
	mkzip_text(z, "ppt/presentation.xml", list);
	mkzip_text(z, "ppt/_rels/presentation.xml.rels", rels);
	free(list);
	free(rels);
}

/* ---- running ------------------------------------------------------------ */

void
run_init(struct run *run)
{
	memset(run, 0, sizeof(*run));
	run->task.op = GBX_WIRE_OP_TEXT;
	run->task.count = 1;
	memcpy(run->task.limit, limits, sizeof(limits));
	memcpy(run->task.salt, "sixteen salt....", GBX_SALT_LEN);
	run->out_size = (size_t)4 << 20;
	run->out = must(calloc(1, run->out_size));
}

static void
note_record(struct run *run, const Gbx__Wire__Record *r, FILE *properties)
{
	if (r->kind == GBX_WIRE_REC_FLAG)
		run->flags |= r->flags;
	else if (r->parent != 0)
		fprintf(properties, " %u %.*s=%.*s\n", r->parent,
		    (int)r->name.len, (char *)r->name.data, (int)r->value.len,
		    (char *)r->value.data);
	else
		fprintf(properties, "%.*s=%.*s\n", (int)r->name.len,
		    (char *)r->name.data, (int)r->value.len,
		    (char *)r->value.data);
}

/* Believes the sink: the fuzz target and the gate's tests don't. */
static void
read_records(struct run *run, const struct gbx_sink_block *b)
{
	const uint8_t *p = run->out + b->offset;
	Gbx__Wire__Record *r;
	size_t n, size = 0;
	uint32_t i;
	FILE *f;

	f = must(open_memstream(&run->properties, &size));
	for (i = 0; i < b->records; i++) {
		n = *p & 0x7f;
		if (*p++ & 0x80)
			n |= (size_t)*p++ << 7;
		r = must(gbx__wire__record__unpack(NULL, n, p));
		note_record(run, r, f);
		gbx__wire__record__free_unpacked(r, NULL);
		p += n;
	}
	fclose(f);
}

uint32_t
run_bytes(struct run *run, const void *data, size_t n)
{
	/* Memory of exactly its size, so that a sanitizer sees its end. */
	uint8_t *copy = must(malloc(n ? n : 1));
	const struct gbx_sink_block *b = run->sink.block;

	if (n > 0)
		memcpy(copy, data, n);
	run->task.data = copy;
	run->task.size = n;
	gbx_arena_forget_exhausted();
	gbx_sink_open(&run->sink, &run->task, run->out, run->out_size, 0);
	gbx_sink_close(&run->sink, gbx_parser.run(&run->task, &run->sink));
	free(copy);
	run->task.data = NULL;
	if (run->sink.n_blocks > 0)
		run->text =
		    must(strndup((char *)run->out + b[0].offset, b[0].length));
	if (run->sink.n_blocks > 1)
		read_records(run, &b[1]);
	return run->sink.status;
}

uint32_t
run_zip(struct run *run, struct mkzip *z)
{
	uint32_t status;

	mkzip_end(z);
	status = run_bytes(run, z->out.p, z->out.n);
	mkzip_free(z);
	return status;
}

void
run_free(struct run *run)
{
	free(run->out);
	free(run->text);
	free(run->properties);
	memset(run, 0, sizeof(*run));
}
