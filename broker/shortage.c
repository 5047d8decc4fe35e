/* SPDX-License-Identifier: ISC */
/*
 * While descriptors, memory or processes are short (resources.c) what can't
 * start waits in its queue and is tried again; what is idle gives way.
 * Side: trusted.
 * A job is told only when nothing of this broker has started for as long as it
 * may take, or for PATIENCE_NS: while others go on, it will have its turn.
 */
#include <errno.h>
#include <glovebox.h>

#include "broker/broker.h"
#include "broker/list.h"
#include "broker/pool.h"
#include "broker/queue.h"
#include "broker/refuse.h"
#include "broker/request.h"
#include "broker/shortage.h"
#include "broker/validate/gate.h"
#include "broker/watch.h"
#include "broker/zygote.h"

#define PATIENCE_NS 5000000000ULL
#define RETRY_NS    10000000ULL
/* Not seen for so long: what comes then is another one. */
#define FORGOTTEN_NS 1000000000ULL

/* Zygotes and workers that nobody waits for hold what others need. */
static void
shed(struct gbx_broker *b, uint32_t kind)
{
	struct gbx_zygote *z;
	uint32_t i;

	for (i = 1; i < GBX_WORKER_COUNT; i++) {
		b->pool[i].target_idle = 1;
		z = b->pool[i].live;
		if (i != kind && z != NULL && z->state == GBX_ZYGOTE_READY &&
		    z->n_busy == 0 && !gbx_queue_waits(b, i))
			gbx_zygote_replace(z);
	}
}

static bool
is_over(const struct gbx_request *job, uint64_t waited_ns)
{
	uint64_t wall = job->limit[GBX_LIMIT_WALL] * 1000000U;

	return waited_ns >= (wall < PATIENCE_NS ? wall : PATIENCE_NS);
}

void
gbx_shortage(struct gbx_broker *b, uint32_t kind, int err)
{
	uint64_t now = gbx_now_ns();
	struct gbx_request *job;
	struct gbx_lane *lane;

	if (b->short_ns == 0 || now - b->short_seen_ns > FORGOTTEN_NS)
		b->short_ns = now;
	b->short_seen_ns = now;
	if (err != -EDQUOT)
		shed(b, kind);
	while (b->n_running == 0 && (lane = gbx_queue_next(b, kind)) != NULL) {
		job = gbx_list_item(lane->jobs.next, struct gbx_request, link);
		if (!is_over(job, now - b->short_ns))
			break;
		gbx_refuse(job, false, -err);
	}
	if (gbx_queue_waits(b, kind))
		gbx_arm(b, now + RETRY_NS);
}

void
gbx_shortage_over(struct gbx_broker *b)
{
	b->short_ns = 0;
}
