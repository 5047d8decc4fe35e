/* SPDX-License-Identifier: ISC */
/*
 * PresentationML: the slides in the order of the presentation, each followed
 * by its notes.
 * Side: hostile.
 */
#include <stdlib.h>

#include "sandboxed_parsers/ooxml/document.h"

struct deck {
	struct gbx_zip *zip;
	struct gbx_ooxml_rels rels;    /* of the presentation */
	struct gbx_zip_member **slide; /* NULL: missing */
	uint32_t n, room;
	bool in_list;
};

static bool
add_slide(struct deck *d, struct gbx_zip_member *m)
{
	uint32_t room = d->room > 0 ? d->room * 2 : 32;
	struct gbx_zip_member **p;

	if (d->n >= d->zip->task->limit[GBX_WIRE_LIMIT_PAGES])
		return gbx_sink_limit(d->zip->sink, GBX_WIRE_LIMIT_PAGES);
	if (d->n == d->room) {
		p = realloc(d->slide, room * sizeof(*p));
		if (p == NULL)
			return gbx_sink_limit(
			    d->zip->sink, GBX_WIRE_LIMIT_MEMORY);
		d->slide = p;
		d->room = room;
	}
	d->slide[d->n++] = m;
	return true;
}

static enum gbx_xml_go
on_start(void *ctx, const struct gbx_xml_element *el)
{
	const struct gbx_ooxml_rel *rel = NULL;
	struct deck *d = ctx;
	const char *id;

	if (gbx_xml_is(el, GBX_NS_P, "presentation") ||
	    gbx_xml_is(el, GBX_NS_P, "sldIdLst"))
		return GBX_GO;
	if (el->depth != 3 || !gbx_xml_is(el, GBX_NS_P, "sldId"))
		return GBX_SKIP;
	id = gbx_xml_attr(el, GBX_NS_R, "id");
	if (id != NULL)
		rel = gbx_ooxml_rels_find(d->zip, &d->rels, GBX_REL_SLIDE, id);
	return add_slide(d, rel ? rel->member : NULL) ? GBX_SKIP : GBX_STOP;
}

static const struct gbx_ooxml_handler handler = {
    .root_ns = GBX_NS_P,
    .root = "presentation",
    .start = on_start,
};

static enum gbx_wire_status
read_notes(struct gbx_zip *zip, const struct gbx_ooxml_rels *rels)
{
	const struct gbx_ooxml_source source = {
	    .root_ns = GBX_NS_P, .root = "notes"};
	enum gbx_wire_status status = GBX_WIRE_OK;
	size_t i;

	for (i = 0; i < rels->n && status == GBX_WIRE_OK; i++) {
		if (rels->rel[i].kind != GBX_REL_NOTES)
			continue;
		if (rels->rel[i].member == NULL)
			gbx_sink_degraded(zip->sink);
		else
			status = gbx_ooxml_part_text(
			    zip, rels->rel[i].member, source, NULL);
	}
	return status;
}

/* Comments, old and new. What can't be read is said, and costs no more. */
static void
read_comments(struct gbx_zip *zip, const struct gbx_ooxml_rels *rels)
{
	const struct gbx_ooxml_source source = {.root_ns = GBX_NS_NONE};
	size_t i;

	for (i = 0; i < rels->n; i++) {
		if (rels->rel[i].kind != GBX_REL_COMMENTS)
			continue;
		if (rels->rel[i].member == NULL ||
		    gbx_ooxml_text_read(zip, rels->rel[i].member, &source) !=
			GBX_WIRE_OK)
			gbx_sink_degraded(zip->sink);
	}
}

static enum gbx_wire_status
read_slide(struct gbx_zip *zip, struct gbx_zip_member *m)
{
	const struct gbx_ooxml_source source = {
	    .root_ns = GBX_NS_P, .root = "sld"};
	struct gbx_ooxml_rels rels = {0};
	enum gbx_wire_status status;

	/* Missing, or in the list twice. */
	if (m == NULL || m->marks & GBX_ZIP_TAKEN) {
		gbx_sink_degraded(zip->sink);
		return GBX_WIRE_OK;
	}
	status = gbx_ooxml_part_text(zip, m, source, &rels);
	if (status == GBX_WIRE_OK)
		status = read_notes(zip, &rels);
	if (status == GBX_WIRE_OK)
		read_comments(zip, &rels);
	gbx_ooxml_rels_free(&rels);
	return status;
}

static enum gbx_wire_status
read_deck(struct deck *d)
{
	enum gbx_wire_status status = GBX_WIRE_OK;
	uint32_t i;

	if (!gbx_sink_total(d->zip->sink, d->n))
		return GBX_WIRE_MALFORMED;
	if (d->zip->task->op == GBX_WIRE_OP_PROBE)
		return GBX_WIRE_OK;
	for (i = 0; i < d->n && status == GBX_WIRE_OK; i++)
		status = read_slide(d->zip, d->slide[i]);
	return status;
}

enum gbx_wire_status
gbx_ooxml_pptx(struct gbx_zip *zip, struct gbx_zip_member *m,
    const struct gbx_ooxml_name *main_part)
{
	struct deck d = {.zip = zip};
	enum gbx_wire_status status;

	status = gbx_ooxml_rels_read(zip, main_part, &d.rels);
	if (status == GBX_WIRE_OK)
		status = gbx_ooxml_xml_read(zip, m, &handler, &d);
	if (status == GBX_WIRE_OK)
		status = read_deck(&d);
	gbx_ooxml_rels_free(&d.rels);
	free(d.slide);
	return status;
}
