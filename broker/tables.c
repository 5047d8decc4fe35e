/* SPDX-License-Identifier: ISC */
/*
 * What the .def files of schemas/ say, for the broker and for callers.
 * Side: trusted. Magic bytes are all of an input that the broker ever reads.
 */
#include <errno.h>
#include <glovebox.h>
#include <string.h>

#include "broker/tables.h"
#include "broker/validate/gate.h"
#include "broker/versioned.h"
#include "ipc/control.h"
#include "schemas/ops.h"

#define SAME(a, b) _Static_assert((int)(a) == (int)(b), #a)

/* The public numbers are the wire's. */
#define GBX_LIMIT(num, ID, name, unit, def, ceil, text) \
	SAME(GBX_LIMIT_##ID, GBX_WIRE_LIMIT_##ID);
#include "schemas/limits.def"
_Static_assert(GBX_LIMIT_COUNT <= GBX_LIMIT_ROOM, "room for limits");
#define GBX_OP(num, ID, name, wants, first, many, room, unit, records, files) \
	SAME(GBX_OP_##ID, num);
#include "schemas/ops.def"
SAME(GBX_LOCKDOWN_FILTER, GBX_WIRE_LOCK_FILTER);
SAME(GBX_LOCKDOWN_STRICT, GBX_WIRE_LOCK_STRICT);
SAME(GBX_BLOCK_PIXELS, GBX_WIRE_PIXELS);
SAME(GBX_BLOCK_TEXT, GBX_WIRE_TEXT);
SAME(GBX_BLOCK_RECORDS, GBX_WIRE_RECORDS);
SAME(GBX_BLOCK_BYTES, GBX_WIRE_BYTES);
SAME(GBX_LAYOUT_RGBA8, GBX_WIRE_RGBA8);
SAME(GBX_RECORD_PROPERTY, GBX_WIRE_REC_PROPERTY);
SAME(GBX_RECORD_FLAG, GBX_WIRE_REC_FLAG);
SAME(GBX_RECORD_MEMBER, GBX_WIRE_REC_MEMBER);
SAME(GBX_UNIT_FRAMES, GBX_WIRE_UNIT_FRAMES);
SAME(GBX_UNIT_PAGES, GBX_WIRE_UNIT_PAGES);
SAME(GBX_UNIT_MEMBERS, GBX_WIRE_UNIT_MEMBERS);
SAME(GBX_MEMBER_FILE, GBX_WIRE_MEMBER_FILE);
SAME(GBX_MEMBER_FOLDER, GBX_WIRE_MEMBER_FOLDER);
SAME(GBX_MEMBER_SYMLINK, GBX_WIRE_MEMBER_SYMLINK);
SAME(GBX_MEMBER_HARDLINK, GBX_WIRE_MEMBER_HARDLINK);
SAME(GBX_MEMBER_OTHER, GBX_WIRE_MEMBER_OTHER);
SAME(GBX_MEMBER_ABSOLUTE, GBX_WIRE_MEMBER_ABSOLUTE);
SAME(GBX_MEMBER_UP, GBX_WIRE_MEMBER_UP);
SAME(GBX_MEMBER_CUT, GBX_WIRE_MEMBER_CUT);
SAME(GBX_MEMBER_ENCRYPTED, GBX_WIRE_MEMBER_ENCRYPTED);
SAME(GBX_MEMBER_OVERLAP, GBX_WIRE_MEMBER_OVERLAP);
SAME(GBX_MEMBER_DUPLICATE, GBX_WIRE_MEMBER_DUPLICATE);
SAME(GBX_MEMBER_AMBIGUOUS, GBX_WIRE_MEMBER_AMBIGUOUS);
SAME(GBX_MEMBER_UNREAD, GBX_WIRE_MEMBER_UNREAD);
SAME(GBX_DOC_MACROS, GBX_WIRE_FLAG_MACROS);
SAME(GBX_DOC_BIDI, GBX_WIRE_FLAG_BIDI);
SAME(GBX_DOC_TEXT_ELSEWHERE, GBX_WIRE_FLAG_TEXT_ELSEWHERE);
SAME(GBX_POSTURE_FILTER, 1 << GBX_LAYER_FILTER);
SAME(GBX_POSTURE_STRICT, 1 << GBX_LAYER_STRICT);
SAME(GBX_POSTURE_PROVEN, 1 << GBX_LAYER_PROVEN);
SAME(GBX_POSTURE_NNP, 1 << GBX_LAYER_NNP);
SAME(GBX_POSTURE_USERNS, 1 << GBX_LAYER_USERNS);
SAME(GBX_POSTURE_NETNS, 1 << GBX_LAYER_NETNS);
SAME(GBX_POSTURE_PIDNS, 1 << GBX_LAYER_PIDNS);
SAME(GBX_POSTURE_ROOT, 1 << GBX_LAYER_ROOT);
SAME(GBX_POSTURE_LANDLOCK, 1 << GBX_LAYER_LANDLOCK);
SAME(GBX_POSTURE_TSC, 1 << GBX_LAYER_TSC);
SAME(GBX_POSTURE_BATCH, 1 << GBX_LAYER_BATCH);
SAME(GBX_POSTURE_NONROOT, 1 << GBX_LAYER_NONROOT);
SAME(GBX_POSTURE_GUARD, 1 << GBX_LAYER_GUARD);

struct limit_row {
	const char *name, *unit, *text;
	uint64_t standard, ceiling;
};
static const struct limit_row limits[GBX_LIMIT_COUNT] = {
#define GBX_LIMIT(num, ID, name, unit, def, ceil, text) \
	[num] = {name, unit, text, def, ceil},
#include "schemas/limits.def"
};

static const char *const workers[GBX_WORKER_COUNT] = {
#define GBX_WORKER(num, ID, name) [num] = name,
#include "schemas/formats.def"
};

static const bool shared[GBX_WORKER_COUNT] = {
#define GBX_SHARED(worker) [GBX_WORKER_##worker] = true,
#include "schemas/formats.def"
};

struct magic_part {
	size_t offset, length;
	const char *bytes;
};
struct magic_row {
	uint32_t worker;
	struct magic_part part[2];
};
static const struct magic_row magics[] = {
#define GBX_MAGIC(worker, off, bytes, off2, bytes2) \
	{GBX_WORKER_##worker, {{off, sizeof(bytes) - 1, bytes}, \
				  {off2, sizeof(bytes2) - 1, bytes2}}},
#include "schemas/formats.def"
};
#define N_MAGICS (sizeof(magics) / sizeof(magics[0]))

struct format_row {
	const char *name, *media_type, *suffix;
	uint32_t worker, ops;
};
static const struct format_row formats[GBX_FORMAT_COUNT] = {
#define GBX_FORMAT(num, ID, worker, name, ops, kinds, unit, mime, suffix) \
	[num] = {name, mime, suffix, GBX_WORKER_##worker, ops},
#include "schemas/formats.def"
};

static bool
part_fits(const struct magic_part *part, const uint8_t *data, size_t length)
{
	return length >= part->offset &&
	       part->length <= length - part->offset &&
	       memcmp(data + part->offset, part->bytes, part->length) == 0;
}

uint32_t
gbx_table_sniff(const uint8_t *data, size_t length)
{
	size_t i;

	for (i = 0; i < N_MAGICS; i++)
		if (part_fits(&magics[i].part[0], data, length) &&
		    part_fits(&magics[i].part[1], data, length))
			return magics[i].worker;
	return GBX_WORKER_NONE;
}

bool
gbx_table_is_shared(uint32_t kind)
{
	return kind < GBX_WORKER_COUNT && shared[kind];
}

bool
gbx_table_has_magic(uint32_t kind)
{
	size_t i;

	for (i = 0; i < N_MAGICS; i++)
		if (magics[i].worker == kind)
			return true;
	return false;
}

/* What only we make, PIXELS, is not. */
bool
gbx_table_may_declare(uint32_t format)
{
	return (formats[format].ops & ~GBX_CAN(ENCODE)) != 0;
}

const char *
gbx_table_worker_reads(uint32_t kind)
{
	const char *only = NULL;
	uint32_t i;

	for (i = 1; i < GBX_FORMAT_COUNT; i++) {
		if (formats[i].worker != kind)
			continue;
		if (only != NULL)
			return gbx_table_worker_name(kind);
		only = formats[i].name;
	}
	return only;
}

const char *
gbx_table_worker_name(uint32_t kind)
{
	return kind < GBX_WORKER_COUNT ? workers[kind] : NULL;
}

const char *
gbx_table_format_name(uint32_t format)
{
	return format < GBX_FORMAT_COUNT ? formats[format].name : NULL;
}

uint32_t
gbx_table_format_worker(uint32_t format)
{
	return format < GBX_FORMAT_COUNT ? formats[format].worker : 0;
}

uint32_t
gbx_table_worker_ops(uint32_t kind)
{
	uint32_t i, ops = 0;

	for (i = 1; i < GBX_FORMAT_COUNT; i++)
		if (formats[i].worker == kind)
			ops |= formats[i].ops;
	return ops;
}

uint64_t
gbx_table_default(uint32_t limit)
{
	return limits[limit].standard;
}

uint64_t
gbx_table_ceiling(uint32_t limit)
{
	return limits[limit].ceiling;
}

const char *
gbx_sniff(const void *data, size_t length)
{
	return data == NULL
		   ? NULL
		   : gbx_table_worker_name(gbx_table_sniff(data, length));
}

const char *
gbx_limit_name(enum gbx_limit limit)
{
	unsigned int i = (unsigned int)limit;

	if (i == 0)
		return "none";
	return i < GBX_LIMIT_COUNT ? limits[i].name : "unknown";
}

enum gbx_err
gbx_limit_info(enum gbx_limit limit, struct gbx_limit_info *ret_info)
{
	unsigned int i = (unsigned int)limit;
	struct gbx_limit_info info;

	if (!gbx_struct_fits(
		ret_info, GBX_SIZE_0_1(struct gbx_limit_info, ceiling)))
		return GBX_ERR_ARG;
	if (i == 0 || i >= GBX_LIMIT_COUNT)
		return GBX_ERR_NOTFOUND;
	info = (struct gbx_limit_info){
	    .name = limits[i].name,
	    .unit = limits[i].unit,
	    .text = limits[i].text,
	    .standard = limits[i].standard,
	    .ceiling = limits[i].ceiling,
	};
	gbx_struct_out(ret_info, &info, sizeof(info));
	return GBX_OK;
}

enum gbx_err
gbx_format_info(size_t index, struct gbx_format_info *ret_info)
{
	struct gbx_format_info info;
	const struct format_row *f;

	if (!gbx_struct_fits(
		ret_info, GBX_SIZE_0_1(struct gbx_format_info, ops)))
		return GBX_ERR_ARG;
	if (index >= GBX_FORMAT_COUNT - 1)
		return GBX_ERR_NOTFOUND;
	f = &formats[index + 1];
	info = (struct gbx_format_info){
	    .name = f->name,
	    .media_type = f->media_type,
	    .suffix = f->suffix,
	    .worker = workers[f->worker],
	    .ops = f->ops,
	};
	gbx_struct_out(ret_info, &info, sizeof(info));
	return GBX_OK;
}

const char *
gbx_verdict_name(enum gbx_verdict verdict)
{
	static const char *const names[] = {"ok", "malformed", "unsupported",
	    "mismatch", "limit", "deadline", "crashed", "violation",
	    "bad_reply", "unavailable", "cancelled", "error"};
	unsigned int i = (unsigned int)verdict;

	return i < sizeof(names) / sizeof(names[0]) ? names[i] : "unknown";
}

const char *
gbx_err_name(enum gbx_err err)
{
	static const char *const names[] = {"ok", "argument", "memory",
	    "system", "busy", "forked", "posture", "setid", "again",
	    "notfound"};
	unsigned int i = (unsigned int)-(int)err;

	return i < sizeof(names) / sizeof(names[0]) ? names[i] : "unknown";
}

const char *
gbx_op_name(enum gbx_op op)
{
	unsigned int i = (unsigned int)op;

	return i > 0 && i < GBX_WIRE_OP_COUNT ? gbx_op_rows[i].name : "unknown";
}

const char *
gbx_posture_name(uint32_t bit)
{
	static const char *const names[GBX_LAYER_COUNT] = {"filter", "strict",
	    "proven", "nnp", "userns", "netns", "pidns", "root", "landlock",
	    "tsc", "batch", "nonroot", "guard"};
	unsigned int i;

	for (i = 0; i < GBX_LAYER_COUNT; i++)
		if (bit == 1U << i)
			return names[i];
	return NULL;
}
