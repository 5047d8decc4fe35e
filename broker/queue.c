/* SPDX-License-Identifier: ISC */
/*
 * Whose turn it is: the jobs of a kind wait in lanes, one a client, and lanes
 * are served in turn. Side: trusted.
 * A client whose job cost a zygote its place (a crash, a violation, a lie) owes
 * turns: as long as others wait they come first, and have a fresh zygote at
 * once. Every call takes the same time however many jobs wait.
 */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "broker/broker.h"
#include "broker/list.h"
#include "broker/pool.h"
#include "broker/queue.h"
#include "broker/request.h"
#include "broker/validate/gate.h"
#include "broker/watch.h"

/* A fresh zygote takes as long as some dozens of small jobs. */
#define TURNS_OWED 64
/* Then it is forgotten, if nobody else came. */
#define DEBT_NS (10ULL * 1000000000ULL)
/* So many behind the first are looked at for a batch. */
#define LOOK_AHEAD (2 * GBX_BATCH_MAX)

static void
init_lane(struct gbx_lane *lane, uint32_t kind)
{
	lane->kind = kind;
	gbx_list_init(&lane->jobs);
}

void
gbx_queue_init(struct gbx_broker *b)
{
	uint32_t i;

	gbx_list_init(&b->debtors);
	for (i = 0; i < GBX_WORKER_COUNT; i++) {
		gbx_list_init(&b->pool[i].queue);
		gbx_list_init(&b->pool[i].owing);
		init_lane(&b->pool[i].common, i);
	}
}

/* ---- lanes --------------------------------------------------------------- */

static int
by_kind_and_client(const void *a, const void *b)
{
	const struct gbx_lane *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return strcmp(x->client, y->client);
}

bool
gbx_queue_owes(const struct gbx_broker *b, const struct gbx_lane *lane)
{
	return lane->owes_until > b->pool[lane->kind].turns;
}

static void
free_if_unused(struct gbx_broker *b, struct gbx_lane *lane)
{
	if (lane->refs > 0 || lane->owes_until != 0 || lane->client == NULL)
		return;
	(void)tdelete(lane, &b->lanes, by_kind_and_client);
	free(lane->client);
	free(lane);
}

static void
forgive(struct gbx_broker *b, struct gbx_lane *lane)
{
	gbx_list_remove(&lane->debt);
	lane->owes_until = 0;
	free_if_unused(b, lane);
}

/* Those that have paid, and those that nobody remembers. */
static void
forgive_old(struct gbx_broker *b)
{
	uint64_t now = gbx_now_ns();
	struct gbx_lane *lane;

	while (!gbx_list_empty(&b->debtors)) {
		lane = gbx_list_item(b->debtors.next, struct gbx_lane, debt);
		if (gbx_queue_owes(b, lane) && now - lane->blamed_ns < DEBT_NS)
			break;
		forgive(b, lane);
	}
}

void
gbx_queue_close(struct gbx_broker *b)
{
	while (!gbx_list_empty(&b->debtors))
		forgive(
		    b, gbx_list_item(b->debtors.next, struct gbx_lane, debt));
}

/* NULL: no memory. */
static struct gbx_lane *
find_lane(struct gbx_broker *b, uint32_t kind, char *client)
{
	struct gbx_lane key = {.kind = kind, .client = client}, *lane, **found;

	found = tfind(&key, &b->lanes, by_kind_and_client);
	if (found != NULL)
		return *found;
	lane = calloc(1, sizeof(*lane));
	if (lane == NULL)
		return NULL;
	init_lane(lane, kind);
	lane->client = strdup(client);
	if (lane->client == NULL ||
	    tsearch(lane, &b->lanes, by_kind_and_client) == NULL) {
		free(lane->client);
		free(lane);
		return NULL;
	}
	return lane;
}

/* Without memory for one of its own it waits with those of no client. */
static struct gbx_lane *
lane_of(struct gbx_broker *b, const struct gbx_request *job)
{
	char *client = job->client != NULL ? job->client : job->domain;
	struct gbx_lane *lane = NULL;

	forgive_old(b);
	if (client != NULL)
		lane = find_lane(b, job->kind, client);
	return lane != NULL ? lane : &b->pool[job->kind].common;
}

