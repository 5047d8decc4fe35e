/* SPDX-License-Identifier: ISC */
/*
 * The canary: a process of the zygote that is locked as a worker is, never gets
 * a job, and proves the lock by the way it dies. Side: trusted.
 * No worker is handed out before a canary of the same zygote has proved that
 * its lock acts.
 */
#include <errno.h>
#include <glovebox.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "broker/autopsy.h"
#include "broker/broker.h"
#include "broker/canary.h"
#include "broker/pool.h"
#include "broker/watch.h"
#include "broker/zygote.h"
#include "ipc/control.h"
#include "ipc/datagram.h"

/* It is alive until now, for some are not shown any more when they are dead
 * (proc(5), hidepid=). Whose mode can't be read has to die of a forbidden call
 * under `strict`. */
static void
let_canary_go(struct gbx_zygote *z, int sock)
{
	static const uint8_t shown[1] = {GBX_CTL_SHOWN};

	gbx_corpse_open(z->broker, z->canary_pidfd, &z->canary_corpse);
	z->canary_shown = z->canary_corpse.status_fd >= 0 &&
			  gbx_ipc_send(sock, shown, 1, NULL, 0) == 0;
	close(sock);
}

void
gbx_canary_born(struct gbx_zygote *z, const uint8_t *msg, const int fds[2])
{
	int err, pidfd = fds[0];

	gbx_report_unpack(msg, &z->report);
	z->canary_zpid = gbx_get_u32(msg + GBX_CTL_REPORT_LEN);
	z->arena = (uint64_t)gbx_get_u32(msg + GBX_CTL_REPORT_LEN + 4) << 20;
	z->canary_pidfd = pidfd;
	let_canary_go(z, fds[1]);
	z->ordered_ns = gbx_now_ns();
	z->state = GBX_ZYGOTE_CANARY;
	err = gbx_watch_add(
	    z->broker, &z->canary_watch, GBX_WATCH_CANARY, pidfd, z);
	if (err != 0) {
		gbx_zygote_fail(z, err);
		return;
	}
	/* Forked while the canary dies; not given a job before it is dead. */
	gbx_pool_refill(z, true);
}

static int
order_status(struct gbx_zygote *z, uint32_t zpid)
{
	uint8_t msg[1 + 4] = {GBX_CTL_STATUS};

	gbx_put_u32(msg + 1, zpid);
	return gbx_ipc_send(z->sock, msg, sizeof(msg), NULL, 0);
}

void
gbx_canary_died(struct gbx_zygote *z)
{
	int err;

	gbx_watch_remove(z->broker, &z->canary_watch);
	z->ordered_ns = gbx_now_ns();
	err = order_status(z, z->canary_zpid);
	if (err != 0)
		gbx_zygote_fail(z, err);
}

/* Under `strict` without /proc all that it can show is the kernel's kill. */
static bool
must_be_killed(const struct gbx_zygote *z)
{
	return z->broker->lockdown == GBX_LOCKDOWN_STRICT && !z->canary_shown;
}

static bool
died_rightly(const struct gbx_zygote *z, int code, int value)
{
	if (must_be_killed(z))
		return code == CLD_KILLED && value == SIGKILL;
	return code == CLD_EXITED && value == GBX_CANARY_PROVED;
}

/* What /proc shows of a canary that died as it must is what it has to show of
 * every worker. */
static void
learn_from(struct gbx_zygote *z, struct gbx_death *ret_death)
{
	struct gbx_broker *b = z->broker;
	struct gbx_death death = {0};
	struct gbx_corpse self;
	int own, filters = gbx_autopsy_filters(&z->canary_corpse);

	gbx_corpse_open(b, z->pidfd, &self);
	own = gbx_autopsy_filters(&self);
	gbx_corpse_close(&self);
	gbx_autopsy(b, z->filters, &z->canary_corpse, true, &death);
	gbx_corpse_close(&z->canary_corpse);
	*ret_death = death;
	if (b->lockdown == GBX_LOCKDOWN_FILTER &&
	    (own < 0 || filters != own + 1))
		return;
	z->proc_proof = death.proof_read && death.locked && death.nnp;
	z->filters = filters > 0 ? (uint32_t)filters : 0;
	z->proc_exit = death.known && died_rightly(z, death.code, death.status);
	gbx_autopsy_reader(&z->reader);
}

/* For those who ask what this host gives. */
static void
remember_host(struct gbx_zygote *z)
{
	struct gbx_broker *b = z->broker;
	struct gbx_host_posture *h = &b->host;
	uint32_t i, why;

	h->posture = gbx_zygote_posture(z);
	for (i = 0; i < GBX_LAYER_COUNT; i++) {
		why = z->report.why[i] != 0 ? z->report.why[i]
					    : b->sandbox.report.why[i];
		h->why[i] = (h->posture & (1U << i)) != 0 ? 0 : (int)why;
	}
	h->landlock_abi = (int)z->report.extra;
	h->memory = z->arena;
	h->seccomp_filters = z->filters;
	b->pool[z->kind].died_early = 0;
	b->pool[z->kind].start_err = 0;
}

/* Under `strict` what /proc shows of a canary that was not killed is all the
 * proof; a lock that only pretends to be there is not seen there. */
static bool
needs_proc(const struct gbx_zygote *z)
{
	return z->broker->lockdown == GBX_LOCKDOWN_STRICT && z->canary_shown;
}

static bool
is_proof_missing(const struct gbx_zygote *z, const struct gbx_death *d)
{
	return needs_proc(z) && !d->proof_read;
}

static bool
is_unlocked(const struct gbx_zygote *z, const struct gbx_death *d)
{
	return needs_proc(z) && !d->locked;
}

void
gbx_canary_status(struct gbx_zygote *z, uint32_t status)
{
	struct gbx_broker *b = z->broker;
	int code = (int)(status >> 16), value = (int)(status & 0xffff);
	struct gbx_death death;
	uint32_t missing;

	/* By somebody's hand, or the OOM killer's: no proof. */
	if (code == CLD_KILLED && value == SIGKILL && !must_be_killed(z)) {
		gbx_zygote_fail(z, -ECHILD);
		return;
	}
	learn_from(z, &death);
	if (is_proof_missing(z, &death)) {
		gbx_zygote_fail(z, -ECHILD);
		return;
	}
	if (!died_rightly(z, code, value) || is_unlocked(z, &death)) {
		z->posture_failed = true;
		gbx_zygote_fail(z, -EPERM);
		return;
	}
	gbx_pool_bury(z, z->canary_zpid);
	gbx_close_fd(&z->canary_pidfd);
	missing = b->require & ~gbx_zygote_posture(z);
	if (missing != 0) {
		z->posture_failed = true;
		gbx_zygote_fail(z, -EPERM);
		return;
	}
	z->state = GBX_ZYGOTE_READY;
	remember_host(z);
}
