/* SPDX-License-Identifier: ISC */
/*
 * What the death of a zygote, or of a worker that it was to fork, means for the
 * jobs of its kind: another try, a wait, or a refusal. Side: trusted.
 * Jobs that run are told by verdict.c; jobs that wait are told here, and only
 * if no zygote can be had.
 */
#include <errno.h>

#include "broker/backoff.h"
#include "broker/broker.h"
#include "broker/death.h"
#include "broker/list.h"
#include "broker/pool.h"
#include "broker/refuse.h"
#include "broker/resources.h"
#include "broker/settle.h"
#include "broker/shortage.h"
#include "broker/validate/gate.h"
#include "broker/zygote.h"

/* One that is killed before it is ready is tried again so often. */
#define EARLY_DEATHS 3

/* Gone without a word, as when somebody kills it or init: not its fault. What
 * it had not read yet makes a reset of its end (unix(7)). Or with last words
 * (runtime/lastwords.h): the next one may have more luck. */
static bool
try_again(struct gbx_zygote *z, int err)
{
	bool gone = err == -ECHILD || err == -ECONNRESET || err == -EPIPE ||
		    err == -ELIBBAD || err == -ENOMEM;

	return gone && !z->posture_failed &&
	       ++z->broker->pool[z->kind].died_early < EARLY_DEATHS;
}

/* It could not be made, or not be received, for want of something that may come
 * back. One that says itself that it has no memory is another matter: its
 * library may never have enough. */
static bool
is_lacking(const struct gbx_zygote *z, int err)
{
	return gbx_is_shortage(err) && !z->posture_failed &&
	       (err != -ENOMEM || z->pidfd < 0);
}

/* It is gone from its place: what becomes of its successor, and of its queue.
 */
static void
leave_place(struct gbx_zygote *z)
{
	struct gbx_broker *b = z->broker;
	struct gbx_pool *pool = &b->pool[z->kind];
	bool lacking = !z->worked && is_lacking(z, z->err);
	bool again = z->worked || (!lacking && try_again(z, z->err));

	pool->live = NULL;
	pool->start_err = z->worked ? 0 : z->err;
	pool->start_posture = z->posture_failed;
	if (again || lacking)
		gbx_hold_off(z);
	if (lacking)
		gbx_shortage(b, z->kind, z->err);
	else if (!again)
		gbx_refuse_all(b, z->kind, z->posture_failed, -z->err);
}

static void
settle_zygote(struct gbx_zygote *z)
{
	struct gbx_broker *b = z->broker;

	gbx_list_remove(&z->link);
	gbx_list_append(&b->zygotes, &z->link);
	gbx_death_untold(z);
	if (b->pool[z->kind].live == z)
		leave_place(z);
	z->retired = true;
	if (z->n_busy == 0)
		gbx_zygote_free(z);
}

/* Of this kind a worker was ordered that could not be had. */
static void
settle_lack(struct gbx_broker *b, uint32_t kind)
{
	int err = b->pool[kind].lacks;

	if (gbx_is_shortage(-err))
		gbx_shortage(b, kind, -err);
	else
		gbx_refuse_all(b, kind, false, err);
}

void
gbx_settle(struct gbx_broker *b)
{
	uint32_t kind;

	while (!gbx_list_empty(&b->fallen))
		settle_zygote(
		    gbx_list_item(b->fallen.next, struct gbx_zygote, link));
	for (kind = 1; kind < GBX_WORKER_COUNT; kind++)
		if (b->pool[kind].lacks != 0)
			settle_lack(b, kind);
}
