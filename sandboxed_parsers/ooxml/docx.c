/* SPDX-License-Identifier: ISC */
/*
 * WordprocessingML: the body, then what stands beside it.
 * Side: hostile.
 */
#include "sandboxed_parsers/ooxml/document.h"

static const enum gbx_ooxml_rel_kind order[] = {GBX_REL_HEADER, GBX_REL_FOOTER,
    GBX_REL_FOOTNOTES, GBX_REL_ENDNOTES, GBX_REL_COMMENTS};

/* All parts of one kind, in the order of the relationships. */
static enum gbx_wire_status
read_kind(struct gbx_ooxml_zip *zip, const struct gbx_ooxml_rels *rels,
    enum gbx_ooxml_rel_kind kind)
{
	enum gbx_wire_status status = GBX_WIRE_OK;
	size_t i;

	for (i = 0; i < rels->n && status == GBX_WIRE_OK; i++) {
		if (rels->rel[i].kind != kind)
			continue;
		if (rels->rel[i].member == NULL)
			gbx_sink_degraded(zip->sink); /* it is missing */
		else
			status = gbx_ooxml_text_read(
			    zip, rels->rel[i].member, GBX_NS_NONE, NULL);
	}
	return status;
}

enum gbx_wire_status
gbx_ooxml_docx(struct gbx_ooxml_zip *zip, struct gbx_ooxml_member *m,
    const struct gbx_ooxml_name *main_part)
{
	struct gbx_ooxml_rels rels = {0};
	enum gbx_wire_status status;
	size_t i;

	/* How many pages there are only a layout engine could say. */
	if (zip->task->op == GBX_WIRE_OP_PROBE)
		return GBX_WIRE_OK;
	status = gbx_ooxml_text_read(zip, m, GBX_NS_W, "document");
	if (status == GBX_WIRE_OK)
		status = gbx_ooxml_rels_read(zip, main_part, &rels);
	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (status == GBX_WIRE_OK)
			status = read_kind(zip, &rels, order[i]);
	gbx_ooxml_rels_free(&rels);
	return status;
}