void
gbx_queue_leave(struct gbx_broker *b, struct gbx_lane **lane)
{
	if (*lane == NULL)
		return;
	(*lane)->refs--;
	free_if_unused(b, *lane);
	*lane = NULL;
}

/* ---- jobs ---------------------------------------------------------------- */

/* At the end of those of its sort, if any job waits there. */
static void
line_up(struct gbx_broker *b, struct gbx_lane *lane)
{
	gbx_list_remove(&lane->link);
	if (gbx_list_empty(&lane->jobs))
		return;
	gbx_list_append(gbx_queue_owes(b, lane) ? &b->pool[lane->kind].owing
						: &b->pool[lane->kind].queue,
	    &lane->link);
}

void
gbx_queue_add(struct gbx_request *job)
{
	struct gbx_broker *b = job->broker;

	if (job->lane == NULL) {
		job->lane = lane_of(b, job);
		job->lane->refs++;
	}
	gbx_list_append(&job->lane->jobs, &job->link);
	if (job->lane->link.next == NULL)
		line_up(b, job->lane);
	b->n_queued++;
}

void
gbx_queue_remove(struct gbx_request *job)
{
	gbx_list_remove(&job->link);
	if (gbx_list_empty(&job->lane->jobs))
		gbx_list_remove(&job->lane->link);
	job->broker->n_queued--;
}

bool
gbx_queue_waits(const struct gbx_broker *b, uint32_t kind)
{
	return !gbx_list_empty(&b->pool[kind].queue) ||
	       !gbx_list_empty(&b->pool[kind].owing);
}

struct gbx_lane *
gbx_queue_next(struct gbx_broker *b, uint32_t kind)
{
	struct gbx_link *owing = &b->pool[kind].owing;
	struct gbx_lane *lane;

	while (!gbx_list_empty(owing)) {
		lane = gbx_list_item(owing->next, struct gbx_lane, link);
		if (gbx_queue_owes(b, lane))
			break;
		line_up(b, lane);
	}
	if (!gbx_list_empty(&b->pool[kind].queue))
		owing = &b->pool[kind].queue;
	if (gbx_list_empty(owing))
		return NULL;
	return gbx_list_item(owing->next, struct gbx_lane, link);
}

static bool
same_batch(const struct gbx_request *a, const struct gbx_request *b)
{
	return a->domain != NULL && b->domain != NULL && !a->alone &&
	       !b->alone && a->in_mem != NULL && b->in_mem != NULL &&
	       a->op == b->op && a->first == b->first && a->count == b->count &&
	       a->box_w == b->box_w && a->box_h == b->box_h &&
	       a->dpi == b->dpi && a->want == b->want &&
	       a->require == b->require && strcmp(a->domain, b->domain) == 0 &&
	       memcmp(a->limit, b->limit, sizeof(a->limit)) == 0;
}

uint32_t
gbx_queue_gather(struct gbx_broker *b, struct gbx_lane *lane,
    struct gbx_request *ret[GBX_BATCH_MAX])
{
	struct gbx_link *l = lane->jobs.next;
	struct gbx_request *job;
	uint32_t n = 0, seen = 0;

	for (; l != &lane->jobs && n < b->batch_max && seen < LOOK_AHEAD;
	     l = l->next, seen++) {
		job = gbx_list_item(l, struct gbx_request, link);
		if (n == 0 || same_batch(ret[0], job))
			ret[n++] = job;
		if (ret[0]->domain == NULL || ret[0]->alone)
			break;
	}
	return n;
}

/* ---- turns --------------------------------------------------------------- */

void
gbx_queue_served(struct gbx_broker *b, struct gbx_lane *lane)
{
	b->pool[lane->kind].turns++;
	line_up(b, lane);
}

void
gbx_queue_blame(struct gbx_broker *b, struct gbx_lane *lane)
{
	forgive_old(b);
	gbx_list_remove(&lane->debt);
	gbx_list_append(&b->debtors, &lane->debt);
	lane->owes_until = b->pool[lane->kind].turns + TURNS_OWED;
	lane->blamed_ns = gbx_now_ns();
	line_up(b, lane);
}
