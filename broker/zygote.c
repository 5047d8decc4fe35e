/* SPDX-License-Identifier: ISC */
/*
 * The zygote of one worker kind, from exec to retirement. Side: trusted.
 * What its death means for others is dealt with in settle.c.
 */
#include <glovebox.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "broker/autopsy.h"
#include "broker/backoff.h"
#include "broker/broker.h"
#include "broker/list.h"
#include "broker/pool.h"
#include "broker/process.h"
#include "broker/watch.h"
#include "broker/zygote.h"

/* A zygote serves so many jobs, or so long: then a fresh layout. */
#define LIFE_JOBS 20000
#define LIFE_NS	  (600ULL * 1000000000ULL)

struct gbx_zygote *
gbx_zygote_new(struct gbx_broker *b, uint32_t kind)
{
	struct gbx_zygote *z = calloc(1, sizeof(*z));

	if (z == NULL)
		return NULL;
	z->broker = b;
	z->kind = kind;
	z->sock = -1;
	z->pidfd = -1;
	z->canary_pidfd = -1;
	z->canary_corpse.status_fd = z->canary_corpse.stat_fd = -1;
	z->born_ns = gbx_now_ns();
	gbx_list_init(&z->idle);
	return z;
}

void
gbx_zygote_fail(struct gbx_zygote *z, int err)
{
	struct gbx_broker *b = z->broker;

	if (z->state == GBX_ZYGOTE_DEAD)
		return;
	z->worked = z->state == GBX_ZYGOTE_READY;
	z->state = GBX_ZYGOTE_DEAD;
	z->err = err;
	gbx_watch_remove(b, &z->watch);
	gbx_watch_remove(b, &z->canary_watch);
	gbx_kill(z->pidfd);
	gbx_list_remove(&z->link);
	gbx_list_append(&b->fallen, &z->link);
}

void
gbx_zygote_started(struct gbx_zygote *z, int pidfd, int err)
{
	struct gbx_broker *b = z->broker;

	gbx_list_remove(&z->link);
	gbx_list_append(&b->zygotes, &z->link);
	z->pidfd = pidfd;
	z->outer = b->sandbox.report.bits;
	z->ordered_ns = gbx_now_ns();
	z->state = GBX_ZYGOTE_SETUP;
	if (err == 0)
		err = gbx_watch_add(b, &z->watch, GBX_WATCH_ZYGOTE, z->sock, z);
	if (err != 0)
		gbx_zygote_fail(z, err);
}

uint32_t
gbx_zygote_posture(const struct gbx_zygote *z)
{
	return z->report.bits | z->outer |
	       (z->proc_proof ? GBX_POSTURE_PROVEN : 0);
}

bool
gbx_zygote_worn(const struct gbx_zygote *z)
{
	return z->jobs >= LIFE_JOBS || gbx_now_ns() - z->born_ns >= LIFE_NS;
}

/* ---- the end ------------------------------------------------------------- */

static void
retire(struct gbx_zygote *z)
{
	struct gbx_broker *b = z->broker;

	z->retired = true;
	if (b->pool[z->kind].live == z)
		b->pool[z->kind].live = NULL;
	gbx_back_off(z);
	gbx_pool_drop_idle(z);
}

static void
free_if_unused(struct gbx_zygote *z)
{
	if (z->n_busy == 0)
		gbx_zygote_free(z);
}

void
gbx_zygote_retire(struct gbx_zygote *z)
{
	if (!z->retired)
		retire(z);
	free_if_unused(z);
}

void
gbx_zygote_renew(struct gbx_zygote *z)
{
	uint64_t before = z->broker->pool[z->kind].backoff_ns;

	if (!z->retired) {
		retire(z);
		gbx_back_off_least(z, before);
	}
	free_if_unused(z);
}

void
gbx_zygote_replace(struct gbx_zygote *z)
{
	struct gbx_pool *pool = &z->broker->pool[z->kind];

	pool->backoff_ns = 0;
	gbx_zygote_retire(z);
	pool->next_start_ns = 0;
}

void
gbx_zygote_free(struct gbx_zygote *z)
{
	struct gbx_broker *b = z->broker;

	gbx_pool_drop_idle(z);
	gbx_list_remove(&z->link);
	gbx_watch_remove(b, &z->watch);
	gbx_watch_remove(b, &z->canary_watch);
	if (b->pool[z->kind].live == z)
		b->pool[z->kind].live = NULL;
	gbx_kill(z->pidfd);
	gbx_close_fd(&z->sock);
	gbx_close_fd(&z->pidfd);
	gbx_close_fd(&z->canary_pidfd);
	gbx_corpse_close(&z->canary_corpse);
	gbx_free_watched(b, &z->link);
}
