/* SPDX-License-Identifier: ISC */
/*
 * MEMBER records: what an archive's directory says of one of its members.
 * Side: trusted. Nothing here is true because it was checked: sizes are what
 * the archive claims. What is sure is that names can be shown, that the ranges
 * lie inside the input, and that a name which leaves its folder says so.
 */
#include <string.h>

#include "broker/validate/check.h"
#include "schemas/paths.h"

static bool
is_link(uint32_t type)
{
	return type == GBX_WIRE_MEMBER_SYMLINK ||
	       type == GBX_WIRE_MEMBER_HARDLINK;
}

/* Written out only where it is another. */
static bool
raw_fits(const struct gbx_gate_record *r)
{
	return r->raw_length == 0 || r->raw_length != r->name_length ||
	       memcmp(r->raw, r->name, r->name_length) != 0;
}

/* Those that the names show must be there. Others may be only where a part of
 * the name is not told. */
static bool
flags_fit(const struct gbx_gate_record *r)
{
	const uint32_t both = GBX_WIRE_MEMBER_ABSOLUTE | GBX_WIRE_MEMBER_UP;
	uint32_t shown = gbx_path_flags(r->name, r->name_length) |
			 gbx_path_flags(r->raw, r->raw_length);

	if ((r->flags & ~(uint32_t)GBX_WIRE_MEMBER_FLAGS) != 0 ||
	    (shown & ~r->flags) != 0)
		return false;
	return (r->flags & both) == shown ||
	       (r->flags & GBX_WIRE_MEMBER_CUT) != 0;
}

enum gbx_gate_field
gbx_gate_member(const struct gbx_gate_record *r, uint64_t in_length)
{
	if (r->parent != 0)
		return GBX_FIELD_RECORD_PARENT;
	if (!gbx_gate_is_label((const uint8_t *)r->name, r->name_length))
		return GBX_FIELD_RECORD_NAME;
	if (r->offset > in_length)
		return GBX_FIELD_RECORD_OFFSET;
	if (r->packed > in_length - r->offset)
		return GBX_FIELD_RECORD_PACKED;
	if (!flags_fit(r))
		return GBX_FIELD_RECORD_FLAGS;
	if (!gbx_gate_is_label((const uint8_t *)r->value, r->value_length) ||
	    (r->value_length != 0 && !is_link(r->type)))
		return GBX_FIELD_RECORD_VALUE;
	if (r->type == 0 || r->type >= GBX_WIRE_MEMBER_COUNT)
		return GBX_FIELD_RECORD_TYPE;
	return raw_fits(r) ? GBX_FIELD_NONE : GBX_FIELD_RECORD_RAW;
}
