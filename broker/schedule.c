/* SPDX-License-Identifier: ISC */
/*
 * The reconciler: acts on what events have recorded, then hands waiting jobs to
 * workers. Side: trusted. Waits for nothing but the end of a sandbox that was
 * killed (sandbox.c) and of an idle worker that was (pool.c).
 */
#include <errno.h>

#include "broker/backoff.h"
#include "broker/broker.h"
#include "broker/list.h"
#include "broker/pool.h"
#include "broker/queue.h"
#include "broker/refuse.h"
#include "broker/request.h"
#include "broker/resources.h"
#include "broker/run.h"
#include "broker/schedule.h"
#include "broker/settle.h"
#include "broker/shortage.h"
#include "broker/start.h"
#include "broker/validate/gate.h"
#include "broker/verdict.h"
#include "broker/watch.h"
#include "broker/worker.h"
#include "broker/zygote.h"

/* The run could not be started. False: no more for now. */
static bool
not_started(struct gbx_zygote *z, struct gbx_worker *c,
    struct gbx_request *const *jobs, uint32_t n, int err)
{
	uint32_t i;

	if (gbx_is_shortage(err)) {
		gbx_pool_put_back(c);
		gbx_shortage(z->broker, z->kind, err);
		return false;
	}
	gbx_pool_drop(c);
	if (err != -EPIPE && err != -ECONNRESET)
		for (i = 0; i < n; i++)
			gbx_refuse(jobs[i], false, -err);
	return true;
}

/* Hand the first jobs of a lane to an idle worker. False: no more for now. */
static bool
dispatch(struct gbx_broker *b, struct gbx_zygote *z, struct gbx_lane *lane)
{
	struct gbx_request *jobs[GBX_BATCH_MAX] = {NULL};
	struct gbx_worker *c;
	uint32_t i, n;
	int err;

	n = gbx_queue_gather(b, lane, jobs);
	if ((jobs[0]->require & ~gbx_zygote_posture(z)) != 0) {
		for (i = 0; i < n; i++)
			gbx_refuse(jobs[i], true, EPERM);
		return true;
	}
	c = gbx_pool_take(z);
	if (c == NULL) {
		gbx_pool_missed(z);
		gbx_pool_refill(z, true);
		return false;
	}
	err = gbx_run_start(b, c, jobs, n);
	if (err != 0)
		return not_started(z, c, jobs, n, err);
	gbx_shortage_over(b);
	gbx_pool_hit(z);
	/* While it works the next ones are made; for the last job of the queue
	 * that waits until it is done (finish_pools). */
	if (gbx_queue_waits(b, z->kind))
		gbx_pool_refill(z, false);
	return true;
}

/* A zygote for this queue, or NULL while there is none ready. */
static struct gbx_zygote *
zygote_for(struct gbx_broker *b, uint32_t kind)
{
	struct gbx_zygote *z = b->pool[kind].live;
	uint64_t now;
	int err;

	if (z != NULL && z->state == GBX_ZYGOTE_READY && gbx_zygote_worn(z)) {
		gbx_zygote_replace(z);
		z = NULL;
	}
	if (z != NULL)
		return z->state == GBX_ZYGOTE_READY ? z : NULL;
	now = gbx_now_ns();
	if (now < gbx_start_ns(b, kind)) {
		gbx_arm(b, gbx_start_ns(b, kind));
		return NULL;
	}
	err = gbx_zygote_start(b, kind);
	/* init is dead; once we were told so all starts anew. */
	if (err == -EPIPE || err == -ECONNRESET)
		return NULL;
	if (gbx_is_shortage(err))
		gbx_shortage(b, kind, err);
	else if (err != 0)
		gbx_refuse_all(b, kind, false, -err);
	else
		gbx_arm(b, now + GBX_ANSWER_NS);
	return NULL;
}

/* One job, or batch, of the next kind in turn. */
static bool
start_next(struct gbx_broker *b)
{
	uint32_t kind = 1 + b->turn++ % (GBX_WORKER_COUNT - 1);
	struct gbx_zygote *z;

	/* An order that failed is repeated at the next event, or when
	 * shortage.c says so: at once it would fail again, in a loop that
	 * forks. */
	if (!gbx_queue_waits(b, kind) || b->pool[kind].lost)
		return false;
	z = zygote_for(b, kind);
	return z != NULL && dispatch(b, z, gbx_queue_next(b, kind));
}

/* One of each kind in turn, so that no queue starves another. */
void
gbx_dispatch(struct gbx_broker *b)
{
	bool more = true;
	uint32_t i;

	while (more) {
		more = false;
		for (i = 1; i < GBX_WORKER_COUNT; i++) {
			if (b->n_queued == 0 ||
			    b->n_running >= b->max_in_flight)
				return;
			if (start_next(b))
				more = true;
		}
	}
}

/* Off the list first: while its reply is read, another thread may be here. */
static void
conclude_ended(struct gbx_broker *b)
{
	struct gbx_run *run;

	while (!gbx_list_empty(&b->ended)) {
		run = gbx_list_item(b->ended.next, struct gbx_run, ended);
		gbx_list_remove(&run->ended);
		gbx_run_conclude(run);
	}
}

/* All that was recorded of the pools is done. Workers are ordered after the
 * jobs were started: the fork of one costs the start of another time. */
static void
finish_pools(struct gbx_broker *b)
{
	struct gbx_pool *pool;
	uint32_t kind;

	for (kind = 1; kind < GBX_WORKER_COUNT; kind++) {
		pool = &b->pool[kind];
		if (pool->served && !pool->lost && pool->live != NULL)
			gbx_pool_refill(pool->live, false);
		pool->served = false;
		pool->lost = false;
		pool->lacks = 0;
	}
}

void
gbx_schedule(struct gbx_broker *b)
{
	gbx_settle(b);
	conclude_ended(b);
	gbx_dispatch(b);
	finish_pools(b);
}
