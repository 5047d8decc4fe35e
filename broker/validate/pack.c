/* SPDX-License-Identifier: ISC */
/*
 * The job, packed for the worker.
 * Side: trusted; reads nothing hostile. Never sends a job that contradicts
 * itself or does not fit its datagram.
 */
#include "broker/validate/check.h"
#include "schemas/glovebox.pb-c.h"

/* The most that packing can give: two blobs, eleven numbers, the limits, and
 * two numbers a span, at ten bytes a number and two or three in front of it. */
_Static_assert(2 * (2 + 16) + 11 * (1 + 10) + 3 + GBX_LIMIT_COUNT * 10 +
		       GBX_BATCH_MAX * (2 + 2 * (1 + 10)) <=
		   GBX_JOB_MAX,
    "a job must fit its datagram");

/* Ascending, aligned, apart, inside the input. */
static bool
spans_fit(const struct gbx_gate_job *job)
{
	uint64_t end = 0;
	uint32_t i;

	if (job->n_inputs < 1 || job->n_inputs > GBX_BATCH_MAX)
		return false;
	for (i = 0; i < job->n_inputs; i++) {
		if (job->input[i].offset % GBX_ALIGN != 0 ||
		    job->input[i].offset < end ||
		    job->input[i].offset > job->in_size ||
		    job->input[i].length > job->in_size - job->input[i].offset)
			return false;
		end = job->input[i].offset + job->input[i].length;
	}
	return true;
}

static ProtobufCBinaryData
borrow(const uint8_t *bytes, size_t length)
{
	/* protobuf-c has no const; packing does not write. */
	return (ProtobufCBinaryData){length, (uint8_t *)(uintptr_t)bytes};
}

static void
fill(const struct gbx_gate_job *job, Gbx__Wire__Job *ret_wire)
{
	gbx__wire__job__init(ret_wire);
	ret_wire->nonce = borrow(job->nonce, GBX_NONCE_LEN);
	ret_wire->salt = borrow(job->salt, GBX_SALT_LEN);
	ret_wire->worker = job->worker;
	ret_wire->op = job->op;
	ret_wire->lockdown = job->lockdown;
	ret_wire->in_size = job->in_size;
	ret_wire->out_size = job->out_size;
	ret_wire->n_limits = GBX_LIMIT_COUNT;
	ret_wire->limits = (uint64_t *)(uintptr_t)job->limit;
	ret_wire->first = job->first;
	ret_wire->count = job->count;
	ret_wire->box_w = job->box_w;
	ret_wire->box_h = job->box_h;
	ret_wire->dpi = job->dpi;
	ret_wire->want = job->want;
	ret_wire->n_inputs = job->n_inputs;
}

size_t
gbx_gate_pack_job(const struct gbx_gate_job *job, uint8_t ret_wire[GBX_JOB_MAX])
{
	Gbx__Wire__Span span[GBX_BATCH_MAX], *input[GBX_BATCH_MAX];
	Gbx__Wire__Job wire;
	uint32_t i;

	if (!spans_fit(job))
		return 0;
	for (i = 0; i < job->n_inputs; i++) {
		gbx__wire__span__init(&span[i]);
		span[i].offset = job->input[i].offset;
		span[i].length = job->input[i].length;
		input[i] = &span[i];
	}
	fill(job, &wire);
	wire.inputs = input;
	return gbx__wire__job__pack(&wire, ret_wire);
}
