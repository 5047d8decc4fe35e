/* SPDX-License-Identifier: ISC */
/*
 * From the outcome of a run to the results of its jobs. Side: trusted. Blocks
 * are those that the gate accepted.
 */
#include <errno.h>
#include <glovebox.h>
#include <stdlib.h>

#include "broker/broker.h"
#include "broker/deliver.h"
#include "broker/judge.h"
#include "broker/queue.h"
#include "broker/request.h"
#include "broker/result.h"
#include "broker/run.h"
#include "broker/store.h"
#include "broker/validate/gate.h"

static void
finish_with(struct gbx_request *job, const struct gbx_outcome *o)
{
	struct gbx_result *r = job->result;

	r->limit = o->limit;
	r->field = o->field;
	r->signal = o->signal;
	r->err = o->err;
	gbx_request_finish(job, o->verdict, o->detail);
}

static void
run_again(struct gbx_request *job)
{
	job->alone = true;
	job->retries++;
	job->run = NULL;
	job->state = GBX_REQUEST_QUEUED;
	gbx_queue_add(job);
}

/* All jobs of the run end as it did. Those of a batch are innocent until they
 * fail alone; and a zygote that was killed takes no one with it at first. */
void
gbx_deliver_failure(struct gbx_run *run, const struct gbx_outcome *o)
{
	struct gbx_request *job;
	uint32_t i;

	for (i = 0; i < run->n_jobs; i++) {
		job = run->job[i];
		if (job == NULL)
			continue;
		job->result->posture = run->posture;
		if (o->verdict != GBX_VERDICT_CANCELLED &&
		    (run->n_jobs > 1 || (o->again && job->retries == 0)))
			run_again(job);
		else
			finish_with(job, o);
	}
}

/* ---- results ------------------------------------------------------------- */

static bool
add_block(struct gbx_result *r, const struct gbx_gate_block *g,
    const struct gbx_store *s)
{
	struct gbx_result_block *b = &r->block[r->n_blocks];

	b->gate = *g;
	b->marks = NULL;
	if (g->records > 0) {
		b->marks = gbx_result_marks(g, s->data);
		if (b->marks == NULL)
			return false;
	}
	r->n_blocks++;
	r->n_shown += g->kind == GBX_WIRE_PIXELS      ? g->frames
		      : g->kind == GBX_WIRE_DURATIONS ? 0
						      : 1;
	return true;
}

static void
drop_blocks(struct gbx_result *r)
{
	while (r->n_blocks > 0)
		free(r->block[--r->n_blocks].marks);
	r->n_shown = 0;
}

static struct gbx_outcome
outcome_of(const struct gbx_gate_item *item, uint32_t first)
{
	struct gbx_outcome o = {.verdict = GBX_VERDICT_OK};

	switch (item->status) {
	case GBX_WIRE_OK:
		break;
	case GBX_WIRE_MALFORMED:
		o.verdict = GBX_VERDICT_MALFORMED;
		o.detail = "the parser refused the input";
		break;
	case GBX_WIRE_UNSUPPORTED:
		o.verdict = GBX_VERDICT_UNSUPPORTED;
		o.detail = first == 0
			       ? "the parser does not handle this kind of file"
			       : "the parser does not handle this kind of "
				 "file, or it has no such frame or page";
		break;
	default:
		o.verdict = GBX_VERDICT_LIMIT;
		o.limit = (enum gbx_limit)item->limit;
		o.detail = "the input exceeds a limit";
		break;
	}
	return o;
}

static bool
take_blocks(struct gbx_result *r, const struct gbx_gate_reply *reply,
    const struct gbx_gate_item *item, struct gbx_store *store)
{
	uint32_t i;

	for (i = 0; i < item->n_blocks; i++)
		if (!add_block(
			r, &reply->block[item->first_block + i], store)) {
			drop_blocks(r);
			return false;
		}
	if (item->n_blocks > 0) {
		atomic_fetch_add(&store->refs, 1);
		r->store = store;
	}
	return true;
}

static void
deliver(struct gbx_run *run, uint32_t i, const struct gbx_gate_reply *reply,
    struct gbx_store *store)
{
	const struct gbx_gate_item *item = &reply->item[i];
	struct gbx_request *job = run->job[i];
	struct gbx_outcome o;
	struct gbx_result *r;

	o = outcome_of(item, job->first);
	/* Shared room was short, perhaps: alone it gets all of it. */
	if (run->n_jobs > 1 && o.verdict == GBX_VERDICT_LIMIT) {
		run_again(job);
		return;
	}
	r = job->result;
	r->posture = run->posture;
	r->format = item->format;
	if (job->declared != 0 && item->format != 0 &&
	    item->format != job->declared) {
		o.verdict = GBX_VERDICT_MISMATCH;
		o.limit = GBX_LIMIT_NONE;
		o.detail =
		    "the parser found a type other than the declared one";
	} else if (o.verdict == GBX_VERDICT_OK && item->degraded &&
		   job->whole) {
		r->degraded = true;
		o.verdict = GBX_VERDICT_MALFORMED;
		o.detail = "damaged input refused (whole requested)";
	} else if (o.verdict == GBX_VERDICT_OK) {
		r->total = item->total;
		r->unit = gbx_gate_unit(item->format, job->op);
		r->degraded = item->degraded;
		if (!take_blocks(r, reply, item, store))
			o = gbx_judge_system(
			    ENOMEM, "no memory for the result");
	}
	finish_with(job, &o);
}

void
gbx_deliver(struct gbx_run *run, const struct gbx_gate_reply *reply,
    struct gbx_store *store)
{
	uint32_t i;

	for (i = 0; i < run->n_jobs; i++)
		if (run->job[i] != NULL)
			deliver(run, i, reply, store);
}
