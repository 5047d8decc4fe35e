/* SPDX-License-Identifier: ISC */
/*
 * A ZIP archive as a container, whatever it holds: its members, and one of
 * them. Side: hostile.
 */
#include "sandboxed_parsers/ooxml/archive.h"
#include "sandboxed_parsers/runtime/hash.h"

static bool
has_types(struct gbx_zip *zip)
{
	static const char name[] = "[Content_Types].xml";

	return gbx_zip_find(zip, gbx_siphash(zip->task->salt, name,
				     sizeof(name) - 1)) != NULL;
}

/* A package keeps the name of its format; what can't be read as one is an
 * archive all the same. */
static enum gbx_format
format_of(struct gbx_zip *zip)
{
	enum gbx_format format = GBX_FORMAT_NONE;

	if (has_types(zip))
		format = gbx_ooxml_format(zip->task, zip->sink);
	return format != GBX_FORMAT_NONE ? format : GBX_FORMAT_ZIP;
}

enum gbx_wire_status
gbx_ooxml_archive(const struct gbx_task *task, struct gbx_sink *sink)
{
	static const struct gbx_zip_how listed = {.check = true};
	static const struct gbx_zip_how given = {.check = false};
	bool list = task->op == GBX_WIRE_OP_LIST;
	enum gbx_wire_status status;
	struct gbx_zip zip;

	status = gbx_zip_open(&zip, task, sink, list ? &listed : &given);
	if (status == GBX_WIRE_OK) {
		gbx_sink_format(sink, format_of(&zip));
		status =
		    list ? gbx_zip_list(&zip) : gbx_zip_give(&zip, task->first);
	}
	gbx_zip_close(&zip);
	return status;
}
