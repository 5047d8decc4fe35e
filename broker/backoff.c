/* SPDX-License-Identifier: ISC */
/*
 * When the successor of a zygote may start. Side: trusted.
 * After a crash it starts at once the first time, then ever later, so that a
 * flood of crashing inputs is not a storm of execs. Clients that owe turns
 * (queue.c) wait for that; others wait only if the zygote died by itself.
 */
#include "broker/backoff.h"
#include "broker/broker.h"
#include "broker/pool.h"
#include "broker/queue.h"
#include "broker/zygote.h"

#define BACKOFF_MIN_NS 20000000ULL
#define BACKOFF_MAX_NS 100000000ULL

void
gbx_back_off(struct gbx_zygote *z)
{
	struct gbx_pool *pool = &z->broker->pool[z->kind];
	uint64_t *backoff = &pool->backoff_ns;

	*backoff = *backoff == 0 ? BACKOFF_MIN_NS : *backoff * 2;
	if (*backoff > BACKOFF_MAX_NS)
		*backoff = BACKOFF_MAX_NS;
	pool->next_start_ns = z->born_ns + *backoff;
}

void
gbx_hold_off(struct gbx_zygote *z)
{
	struct gbx_pool *pool = &z->broker->pool[z->kind];

	gbx_back_off(z);
	pool->hold_ns = pool->next_start_ns;
}

void
gbx_back_off_least(struct gbx_zygote *z, uint64_t before)
{
	struct gbx_pool *pool = &z->broker->pool[z->kind];

	pool->backoff_ns = before;
	pool->next_start_ns = z->born_ns + BACKOFF_MIN_NS;
}

uint64_t
gbx_start_ns(struct gbx_broker *b, uint32_t kind)
{
	const struct gbx_pool *pool = &b->pool[kind];
	struct gbx_lane *lane = gbx_queue_next(b, kind);
	uint64_t at = pool->hold_ns;

	if (lane != NULL && gbx_queue_owes(b, lane) && at < pool->next_start_ns)
		at = pool->next_start_ns;
	return at;
}
