/* SPDX-License-Identifier: ISC */
/*
 * The package: what names of members mean, and parts by their names.
 * Side: hostile.
 */
#include "sandboxed_parsers/ooxml/package.h"

static uint16_t
marks_of(const struct gbx_ooxml_name *name)
{
	uint16_t marks = 0;

	if (gbx_ooxml_name_ends(name, ".rels") &&
	    (name->n == 11 || gbx_ooxml_name_holds(name, "_rels/")))
		marks |= GBX_PART_RELS;
	if (gbx_ooxml_name_ends(name, "vbaproject.bin"))
		marks |= GBX_PART_MACROS;
	if (!gbx_ooxml_name_ends(name, "/") &&
	    (gbx_ooxml_name_holds(name, "/embeddings/") ||
		gbx_ooxml_name_holds(name, "/activex/")))
		marks |= GBX_PART_EMBEDDED;
	return marks;
}

static void
name_member(const uint8_t salt[GBX_SALT_LEN], const char *raw, size_t n,
    struct gbx_zip_member *m)
{
	struct gbx_ooxml_name name;

	m->form = (uint16_t)gbx_ooxml_name_member(raw, n, &name);
	m->marks = marks_of(&name);
	m->hash = gbx_ooxml_name_hash(salt, &name);
}

static void
raise_flags(const struct gbx_zip *zip)
{
	uint16_t marks = 0;
	size_t i;

	for (i = 0; i < zip->n; i++)
		marks |= zip->member[i].marks;
	if (marks & GBX_PART_MACROS)
		gbx_sink_flag(zip->sink, GBX_WIRE_FLAG_MACROS);
	if (marks & GBX_PART_EMBEDDED)
		gbx_sink_flag(zip->sink, GBX_WIRE_FLAG_EMBEDDED);
}

enum gbx_wire_status
gbx_ooxml_open(
    struct gbx_zip *zip, const struct gbx_task *task, struct gbx_sink *sink)
{
	static const struct gbx_zip_how probed = {.name = name_member};
	static const struct gbx_zip_how read = {
	    .name = name_member,
	    .check = true,
	};
	enum gbx_wire_status status;

	status = gbx_zip_open(
	    zip, task, sink, task->op == GBX_WIRE_OP_TEXT ? &read : &probed);
	if (status == GBX_WIRE_OK)
		raise_flags(zip);
	return status;
}

struct gbx_zip_member *
gbx_ooxml_find(struct gbx_zip *zip, struct gbx_ooxml_name *name)
{
	const uint8_t *salt = zip->task->salt;
	struct gbx_zip_member *m;

	m = gbx_zip_find(zip, gbx_ooxml_name_hash(salt, name));
	if (m == NULL && gbx_ooxml_name_decode(name))
		m = gbx_zip_find(zip, gbx_ooxml_name_hash(salt, name));
	return m;
}

bool
gbx_ooxml_name_of(struct gbx_zip *zip, const struct gbx_zip_member *m,
    struct gbx_ooxml_name *ret_name)
{
	char raw[GBX_OOXML_NAME_MAX + 1];
	struct gbx_zip_info info;

	return gbx_zip_info(zip, m, raw, sizeof(raw), &info) &&
	       info.n_name < sizeof(raw) &&
	       gbx_ooxml_name_member(raw, info.n_name, ret_name) !=
		   GBX_NAME_ODD;
}
