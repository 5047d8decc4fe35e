/* SPDX-License-Identifier: ISC */
/*
 * Content types (ECMA-376 part 2, 6.2.3 and 7.3.7): an Override by name goes
 * before a Default by suffix.
 * Side: hostile.
 */
#include <string.h>

#include "sandboxed_parsers/ooxml/types.h"

#define OOXML "application/vnd.openxmlformats-officedocument."

static const struct {
	const char *type;
	enum gbx_format format;
} mains[] = {
    {OOXML "wordprocessingml.document.main+xml", GBX_FORMAT_DOCX},
    {OOXML "wordprocessingml.template.main+xml", GBX_FORMAT_DOCX},
    {"application/vnd.ms-word.document.macroEnabled.main+xml", GBX_FORMAT_DOCX},
    {"application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
	GBX_FORMAT_DOCX},
    {OOXML "presentationml.presentation.main+xml", GBX_FORMAT_PPTX},
    {OOXML "presentationml.slideshow.main+xml", GBX_FORMAT_PPTX},
    {OOXML "presentationml.template.main+xml", GBX_FORMAT_PPTX},
    {"application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
	GBX_FORMAT_PPTX},
    {"application/vnd.ms-powerpoint.slideshow.macroEnabled.main+xml",
	GBX_FORMAT_PPTX},
    {"application/vnd.ms-powerpoint.template.macroEnabled.main+xml",
	GBX_FORMAT_PPTX},
    {"application/vnd.ms-powerpoint.addin.macroEnabled.main+xml",
	GBX_FORMAT_PPTX},
};

struct reader {
	struct gbx_zip *zip;
	uint64_t main_part; /* hash of its name */
	const char *suffix; /* of the main part */
	size_t suffix_len;
	bool overridden;
	enum gbx_format format;
};

static enum gbx_format
format_of(const char *type)
{
	size_t i;

	for (i = 0; i < sizeof(mains) / sizeof(mains[0]); i++)
		if (gbx_ooxml_same(type, mains[i].type))
			return mains[i].format;
	return GBX_FORMAT_NONE;
}

static void
raise_flags(struct gbx_sink *sink, const char *type)
{
	if (gbx_ooxml_contains(type, "macroEnabled") ||
	    gbx_ooxml_contains(type, "vbaProject"))
		gbx_sink_flag(sink, GBX_WIRE_FLAG_MACROS);
	if (gbx_ooxml_contains(type, "activeX"))
		gbx_sink_flag(sink, GBX_WIRE_FLAG_EMBEDDED);
}

static bool
is_main(const struct reader *r, const char *part)
{
	static const struct gbx_ooxml_name root;
	struct gbx_ooxml_name name;
	const uint8_t *salt = r->zip->task->salt;

	if (!gbx_ooxml_name_resolve(&root, part, &name))
		return false;
	if (gbx_ooxml_name_hash(salt, &name) == r->main_part)
		return true;
	return gbx_ooxml_name_decode(&name) &&
	       gbx_ooxml_name_hash(salt, &name) == r->main_part;
}

static bool
is_suffix(const struct reader *r, const char *extension)
{
	return r->suffix_len == strlen(extension) &&
	       gbx_ooxml_starts(extension, r->suffix);
}

static enum gbx_xml_go
on_start(void *ctx, const struct gbx_xml_element *el)
{
	struct reader *r = ctx;
	const char *type = gbx_xml_attr(el, GBX_NS_NONE, "ContentType");
	const char *part = gbx_xml_attr(el, GBX_NS_NONE, "PartName");
	const char *ext = gbx_xml_attr(el, GBX_NS_NONE, "Extension");

	if (el->depth == 1)
		return GBX_GO;
	if (el->ns != GBX_NS_TYPES || type == NULL)
		return GBX_SKIP;
	raise_flags(r->zip->sink, type);
	if (strcmp(el->name, "Override") == 0 && part != NULL &&
	    is_main(r, part)) {
		if (r->overridden && format_of(type) != r->format)
			gbx_sink_flag(r->zip->sink, GBX_WIRE_FLAG_AMBIGUOUS);
		r->overridden = true;
		r->format = format_of(type);
	} else if (strcmp(el->name, "Default") == 0 && ext != NULL &&
		   !r->overridden && is_suffix(r, ext)) {
		r->format = format_of(type);
	}
	return GBX_GO;
}

static const struct gbx_ooxml_handler handler = {
    .root_ns = GBX_NS_TYPES,
    .root = "Types",
    .start = on_start,
};

enum gbx_wire_status
gbx_ooxml_types_read(struct gbx_zip *zip, struct gbx_zip_member *types,
    const struct gbx_ooxml_name *main_part, enum gbx_format *ret_format)
{
	struct reader r = {
	    .zip = zip,
	    .main_part = gbx_ooxml_name_hash(zip->task->salt, main_part),
	};
	char suffix[16] = "";
	size_t n = main_part->n;
	enum gbx_wire_status status;

	while (
	    n > 0 && main_part->s[n - 1] != '.' && main_part->s[n - 1] != '/')
		n--;
	if (n > 0 && main_part->s[n - 1] == '.' &&
	    main_part->n - n < sizeof(suffix)) {
		r.suffix_len = main_part->n - n;
		memcpy(suffix, main_part->s + n, r.suffix_len);
	}
	r.suffix = suffix;
	status = gbx_ooxml_xml_read(zip, types, &handler, &r);
	*ret_format = r.format;
	return status;
}
