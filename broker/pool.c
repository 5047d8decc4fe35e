/* SPDX-License-Identifier: ISC */
/*
 * The idle workers of a zygote: forked ahead of the jobs, as many as were
 * needed of late. Side: trusted.
 */
#include "broker/pool.h"
#include "broker/broker.h"
#include "broker/list.h"
#include "broker/process.h"
#include "broker/queue.h"
#include "broker/watch.h"
#include "broker/worker.h"
#include "broker/zygote.h"
#include "ipc/control.h"
#include "ipc/datagram.h"

#define GONE_MS 20 /* a killed worker takes less */
/* With no miss for so long, the pool keeps one worker less. */
#define CALM_NS	       (10ULL * 1000000000ULL)
#define ORDER_AGAIN_NS 10000000ULL

struct gbx_worker *
gbx_pool_take(struct gbx_zygote *z)
{
	struct gbx_worker *c;

	if (gbx_list_empty(&z->idle))
		return NULL;
	c = gbx_list_item(z->idle.next, struct gbx_worker, link);
	gbx_list_remove(&c->link);
	z->n_idle--;
	return c;
}

void
gbx_pool_put_back(struct gbx_worker *w)
{
	gbx_list_append(&w->zygote->idle, &w->link);
	w->zygote->n_idle++;
}

/* No idle worker: keep more of them, but not because of a cold start. */
void
gbx_pool_missed(const struct gbx_zygote *z)
{
	struct gbx_pool *pool = &z->broker->pool[z->kind];

	if (z->jobs == 0)
		return;
	if (pool->target_idle < z->broker->max_idle)
		pool->target_idle++;
	pool->missed_ns = gbx_now_ns();
}

void
gbx_pool_hit(const struct gbx_zygote *z)
{
	struct gbx_pool *pool = &z->broker->pool[z->kind];
	uint64_t now;

	if (pool->target_idle <= 1)
		return;
	now = gbx_now_ns();
	if (now - pool->missed_ns < CALM_NS)
		return;
	pool->target_idle--;
	pool->missed_ns = now;
}

static void
send_order(struct gbx_zygote *z, uint32_t n)
{
	uint8_t msg[GBX_CTL_MAX] = {GBX_CTL_WORKER};
	uint32_t i, cold = 0;

	if (n > 0 && gbx_queue_waits(z->broker, z->kind))
		cold = GBX_CTL_COLD;
	gbx_put_u32(msg + 1, n | cold);
	for (i = 0; i < z->n_reap; i++)
		gbx_put_u32(msg + 5 + 4 * i, z->reap[i]);
	if (gbx_ipc_send(z->sock, msg, 5 + 4 * (size_t)z->n_reap, NULL, 0) !=
	    0) {
		/* Its socket is full: again in a moment, but not for ever. */
		if (z->refused_ns == 0)
			z->refused_ns = gbx_now_ns();
		gbx_arm(z->broker, gbx_now_ns() + ORDER_AGAIN_NS);
		return;
	}
	z->refused_ns = 0;
	z->n_reap = 0;
	if (n == 0)
		return;
	z->n_ordered += n;
	z->ordered_ns = gbx_now_ns();
	gbx_arm(z->broker, z->ordered_ns + GBX_SILENT_NS);
}

/* In bulk, so that a busy zygote is woken once for several workers. */
void
gbx_pool_refill(struct gbx_zygote *z, bool now)
{
	uint32_t target = z->broker->pool[z->kind].target_idle;
	uint32_t have = z->n_idle + z->n_ordered;

	if (z->retired || z->state < GBX_ZYGOTE_CANARY ||
	    z->state == GBX_ZYGOTE_DEAD)
		return;
	if (have >= target || (!now && have > target / 2))
		return;
	send_order(z, target - have);
}

/* A corpse that was read: let the zygote reap it, with the next order. */
void
gbx_pool_bury(struct gbx_zygote *z, uint32_t zpid)
{
	if (z->state == GBX_ZYGOTE_DEAD)
		return;
	if (z->n_reap == GBX_CTL_REAP_MAX)
		send_order(z, 0);
	if (z->n_reap < GBX_CTL_REAP_MAX)
		z->reap[z->n_reap++] = zpid;
}

void
gbx_pool_drop(struct gbx_worker *w)
{
	gbx_kill(w->pidfd);
	gbx_wait_gone(w->pidfd, GONE_MS);
	gbx_pool_bury(w->zygote, w->zpid);
	gbx_free_worker(w);
}

void
gbx_pool_drop_idle(struct gbx_zygote *z)
{
	struct gbx_worker *c;

	while ((c = gbx_pool_take(z)) != NULL) {
		gbx_kill(c->pidfd);
		gbx_free_worker(c);
	}
}
