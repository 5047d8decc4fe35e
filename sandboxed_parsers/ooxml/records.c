/* SPDX-License-Identifier: ISC */
/* Targets as records. Side: hostile. */
#include <string.h>

#include "sandboxed_parsers/ooxml/records.h"

/* Kept free for properties and flags: a document of many links is no reason to
 * refuse its text. */
#define KEPT_FREE 64

static bool
is_room(struct gbx_sink *sink, uint32_t n)
{
	if (gbx_sink_records_left(sink) >= KEPT_FREE + n)
		return true;
	gbx_sink_flag(sink, GBX_WIRE_FLAG_TEXT_ELSEWHERE);
	return false;
}

bool
gbx_ooxml_record_link(
    struct gbx_sink *sink, const char *target, const char *text, size_t n)
{
	if (!is_room(sink, 2))
		return true;
	return gbx_sink_property(sink, "link", target, strlen(target)) &&
	       gbx_sink_detail(sink, "link-text", text, n);
}

bool
gbx_ooxml_record_external(struct gbx_sink *sink, const char *value, size_t n)
{
	if (!is_room(sink, 1))
		return true;
	return gbx_sink_property(sink, "external", value, n);
}
