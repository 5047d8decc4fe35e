/* SPDX-License-Identifier: ISC */
/*
 * The rows of ops.def as tables. Side: the wire. No code; who includes it has
 * a copy of its own.
 */
#ifndef GBX_SCHEMAS_OPS_H
#define GBX_SCHEMAS_OPS_H

#include <stddef.h>

#include "schemas/limits.h"

struct gbx_op_row {
	const char *name;
	uint32_t wants;	  /* enum gbx_wire_want bits */
	uint32_t first;	  /* 1: may be more than 0 */
	uint32_t many;	  /* 1: count may be more than 1 */
	uint32_t room;	  /* enum gbx_wire_room */
	uint32_t unit;	  /* enum gbx_wire_unit */
	uint32_t records; /* GBX_REC(kind) bits */
	uint32_t files;	  /* enum gbx_wire_files */
};

/* By number; 0 is none. */
static const struct gbx_op_row gbx_op_rows[GBX_WIRE_OP_COUNT] = {
#define GBX_OP(num, ID, name, wants, first, many, room, unit, records, files) \
	[num] = {name, wants, first, many, GBX_WIRE_ROOM_##room, \
	    GBX_WIRE_UNIT_##unit, records, GBX_WIRE_FILES_##files},
#include "schemas/ops.def"
};

#endif
