/* SPDX-License-Identifier: ISC */
/*
 * Office Open XML: text, properties and flags of DOCX and PPTX; and any ZIP
 * archive as a container (archive.c).
 * Side: hostile. Reads parts that relationships lead to, and nothing outside
 * the package.
 */
#include "sandboxed_parsers/ooxml/archive.h"
#include "sandboxed_parsers/ooxml/document.h"
#include "sandboxed_parsers/ooxml/props.h"
#include "sandboxed_parsers/ooxml/samples.h"
#include "sandboxed_parsers/ooxml/types.h"

struct package {
	struct gbx_zip zip;
	struct gbx_ooxml_rels rels;
	struct gbx_zip_member *main_part;
	struct gbx_ooxml_name main_name;
	enum gbx_format format;
	bool plain; /* no package: an archive of something else */
};

/* A ZIP that has neither of the two fixed names is another kind of archive,
 * and no guess is made. */
static enum gbx_wire_status
find_main(struct package *p)
{
	static const struct gbx_ooxml_name root;
	const struct gbx_ooxml_rel *rel;
	enum gbx_wire_status status;

	status = gbx_ooxml_rels_read(&p->zip, &root, &p->rels);
	if (status != GBX_WIRE_OK)
		return status;
	rel = gbx_ooxml_rels_first(&p->rels, GBX_REL_DOCUMENT);
	if (rel == NULL)
		return GBX_WIRE_UNSUPPORTED;
	if (rel->member == NULL ||
	    !gbx_ooxml_name_of(&p->zip, rel->member, &p->main_name))
		return GBX_WIRE_MALFORMED;
	p->main_part = rel->member;
	return GBX_WIRE_OK;
}

static enum gbx_wire_status
find_format(struct package *p)
{
	struct gbx_zip_member *types;
	struct gbx_ooxml_name name;
	enum gbx_wire_status status;

	gbx_ooxml_name_set(&name, "[content_types].xml");
	types = gbx_ooxml_find(&p->zip, &name);
	p->plain = types == NULL;
	if (p->plain)
		return GBX_WIRE_UNSUPPORTED;
	status = find_main(p);
	if (status == GBX_WIRE_OK)
		status = gbx_ooxml_types_read(
		    &p->zip, types, &p->main_name, &p->format);
	if (status == GBX_WIRE_OK && p->format == GBX_FORMAT_NONE)
		status = GBX_WIRE_UNSUPPORTED;
	return status;
}

static enum gbx_wire_status
read_props(struct package *p, enum gbx_ooxml_rel_kind kind)
{
	const struct gbx_ooxml_rel *rel = gbx_ooxml_rels_first(&p->rels, kind);

	if (rel == NULL || rel->member == NULL)
		return GBX_WIRE_OK;
	return gbx_ooxml_props_read(&p->zip, rel->member);
}

static enum gbx_wire_status
read_document(struct package *p)
{
	enum gbx_wire_status status;

	gbx_sink_format(p->zip.sink, p->format);
	if (p->format == GBX_FORMAT_DOCX)
		status = gbx_ooxml_docx(&p->zip, p->main_part, &p->main_name);
	else
		status = gbx_ooxml_pptx(&p->zip, p->main_part, &p->main_name);
	if (status != GBX_WIRE_OK || !gbx_sink_wants_records(p->zip.sink))
		return status;
	status = read_props(p, GBX_REL_CORE);
	if (status == GBX_WIRE_OK)
		status = read_props(p, GBX_REL_APP);
	if (status == GBX_WIRE_OK && p->zip.task->op == GBX_WIRE_OP_TEXT)
		gbx_ooxml_rels_sweep(&p->zip);
	return status;
}

/* It has no text, but it can be told how many members there are. */
static enum gbx_wire_status
read_plain(struct package *p)
{
	gbx_sink_format(p->zip.sink, GBX_FORMAT_ZIP);
	if (p->zip.task->op != GBX_WIRE_OP_PROBE)
		return GBX_WIRE_UNSUPPORTED;
	return gbx_sink_total(p->zip.sink, (uint32_t)p->zip.n)
		   ? GBX_WIRE_OK
		   : GBX_WIRE_MALFORMED;
}

static void
close_package(struct package *p)
{
	gbx_ooxml_rels_free(&p->rels);
	gbx_zip_close(&p->zip);
}

enum gbx_format
gbx_ooxml_format(const struct gbx_task *task, struct gbx_sink *sink)
{
	enum gbx_format format = GBX_FORMAT_NONE;
	struct package p = {0};

	if (gbx_ooxml_open(&p.zip, task, sink) == GBX_WIRE_OK &&
	    find_format(&p) == GBX_WIRE_OK)
		format = p.format;
	close_package(&p);
	return format;
}

static enum gbx_wire_status
run(const struct gbx_task *task, struct gbx_sink *sink)
{
	struct package p = {0};
	enum gbx_wire_status status;

	if (task->op == GBX_WIRE_OP_LIST || task->op == GBX_WIRE_OP_EXTRACT)
		return gbx_ooxml_archive(task, sink);
	if (task->op != GBX_WIRE_OP_PROBE && task->op != GBX_WIRE_OP_TEXT)
		return GBX_WIRE_UNSUPPORTED;
	status = gbx_ooxml_open(&p.zip, task, sink);
	if (status == GBX_WIRE_OK)
		status = find_format(&p);
	if (status == GBX_WIRE_OK)
		status = read_document(&p);
	else if (p.plain)
		status = read_plain(&p);
	close_package(&p);
	return status;
}

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_OOXML,
    .run = run,
    .samples = gbx_ooxml_samples,
    .n_samples = GBX_OOXML_SAMPLES,
};
