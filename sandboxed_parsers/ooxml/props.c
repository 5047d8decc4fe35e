/* SPDX-License-Identifier: ISC */
/*
 * Properties: children of the root whose name is in the table, with all the
 * text inside them. What a file claims; nothing here is checked against it.
 * Side: hostile.
 */
#include <string.h>

#include "sandboxed_parsers/ooxml/props.h"

static const struct {
	enum gbx_ooxml_ns ns;
	const char *name, *record;
} known[] = {
    {GBX_NS_DC, "title", "title"},
    {GBX_NS_DC, "creator", "author"},
    {GBX_NS_DC, "subject", "subject"},
    {GBX_NS_DC, "description", "description"},
    {GBX_NS_DC, "language", "language"},
    {GBX_NS_DC, "identifier", "identifier"},
    {GBX_NS_TERMS, "created", "created"},
    {GBX_NS_TERMS, "modified", "modified"},
    {GBX_NS_CORE, "keywords", "keywords"},
    {GBX_NS_CORE, "category", "category"},
    {GBX_NS_CORE, "contentStatus", "status"},
    {GBX_NS_CORE, "lastModifiedBy", "last-modified-by"},
    {GBX_NS_CORE, "lastPrinted", "last-printed"},
    {GBX_NS_CORE, "revision", "revision"},
    {GBX_NS_CORE, "version", "version"},
    {GBX_NS_APP, "Application", "application"},
    {GBX_NS_APP, "AppVersion", "application-version"},
    {GBX_NS_APP, "Company", "company"},
    {GBX_NS_APP, "Manager", "manager"},
    {GBX_NS_APP, "Template", "template"},
    {GBX_NS_APP, "Pages", "pages"},
    {GBX_NS_APP, "Words", "words"},
    {GBX_NS_APP, "Characters", "characters"},
    {GBX_NS_APP, "Lines", "lines"},
    {GBX_NS_APP, "Paragraphs", "paragraphs"},
    {GBX_NS_APP, "Slides", "slides"},
    {GBX_NS_APP, "Notes", "notes"},
    {GBX_NS_APP, "HiddenSlides", "hidden-slides"},
    {GBX_NS_APP, "TotalTime", "total-time"},
};

struct reader {
	struct gbx_sink *sink;
	const char *record; /* the property being read; NULL: none */
	char value[GBX_VALUE_MAX];
	size_t n;
};

static enum gbx_xml_go
on_start(void *ctx, const struct gbx_xml_element *el)
{
	struct reader *r = ctx;
	size_t i;

	if (el->depth != 2)
		return GBX_GO;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (!gbx_xml_is(el, known[i].ns, known[i].name))
			continue;
		r->record = known[i].record;
		r->n = 0;
		return GBX_GO;
	}
	return GBX_SKIP;
}

static enum gbx_xml_go
on_end(void *ctx, const struct gbx_xml_element *el)
{
	struct reader *r = ctx;
	bool ok = true;

	if (el->depth == 2 && r->record != NULL) {
		ok = gbx_sink_property(r->sink, r->record, r->value, r->n);
		r->record = NULL;
	}
	return ok ? GBX_GO : GBX_STOP;
}

static enum gbx_xml_go
on_text(void *ctx, const char *s, size_t n)
{
	struct reader *r = ctx;

	if (r->record == NULL)
		return GBX_GO;
	if (n > sizeof(r->value) - r->n) {
		n = sizeof(r->value) - r->n;
		while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
			n--; /* cut no character */
	}
	memcpy(r->value + r->n, s, n);
	r->n += n;
	return GBX_GO;
}

static const struct gbx_ooxml_handler handler = {
    .root_ns = GBX_NS_NONE,
    .start = on_start,
    .end = on_end,
    .text = on_text,
};

enum gbx_wire_status
gbx_ooxml_props_read(struct gbx_zip *zip, struct gbx_zip_member *m)
{
	struct reader r = {.sink = zip->sink};

	if (m->marks & GBX_ZIP_TAKEN)
		return GBX_WIRE_OK;
	return gbx_ooxml_xml_read(zip, m, &handler, &r);
}
