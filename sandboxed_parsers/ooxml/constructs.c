/* SPDX-License-Identifier: ISC */
/* The table of constructs. Side: hostile. */
#include <string.h>

#include "sandboxed_parsers/ooxml/constructs.h"

struct gbx_ooxml_construct gbx_ooxml_constructs[] = {
#define GBX_CONSTRUCT(ns, name, action) {GBX_NS_##ns, #name, GBX_DO_##action},
#include "sandboxed_parsers/ooxml/constructs.def"
#undef GBX_CONSTRUCT
};

const size_t gbx_ooxml_n_constructs =
    sizeof(gbx_ooxml_constructs) / sizeof(gbx_ooxml_constructs[0]);

enum gbx_ooxml_action
gbx_ooxml_action_of(const struct gbx_xml_element *el)
{
	const struct gbx_ooxml_construct *c = gbx_ooxml_constructs;
	size_t i;

	for (i = 0; i < gbx_ooxml_n_constructs; i++, c++)
		if (c->ns == el->ns && c->name[0] == el->name[0] &&
		    strcmp(c->name, el->name) == 0)
			return c->action;
	return GBX_DO_PASS;
}
