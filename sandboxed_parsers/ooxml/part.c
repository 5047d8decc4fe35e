/* SPDX-License-Identifier: ISC */
/*
 * A part with what belongs to it: its relationships before its text, its
 * charts and diagrams behind it.
 * Side: hostile.
 */
#include "sandboxed_parsers/ooxml/text.h"

/* One that is missing or broken costs its own text, which is said. */
static void
read_figure(struct gbx_zip *zip, const struct gbx_ooxml_rel *rel)
{
	const struct gbx_ooxml_source source = {
	    .root_ns = rel->kind == GBX_REL_CHART ? GBX_NS_C : GBX_NS_D,
	    .root = rel->kind == GBX_REL_CHART ? "chartSpace" : "dataModel",
	    .story = GBX_STORY_BOX,
	};

	if (rel->member == NULL ||
	    gbx_ooxml_text_read(zip, rel->member, &source) != GBX_WIRE_OK)
		gbx_sink_degraded(zip->sink);
}

enum gbx_wire_status
gbx_ooxml_part_text(struct gbx_zip *zip, struct gbx_zip_member *m,
    struct gbx_ooxml_source source, struct gbx_ooxml_rels *ret_rels)
{
	struct gbx_ooxml_rels own = {0};
	struct gbx_ooxml_rels *rels = source.rels != NULL ? source.rels
				      : ret_rels != NULL  ? ret_rels
							  : &own;
	enum gbx_wire_status status = GBX_WIRE_OK;
	struct gbx_ooxml_name name;
	size_t i;

	if (m->marks & GBX_ZIP_TAKEN)
		return GBX_WIRE_OK;
	if (source.rels == NULL && gbx_ooxml_name_of(zip, m, &name))
		status = gbx_ooxml_rels_read(zip, &name, rels);
	source.rels = rels;
	if (status == GBX_WIRE_OK)
		status = gbx_ooxml_text_read(zip, m, &source);
	if (status == GBX_WIRE_OK && !gbx_ooxml_rels_tell_links(zip, rels))
		status = GBX_WIRE_MALFORMED;
	for (i = 0; status == GBX_WIRE_OK && i < rels->n; i++)
		if (rels->rel[i].kind == GBX_REL_CHART ||
		    rels->rel[i].kind == GBX_REL_DIAGRAM)
			read_figure(zip, &rels->rel[i]);
	gbx_ooxml_rels_free(&own);
	return status;
}
