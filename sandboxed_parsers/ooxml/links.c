/* SPDX-License-Identifier: ISC */
/*
 * Links: where they go, with the text that they are on.
 * Side: hostile. A target is told and never looked at.
 */
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/ooxml/records.h"
#include "sandboxed_parsers/ooxml/state.h"

static char *
with_anchor(const char *target, const char *anchor)
{
	size_t n = strlen(target), m = anchor == NULL ? 0 : strlen(anchor);
	char *p = malloc(n + m + 2);

	if (p == NULL)
		return NULL;
	memcpy(p, target, n);
	if (m > 0) {
		p[n++] = '#';
		memcpy(p + n, anchor, m);
	}
	p[n + m] = '\0';
	return p;
}

bool
gbx_ooxml_link_open(
    struct gbx_ooxml_text *t, const char *target, const char *anchor)
{
	struct gbx_ooxml_link *l;

	if (t->n_link >= GBX_LINKS_MAX) {
		t->n_link++;
		return target == NULL ||
		       gbx_ooxml_record_link(t->zip->sink, target, "", 0);
	}
	if (t->link == NULL)
		t->link = calloc(GBX_LINKS_MAX, sizeof(*t->link));
	if (t->link == NULL)
		return gbx_sink_limit(t->zip->sink, GBX_WIRE_LIMIT_MEMORY);
	l = &t->link[t->n_link++];
	l->n = 0;
	l->target = NULL;
	if (target == NULL)
		return true;
	l->target = with_anchor(target, anchor);
	return l->target != NULL ||
	       gbx_sink_limit(t->zip->sink, GBX_WIRE_LIMIT_MEMORY);
}

bool
gbx_ooxml_link_close(struct gbx_ooxml_text *t)
{
	struct gbx_ooxml_link *l;
	bool ok = true;

	if (t->n_link == 0 || t->n_link-- > GBX_LINKS_MAX)
		return true;
	l = &t->link[t->n_link];
	if (l->target != NULL)
		ok = gbx_ooxml_record_link(
		    t->zip->sink, l->target, l->text, l->n);
	free(l->target);
	l->target = NULL;
	return ok;
}

const char *
gbx_ooxml_link_target(
    struct gbx_ooxml_text *t, const struct gbx_xml_element *el)
{
	const char *id = gbx_xml_attr(el, GBX_NS_R, "id");
	struct gbx_ooxml_rel *rel;

	if (id == NULL || *id == '\0' || t->rels == NULL)
		return NULL;
	rel = gbx_ooxml_rels_find(t->zip, t->rels, GBX_REL_HYPERLINK, id);
	if (rel == NULL)
		return NULL;
	rel->used = true;
	return rel->target;
}

void
gbx_ooxml_link_text(struct gbx_ooxml_text *t, const char *s, size_t n)
{
	struct gbx_ooxml_link *l;
	size_t i, m;

	for (i = 0; i < t->n_link && i < GBX_LINKS_MAX; i++) {
		l = &t->link[i];
		m = sizeof(l->text) - l->n;
		if (m > n)
			m = n;
		memcpy(l->text + l->n, s, m); /* the sink cuts characters */
		l->n += m;
	}
}
