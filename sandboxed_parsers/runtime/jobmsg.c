/* SPDX-License-Identifier: ISC */
/*
 * The job message as a worker reads it. Side: setup. Runs before lockdown and
 * before any hostile byte.
 */
#include <string.h>

#include "sandboxed_parsers/runtime/jobmsg.h"
#include "schemas/glovebox.pb-c.h"

static bool
take_bytes(const ProtobufCBinaryData *wire, uint8_t *ret, size_t length)
{
	if (wire->len != length)
		return false;
	memcpy(ret, wire->data, length);
	return true;
}

static bool
take_inputs(const Gbx__Wire__Job *wire, struct gbx_jobmsg *ret)
{
	const Gbx__Wire__Span *span;
	size_t i;

	if (wire->n_inputs < 1 || wire->n_inputs > GBX_BATCH_MAX)
		return false;
	for (i = 0; i < wire->n_inputs; i++) {
		span = wire->inputs[i];
		if (span->offset > wire->in_size ||
		    span->length > wire->in_size - span->offset)
			return false;
		ret->input[i].offset = span->offset;
		ret->input[i].length = span->length;
	}
	ret->n_inputs = (uint32_t)wire->n_inputs;
	return true;
}

static bool
take(const Gbx__Wire__Job *wire, struct gbx_jobmsg *ret)
{
	if (!take_bytes(&wire->nonce, ret->nonce, sizeof(ret->nonce)) ||
	    !take_bytes(&wire->salt, ret->salt, sizeof(ret->salt)))
		return false;
	if (wire->op < 1 || wire->op >= GBX_WIRE_OP_COUNT || wire->worker < 1 ||
	    wire->worker >= GBX_WORKER_COUNT)
		return false;
	if (wire->lockdown != GBX_WIRE_LOCK_FILTER &&
	    wire->lockdown != GBX_WIRE_LOCK_STRICT)
		return false;
	if (wire->n_limits != GBX_LIMIT_COUNT ||
	    (wire->want & ~(uint32_t)GBX_WIRE_WANT_ALL) != 0)
		return false;
	memcpy(ret->limit, wire->limits, sizeof(ret->limit));
	if (wire->in_size > SIZE_MAX / 4 || wire->out_size > SIZE_MAX / 4 ||
	    wire->out_size % GBX_REPLY_PAGE != 0)
		return false;
	ret->in_size = wire->in_size;
	ret->out_size = wire->out_size;
	ret->worker = wire->worker;
	ret->op = wire->op;
	ret->lockdown = wire->lockdown;
	ret->first = wire->first;
	ret->count = wire->count;
	ret->box_w = wire->box_w;
	ret->box_h = wire->box_h;
	ret->dpi = wire->dpi;
	ret->want = wire->want;
	return take_inputs(wire, ret);
}

bool
gbx_jobmsg_read(const uint8_t *wire, size_t length, struct gbx_jobmsg *ret_job)
{
	Gbx__Wire__Job *job;
	bool good;

	if (length > GBX_JOB_MAX)
		return false;
	job = gbx__wire__job__unpack(NULL, length, wire);
	if (job == NULL)
		return false;
	good = take(job, ret_job);
	gbx__wire__job__free_unpacked(job, NULL);
	return good;
}
