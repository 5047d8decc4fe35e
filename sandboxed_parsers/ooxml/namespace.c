/* SPDX-License-Identifier: ISC */
/*
 * Which vocabulary a namespace stands for.
 * Side: hostile.
 */
#include <string.h>

#include "sandboxed_parsers/ooxml/namespace.h"

#define OOXML  "http://schemas.openxmlformats.org/"
#define STRICT "http://purl.oclc.org/ooxml/"

static const struct {
	const char *uri;
	enum gbx_ooxml_ns ns;
} known[] = {
    {OOXML "wordprocessingml/2006/main", GBX_NS_W},
    {OOXML "drawingml/2006/main", GBX_NS_A},
    {OOXML "presentationml/2006/main", GBX_NS_P},
    {OOXML "officeDocument/2006/math", GBX_NS_M},
    {OOXML "drawingml/2006/chart", GBX_NS_C},
    {OOXML "drawingml/2006/diagram", GBX_NS_D},
    {"urn:schemas-microsoft-com:vml", GBX_NS_V},
    {OOXML "officeDocument/2006/relationships", GBX_NS_R},
    {OOXML "officeDocument/2006/extended-properties", GBX_NS_APP},
    {OOXML "markup-compatibility/2006", GBX_NS_MC},
    {OOXML "package/2006/content-types", GBX_NS_TYPES},
    {OOXML "package/2006/relationships", GBX_NS_RELS},
    {OOXML "package/2006/metadata/core-properties", GBX_NS_CORE},
    {STRICT "wordprocessingml/main", GBX_NS_W},
    {STRICT "drawingml/main", GBX_NS_A},
    {STRICT "presentationml/main", GBX_NS_P},
    {STRICT "officeDocument/math", GBX_NS_M},
    {STRICT "drawingml/chart", GBX_NS_C},
    {STRICT "drawingml/diagram", GBX_NS_D},
    {STRICT "officeDocument/relationships", GBX_NS_R},
    {STRICT "officeDocument/extendedProperties", GBX_NS_APP},
    {"http://purl.org/dc/elements/1.1/", GBX_NS_DC},
    {"http://purl.org/dc/terms/", GBX_NS_TERMS},
};

/* Everything that Office programs define; what is elsewhere they ignore. */
static const char *const office[] = {
    OOXML,
    STRICT,
    "http://schemas.microsoft.com/",
    "urn:schemas-microsoft-com:",
};

uint32_t
gbx_ooxml_ns_of(const char *uri, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i].uri) == n &&
		    memcmp(known[i].uri, uri, n) == 0)
			return known[i].ns;
	for (i = 0; i < sizeof(office) / sizeof(office[0]); i++)
		if (n >= strlen(office[i]) &&
		    memcmp(office[i], uri, strlen(office[i])) == 0)
			return GBX_NS_OFFICE;
	return GBX_NS_UNKNOWN;
}
