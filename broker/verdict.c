/* SPDX-License-Identifier: ISC */
/*
 * The end of a run: its worker is dead, its jobs get their verdicts, and its
 * zygote is kept or retired. Side: trusted. A result is accepted only with exit
 * status 0, the proof of the lock, an intact output and a reply that the gate
 * accepts.
 */
#include <errno.h>
#include <glovebox.h>
#include <pthread.h>
#include <stdlib.h>

#include "broker/broker.h"
#include "broker/deliver.h"
#include "broker/harvest.h"
#include "broker/judge.h"
#include "broker/pool.h"
#include "broker/queue.h"
#include "broker/run.h"
#include "broker/store.h"
#include "broker/validate/gate.h"
#include "broker/verdict.h"
#include "broker/worker.h"
#include "broker/zygote.h"

/* Without the lock: the worker is dead, and the run is this thread's alone but
 * for what gbx_cancel may do to it. Others may wait for events meanwhile. */
static enum gbx_harvest
harvest_unlocked(struct gbx_run *run, struct gbx_gate_reply *reply,
    struct gbx_store **ret_store)
{
	struct gbx_broker *b = run->broker;
	enum gbx_harvest got;

	pthread_cond_broadcast(&b->moved);
	pthread_mutex_unlock(&b->lock);
	got = gbx_harvest(run, reply, ret_store);
	pthread_mutex_lock(&b->lock);
	return got;
}

static struct gbx_outcome
judge_reply(struct gbx_run *run)
{
	struct gbx_gate_reply *reply = malloc(sizeof(*reply));
	struct gbx_outcome o = {.verdict = GBX_VERDICT_OK};
	enum gbx_harvest got = GBX_HARVEST_FAILED;
	struct gbx_store *store = NULL;

	run->err = ENOMEM;
	if (reply != NULL)
		got = harvest_unlocked(run, reply, &store);
	if (run->kill_verdict != 0) /* since then */
		o = gbx_judge_killed((enum gbx_verdict)run->kill_verdict);
	else if (got == GBX_HARVEST_REFUSED)
		o = gbx_judge_bad_reply(run->field);
	else if (got == GBX_HARVEST_FAILED)
		o = gbx_judge_system(run->err,
		    run->err == ENOMEM ? "no memory for the result"
				       : "the result could not be taken");
	if (o.verdict == GBX_VERDICT_OK)
		gbx_deliver(run, reply, store);
	else
		gbx_deliver_failure(run, &o);
	gbx_store_unref(store);
	free(reply);
	return o;
}

/* What its zygote is worth after that. */
static void
judge_zygote(struct gbx_zygote *z, const struct gbx_outcome *o)
{
	if (gbx_judge_suspect(o))
		gbx_zygote_retire(z);
	else if (o->guess)
		gbx_zygote_renew(z);
	else if (z->retired && z->n_busy == 0)
		gbx_zygote_free(z);
	else if (o->verdict == GBX_VERDICT_OK)
		z->broker->pool[z->kind].backoff_ns = 0;
}

static uint32_t
posture_of(const struct gbx_run *run, const struct gbx_zygote *z)
{
	uint32_t bits = gbx_zygote_posture(z) & ~(uint32_t)GBX_POSTURE_PROVEN;

	if (z->proc_proof && run->death.proof_read && run->death.locked)
		bits |= GBX_POSTURE_PROVEN;
	if (run->n_jobs > 1)
		bits |= GBX_POSTURE_BATCH;
	return bits;
}

void
gbx_run_conclude(struct gbx_run *run)
{
	struct gbx_broker *b = run->broker;
	struct gbx_worker *worker = run->worker;
	struct gbx_zygote *z = worker->zygote;
	struct gbx_outcome o = gbx_judge_death(run);

	run->posture = posture_of(run, z);
	if (o.verdict == GBX_VERDICT_OK)
		o = judge_reply(run);
	else
		gbx_deliver_failure(run, &o);
	b->n_running--;
	if (gbx_judge_suspect(&o) || o.guess)
		gbx_queue_blame(b, run->lane);
	gbx_pool_bury(z, worker->zpid);
	gbx_free_worker(worker);
	gbx_run_free(run);
	z->n_busy--;
	b->pool[z->kind].served = true;
	judge_zygote(z, &o);
}
