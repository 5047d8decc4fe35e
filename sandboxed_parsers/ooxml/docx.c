/* SPDX-License-Identifier: ISC */
/*
 * WordprocessingML: the body, then what stands beside it.
 * Side: hostile.
 */
#include "sandboxed_parsers/ooxml/document.h"

static const struct {
	enum gbx_ooxml_rel_kind kind;
	enum gbx_ooxml_story story;
} order[] = {
    {GBX_REL_HEADER, GBX_STORY_HEADER},
    {GBX_REL_FOOTER, GBX_STORY_HEADER},
    {GBX_REL_FOOTNOTES, GBX_STORY_NOTE},
    {GBX_REL_ENDNOTES, GBX_STORY_NOTE},
    {GBX_REL_COMMENTS, GBX_STORY_COMMENT},
};

struct word {
	struct gbx_zip *zip;
	struct gbx_ooxml_rels rels; /* of the main part */
	struct gbx_ooxml_lists *lists;
};

/* A part that is not there is missed only if the text refers to it: some
 * writers keep relationships to headers that they never made. */
static bool
is_missed(const struct word *w, const struct gbx_ooxml_rel *rel)
{
	return rel->used || (w->rels.refers >> rel->kind & 1) != 0;
}

/* All parts of one kind, in the order of the relationships. */
static enum gbx_wire_status
read_kind(struct word *w, size_t k)
{
	const struct gbx_ooxml_source source = {
	    .lists = w->lists, .story = order[k].story};
	enum gbx_wire_status status = GBX_WIRE_OK;
	size_t i;

	for (i = 0; i < w->rels.n && status == GBX_WIRE_OK; i++) {
		const struct gbx_ooxml_rel *rel = &w->rels.rel[i];

		if (rel->kind != order[k].kind)
			continue;
		if (rel->member != NULL)
			status = gbx_ooxml_part_text(
			    w->zip, rel->member, source, NULL);
		else if (is_missed(w, rel))
			gbx_sink_degraded(w->zip->sink);
	}
	return status;
}

static struct gbx_zip_member *
part_of(const struct gbx_ooxml_rels *rels, enum gbx_ooxml_rel_kind kind)
{
	const struct gbx_ooxml_rel *rel = gbx_ooxml_rels_first(rels, kind);

	return rel == NULL ? NULL : rel->member;
}

static enum gbx_wire_status
read_document(struct word *w, struct gbx_zip_member *m,
    const struct gbx_ooxml_name *main_part)
{
	struct gbx_ooxml_source source = {
	    .root_ns = GBX_NS_W, .root = "document", .rels = &w->rels};
	enum gbx_wire_status status;
	size_t k;

	status = gbx_ooxml_rels_read(w->zip, main_part, &w->rels);
	if (status != GBX_WIRE_OK)
		return status;
	gbx_ooxml_lists_read(w->zip, part_of(&w->rels, GBX_REL_NUMBERING),
	    part_of(&w->rels, GBX_REL_STYLES), &w->lists);
	source.lists = w->lists;
	status = gbx_ooxml_part_text(w->zip, m, source, NULL);
	for (k = 0; k < sizeof(order) / sizeof(order[0]); k++)
		if (status == GBX_WIRE_OK)
			status = read_kind(w, k);
	return status;
}

enum gbx_wire_status
gbx_ooxml_docx(struct gbx_zip *zip, struct gbx_zip_member *m,
    const struct gbx_ooxml_name *main_part)
{
	struct word w = {.zip = zip};
	enum gbx_wire_status status;

	/* How many pages there are only a layout engine could say. */
	if (zip->task->op == GBX_WIRE_OP_PROBE)
		return GBX_WIRE_OK;
	status = read_document(&w, m, main_part);
	gbx_ooxml_lists_free(w.lists);
	gbx_ooxml_rels_free(&w.rels);
	return status;
}
