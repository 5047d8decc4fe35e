/* SPDX-License-Identifier: ISC */
/*
 * What is late: inputs that do not arrive, workers over their wall limit,
 * zygotes that do not answer. Side: trusted. What is late is killed or given
 * up; that it is gone is an event like any other.
 */
#include <glovebox.h>
#include <poll.h>

#include "broker/arrive.h"
#include "broker/backoff.h"
#include "broker/broker.h"
#include "broker/deadlines.h"
#include "broker/list.h"
#include "broker/pool.h"
#include "broker/process.h"
#include "broker/queue.h"
#include "broker/run.h"
#include "broker/sandbox.h"
#include "broker/validate/gate.h"
#include "broker/watch.h"
#include "broker/worker.h"
#include "broker/zygote.h"

static uint64_t
check_runs(struct gbx_broker *b, uint64_t now, uint64_t next)
{
	struct gbx_link *l;
	struct gbx_run *run;

	for (l = b->runs.next; l != &b->runs; l = l->next) {
		run = gbx_list_item(l, struct gbx_run, link);
		if (run->deadline_ns > now) {
			if (run->deadline_ns < next)
				next = run->deadline_ns;
		} else if (run->waiting_status) {
			/* Dead already; it is the zygote that is stuck. */
			gbx_kill(run->worker->zygote->pidfd);
		} else if (run->kill_verdict == 0 &&
			   !gbx_is_gone(run->worker->pidfd)) {
			/* One that is gone ended by its own timers at the
			 * latest; it is we who come late, after a stop. */
			gbx_run_kill(run, GBX_VERDICT_DEADLINE);
		}
	}
	return next;
}

/* When this zygote will have been silent for too long; UINT64_MAX when it owes
 * nothing. One that has worked is given up sooner, for there may be another at
 * once; but not again before a job ended well, or a machine that is slow would
 * never get anywhere. */
static uint64_t
patience(const struct gbx_zygote *z)
{
	uint64_t most = z->broker->pool[z->kind].backoff_ns == 0
			    ? GBX_SILENT_NS
			    : GBX_ANSWER_NS;

	if (z->state < GBX_ZYGOTE_READY && z->ordered_ns == 0)
		return z->born_ns + GBX_ANSWER_NS;
	if (z->state < GBX_ZYGOTE_READY)
		return z->ordered_ns + GBX_ANSWER_NS;
	if (z->state == GBX_ZYGOTE_READY && z->n_ordered > 0)
		return z->ordered_ns + most;
	if (z->state == GBX_ZYGOTE_READY && z->refused_ns != 0)
		return z->refused_ns + most;
	return UINT64_MAX;
}

/* What it said was not read yet: it is we who come late, after a stop. */
static bool
has_spoken(const struct gbx_zygote *z)
{
	struct pollfd p = {.fd = z->sock, .events = POLLIN};

	if (z->state == GBX_ZYGOTE_EXEC)
		p.fd = z->broker->sandbox.sock;
	return poll(&p, 1, 0) == 1;
}

static void
give_up(struct gbx_zygote *z)
{
	if (z->state == GBX_ZYGOTE_EXEC) {
		gbx_sandbox_give_up(z);
	} else if (z->state == GBX_ZYGOTE_READY) {
		/* Its busy workers are well. */
		gbx_zygote_retire(z);
	} else {
		gbx_kill(z->pidfd);
	}
}

static uint64_t
check_zygotes(struct gbx_broker *b, uint64_t now, uint64_t next)
{
	struct gbx_zygote *z;
	uint64_t end;
	uint32_t kind;

	for (kind = 1; kind < GBX_WORKER_COUNT; kind++) {
		z = b->pool[kind].live;
		end = UINT64_MAX;
		if (z != NULL)
			end = patience(z);
		else if (gbx_queue_waits(b, kind))
			end = gbx_start_ns(b, kind);
		if (end > now) {
			next = end < next ? end : next;
		} else if (z != NULL && !has_spoken(z)) {
			give_up(z);
		}
	}
	return next;
}

void
gbx_deadlines_check(struct gbx_broker *b)
{
	uint64_t next = UINT64_MAX, now = gbx_now_ns();

	gbx_timer_expired(b);
	next = gbx_arrive_check(b, now, next);
	next = check_runs(b, now, next);
	next = check_zygotes(b, now, next);
	if (next != UINT64_MAX)
		gbx_arm(b, next);
}
