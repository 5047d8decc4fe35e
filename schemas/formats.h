/* SPDX-License-Identifier: ISC */
/*
 * The numbers of workers and formats, made from formats.def.
 * Side: the wire. No code.
 */
#ifndef GBX_SCHEMAS_FORMATS_H
#define GBX_SCHEMAS_FORMATS_H

#include "schemas/limits.h"

#define GBX_CAN(op)   (1u << GBX_WIRE_OP_##op)
#define GBX_MAY(kind) (1u << GBX_WIRE_##kind)

enum gbx_worker_kind {
	GBX_WORKER_NONE = 0,
#define GBX_WORKER(num, ID, name) GBX_WORKER_##ID = num,
#include "schemas/formats.def"
	GBX_WORKER_COUNT /* one past the last */
};

enum gbx_format {
	GBX_FORMAT_NONE = 0,
#define GBX_FORMAT(num, ID, worker, name, ops, kinds, unit, mime, suffix) \
	GBX_FORMAT_##ID = num,
#include "schemas/formats.def"
	GBX_FORMAT_COUNT
};

#endif
