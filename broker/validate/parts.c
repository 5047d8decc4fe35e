/* SPDX-License-Identifier: ISC */
/*
 * Which blocks an item has, in which order, and how many of each: the rows
 * GBX_PART of schemas/ops.def, held against one block after another.
 * Side: trusted. A block that no row allows is a refusal.
 */
#include "base/checked.h"
#include "broker/validate/check.h"
#include "schemas/glovebox.pb-c.h"
#include "schemas/ops.h"

enum when {
	ALWAYS,
	IMAGE,
	METADATA,
	MANY,
};

#define COUNT UINT32_MAX

struct part {
	uint32_t op, kind, least, most;
	enum when when;
};

static const struct part parts[] = {
#define GBX_PART(op, kind, least, most, when) \
	{GBX_WIRE_OP_##op, GBX_WIRE_##kind, least, most, when},
#include "schemas/ops.def"
};
#define N_PARTS (sizeof(parts) / sizeof(parts[0]))

static bool
applies(const struct part *part, const struct gbx_gate_job *job,
    const struct gbx_gate_format *format)
{
	if (part->op != job->op)
		return false;
	switch (part->when) {
	case IMAGE:
		return format->unit == GBX_WIRE_UNIT_FRAMES;
	case METADATA:
		return (job->want & GBX_WIRE_WANT_METADATA) != 0;
	case MANY:
		return job->count > 1;
	default:
		return true;
	}
}

static uint32_t
most_of(const struct part *part, const struct gbx_gate_job *job)
{
	return part->most == COUNT ? job->count : part->most;
}

static uint64_t
blocks_of(const struct Gbx__Wire__Item *item, uint32_t kind)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < item->n_blocks; i++)
		n += item->blocks[i]->kind == kind;
	return n;
}

bool
gbx_gate_too_many(const struct gbx_gate_job *job,
    const struct gbx_gate_format *format, const struct Gbx__Wire__Item *item)
{
	uint64_t most = 0;
	size_t i;

	for (i = 0; i < N_PARTS; i++) {
		if (!applies(&parts[i], job, format))
			continue;
		most += most_of(&parts[i], job);
		if (parts[i].most == COUNT &&
		    blocks_of(item, parts[i].kind) > job->count)
			return true;
	}
	return item->n_blocks > most || item->n_blocks > GBX_BLOCKS_MAX;
}

/* Durations are of pixels. */
static bool
may_send(const struct gbx_gate_format *format, uint32_t kind)
{
	if (kind == GBX_WIRE_DURATIONS)
		kind = GBX_WIRE_PIXELS;
	return (format->kinds & (1u << kind)) != 0;
}

enum gbx_gate_field
gbx_gate_next_part(const struct gbx_gate_job *job,
    const struct gbx_gate_format *format, uint32_t kind,
    struct gbx_gate_place *place)
{
	const struct part *part;

	for (; place->part < N_PARTS; place->part++, place->n = 0) {
		part = &parts[place->part];
		if (!applies(part, job, format))
			continue;
		if (part->kind == kind && place->n < most_of(part, job) &&
		    may_send(format, kind)) {
			place->n++;
			return GBX_FIELD_NONE;
		}
		if (place->n < part->least)
			break;
	}
	return GBX_FIELD_BLOCK_KIND;
}

bool
gbx_gate_parts_end(const struct gbx_gate_job *job,
    const struct gbx_gate_format *format, const struct gbx_gate_place *place)
{
	uint32_t i, n = place->n;

	for (i = place->part; i < N_PARTS; i++, n = 0)
		if (applies(&parts[i], job, format) && n < parts[i].least)
			return false;
	return true;
}
