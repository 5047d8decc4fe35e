/* SPDX-License-Identifier: ISC */
/*
 * The zygote of one worker kind, from exec to retirement, and the pool of idle
 * workers that it keeps filled. Side: trusted.
 * Must never hand out a worker before a canary of the same zygote has proved
 * that its lock acts.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "broker/broker.h"
#include "ipc/datagram.h"

/* A zygote serves so many jobs, or so long: then a fresh layout. */
#define LIFE_JOBS 20000
#define LIFE_NS	  (600ULL * 1000000000ULL)
/* After a crash the next one starts at once, then ever later. */
#define BACKOFF_MIN_NS 20000000ULL
#define ORDER_AGAIN_NS 10000000ULL
#define BACKOFF_MAX_NS 100000000ULL
/* One that is killed before it is ready is tried again so often. */
#define EARLY_DEATHS 3

static int
send_config(struct gbx_zygote *z)
{
	struct gbx_broker *b = z->broker;
	uint8_t msg[GBX_CTL_CONFIG_LEN] = {GBX_CTL_CONFIG};
	uint64_t cpu_s = b->ceiling[GBX_LIMIT_CPU] / 1000 + 1;

	gbx_put_u32(msg + 1, b->lockdown);
	gbx_put_u64(msg + 5, b->ceiling[GBX_LIMIT_MEMORY]);
	gbx_put_u32(msg + 13, (uint32_t)cpu_s);
	return gbx_ipc_send(z->sock, msg, sizeof(msg), NULL, 0);
}

/* Ask init for it. The configuration waits in the socket until it is there. */
static int
order(struct gbx_zygote *z)
{
	gbx_autoclose int program = -1, theirs = -1;
	static const uint8_t msg[1] = {GBX_CTL_ZYGOTE};
	struct gbx_broker *b = z->broker;
	bool shared = gbx_table_is_shared(z->kind);
	int err, pair[2], fds[3];

	if (shared && b->libs_fd < 0)
		return -ELIBACC;
	program = gbx_open_program(b, gbx_table_worker_name(z->kind));
	if (program < 0)
		return program;
	err = gbx_ipc_pair(pair);
	if (err != 0)
		return err;
	z->sock = pair[0];
	theirs = pair[1];
	fds[0] = program;
	fds[1] = theirs;
	fds[2] = b->libs_fd;
	err = send_config(z);
	if (err == 0)
		err = gbx_ipc_send(
		    b->sandbox.sock, msg, sizeof(msg), fds, shared ? 3 : 2);
	return err;
}

int
gbx_zygote_start(struct gbx_broker *b, uint32_t kind)
{
	struct gbx_zygote *z;
	int err;

	err = gbx_sandbox_restart(b);
	if (err != 0)
		return err;
	z = calloc(1, sizeof(*z));
	if (z == NULL)
		return -ENOMEM;
	z->broker = b;
	z->kind = kind;
	z->sock = -1;
	z->pidfd = -1;
	z->canary_pidfd = -1;
	z->canary_corpse.status_fd = z->canary_corpse.stat_fd = -1;
	z->born_ns = gbx_now_ns();
	gbx_list_init(&z->idle);
	err = order(z);
	if (err != 0) {
		gbx_close_fd(&z->sock);
		free(z);
		return err;
	}
	gbx_list_append(&b->starting, &z->link);
	b->live[kind] = z;
	b->stats.zygotes_started++;
	return 0;
}

/* Its successor starts at once the first time, then ever later. */
static void
back_off(struct gbx_zygote *z)
{
	struct gbx_broker *b = z->broker;
	uint64_t *backoff = &b->backoff_ns[z->kind];

	*backoff = *backoff == 0 ? BACKOFF_MIN_NS : *backoff * 2;
	if (*backoff > BACKOFF_MAX_NS)
		*backoff = BACKOFF_MAX_NS;
	b->next_start_ns[z->kind] = z->born_ns + *backoff;
}

/* It died by itself: whoever comes waits. */
static void
hold_off(struct gbx_zygote *z)
{
	struct gbx_broker *b = z->broker;

	back_off(z);
	b->hold_ns[z->kind] = b->next_start_ns[z->kind];
}

/* Gone without a word, as when somebody kills it or init: not its fault. What
 * it had not read yet makes a reset of its end (unix(7)). Or with last words
 * (runtime/lastwords.h): the next one may have more luck. */
static bool
try_again(struct gbx_zygote *z, int err)
{
	bool gone = err == -ECHILD || err == -ECONNRESET || err == -EPIPE ||
		    err == -ELIBBAD || err == -ENOMEM;

	return gone && !z->posture_failed &&
	       ++z->broker->died_early[z->kind] < EARLY_DEATHS;
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

/* It can't be had, or it is gone. Its jobs that run are told; those that wait
 * are told only if it can't be had. */
static void
zygote_died(struct gbx_zygote *z, int err)
{
	struct gbx_broker *b = z->broker;
	bool worked = z->state == GBX_ZYGOTE_READY, lacking, again;

	if (z->state == GBX_ZYGOTE_DEAD)
		return;
	lacking = !worked && is_lacking(z, err);
	again =
	    worked || (b->live[z->kind] == z && !lacking && try_again(z, err));
	z->state = GBX_ZYGOTE_DEAD;
	z->err = err;
	gbx_watch_remove(b, &z->watch);
	gbx_watch_remove(b, &z->canary_watch);
	gbx_kill(z->pidfd);
	gbx_run_zygote_died(z);
	if (b->live[z->kind] == z) {
		b->live[z->kind] = NULL;
		b->start_err[z->kind] = worked ? 0 : err;
		b->start_posture[z->kind] = z->posture_failed;
		if (again || lacking)
			hold_off(z);
		if (lacking)
			gbx_shortage(b, z->kind, err);
		else if (!again)
			gbx_schedule_unavailable(
			    b, z->kind, z->posture_failed, -err);
	}
	z->retired = true;
	if (z->n_busy == 0)
		gbx_zygote_free(z);
	if (again)
		gbx_schedule(b);
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
		zygote_died(z, err);
}

uint32_t
gbx_zygote_posture(const struct gbx_zygote *z)
{
	return z->report.bits | z->outer |
	       (z->proc_proof ? GBX_POSTURE_PROVEN : 0);
}

/* ---- the canary ---------------------------------------------------------- */

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

static void
on_ready(struct gbx_zygote *z, const uint8_t *msg, const int fds[2])
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
		zygote_died(z, err);
		return;
	}
	/* Forked while the canary dies; not given a job before it is dead. */
	gbx_zygote_refill(z, true);
}

static int
order_status(struct gbx_zygote *z, uint32_t zpid)
{
	uint8_t msg[1 + 4] = {GBX_CTL_STATUS};

	gbx_put_u32(msg + 1, zpid);
	return gbx_ipc_send(z->sock, msg, sizeof(msg), NULL, 0);
}

void
gbx_zygote_canary_event(struct gbx_zygote *z)
{
	int err;

	gbx_watch_remove(z->broker, &z->canary_watch);
	z->ordered_ns = gbx_now_ns();
	err = order_status(z, z->canary_zpid);
	if (err != 0)
		zygote_died(z, err);
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
	gbx_autopsy(b, z, &z->canary_corpse, true, &death);
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
	b->died_early[z->kind] = 0;
	b->start_err[z->kind] = 0;
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

static void
on_canary_status(struct gbx_zygote *z, uint32_t status)
{
	struct gbx_broker *b = z->broker;
	int code = (int)(status >> 16), value = (int)(status & 0xffff);
	struct gbx_death death;
	uint32_t missing;

	/* By somebody's hand, or the OOM killer's: no proof. */
	if (code == CLD_KILLED && value == SIGKILL && !must_be_killed(z)) {
		zygote_died(z, -ECHILD);
		return;
	}
	learn_from(z, &death);
	if (is_proof_missing(z, &death)) {
		zygote_died(z, -ECHILD);
		return;
	}
	if (!died_rightly(z, code, value) || is_unlocked(z, &death)) {
		z->posture_failed = true;
		zygote_died(z, -EPERM);
		return;
	}
	gbx_zygote_bury(z, z->canary_zpid);
	gbx_close_fd(&z->canary_pidfd);
	missing = b->require & ~gbx_zygote_posture(z);
	if (missing != 0) {
		z->posture_failed = true;
		zygote_died(z, -EPERM);
		return;
	}
	z->state = GBX_ZYGOTE_READY;
	remember_host(z);
	gbx_schedule(b);
}

/* ---- workers ------------------------------------------------------------- */

/* A worker that was ordered will not come (no memory, no pids, no descriptors
 * to receive it). If none is left that could bring the queue forward, its jobs
 * are told, or wait for what is short. */
static void
none_coming(struct gbx_zygote *z, int err)
{
	if (z->n_idle > 0 || z->n_ordered > 0 || z->n_busy > 0)
		return;
	if (gbx_is_shortage(-err))
		gbx_shortage(z->broker, z->kind, -err);
	else
		gbx_schedule_unavailable(z->broker, z->kind, false, err);
}

static void
on_worker(struct gbx_zygote *z, const uint8_t *msg, int fds[2])
{
	struct gbx_child *c = calloc(1, sizeof(*c));

	if (z->n_ordered > 0)
		z->n_ordered--;
	z->ordered_ns = gbx_now_ns();
	if (c == NULL || z->retired) {
		close(fds[0]);
		close(fds[1]);
		if (c == NULL && !z->retired)
			none_coming(z, ENOMEM);
		free(c);
		return;
	}
	c->zygote = z;
	c->sock = fds[0];
	c->pidfd = fds[1];
	c->zpid = gbx_get_u32(msg + 1);
	gbx_corpse_open(z->broker, c->pidfd, &c->corpse);
	gbx_list_append(&z->idle, &c->link);
	z->n_idle++;
	z->broker->stats.workers_started++;
	if (z->state == GBX_ZYGOTE_READY)
		gbx_schedule(z->broker);
}

static void
on_error(struct gbx_zygote *z, int err)
{
	if (z->state != GBX_ZYGOTE_READY) {
		z->posture_failed = err == EPERM || err == ENOSYS ||
				    err == EINVAL || err == EACCES;
		zygote_died(z, -err);
		return;
	}
	if (z->n_ordered > 0)
		z->n_ordered--;
	none_coming(z, err);
}

/* No room for its descriptors: the host's table is full. The worker sees the
 * end of its socket. */
static void
lost_worker(struct gbx_zygote *z)
{
	if (z->n_ordered > 0)
		z->n_ordered--;
	none_coming(z, EMFILE);
}

static size_t
fds_of(uint8_t letter)
{
	switch (letter) {
	case GBX_CTL_READY:
	case GBX_CTL_WORKER:
		return 2;
	default:
		return 0;
	}
}

static bool
handle(struct gbx_zygote *z, const uint8_t *msg, size_t n, int fds[2])
{
	uint32_t zpid;

	if (msg[0] == GBX_CTL_READY && n == GBX_CTL_READY_LEN &&
	    z->state == GBX_ZYGOTE_SETUP) {
		on_ready(z, msg, fds);
	} else if (msg[0] == GBX_CTL_WORKER && n == 5) {
		on_worker(z, msg, fds);
	} else if (msg[0] == GBX_CTL_STATUS && n == 9) {
		zpid = gbx_get_u32(msg + 1);
		if (z->state == GBX_ZYGOTE_CANARY && zpid == z->canary_zpid)
			on_canary_status(z, gbx_get_u32(msg + 5));
		else
			gbx_run_status(z, zpid, gbx_get_u32(msg + 5));
	} else if (msg[0] == GBX_CTL_ERROR && n == 5) {
		on_error(z, (int)gbx_get_u32(msg + 1));
	} else {
		return false;
	}
	return true;
}

void
gbx_zygote_event(struct gbx_zygote *z)
{
	uint8_t msg[GBX_CTL_MAX];
	int fds[2] = {-1, -1};
	size_t n_fds = 0;
	ssize_t n;

	n = gbx_ipc_recv_some(
	    z->sock, msg, sizeof(msg), MSG_DONTWAIT, fds, 2, &n_fds);
	if (n == -EAGAIN)
		return;
	/* In SETUP it was the canary: without it this one is of no use. */
	if (n == -EMFILE && z->state != GBX_ZYGOTE_SETUP) {
		lost_worker(z);
	} else if (n <= 0) {
		zygote_died(z, n == 0 ? -ECHILD : (int)n);
	} else if (n_fds != fds_of(msg[0]) || !handle(z, msg, (size_t)n, fds)) {
		gbx_close_fd(&fds[0]);
		gbx_close_fd(&fds[1]);
		zygote_died(z, -EPROTO);
	}
}

struct gbx_child *
gbx_zygote_take(struct gbx_zygote *z)
{
	struct gbx_child *c;

	if (gbx_list_empty(&z->idle))
		return NULL;
	c = gbx_list_item(z->idle.next, struct gbx_child, link);
	gbx_list_remove(&c->link);
	z->n_idle--;
	return c;
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
gbx_zygote_refill(struct gbx_zygote *z, bool now)
{
	uint32_t target = z->broker->target_idle[z->kind];
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
gbx_zygote_bury(struct gbx_zygote *z, uint32_t zpid)
{
	if (z->state == GBX_ZYGOTE_DEAD)
		return;
	if (z->n_reap == GBX_CTL_REAP_MAX)
		send_order(z, 0);
	if (z->n_reap < GBX_CTL_REAP_MAX)
		z->reap[z->n_reap++] = zpid;
}

/* ---- the end ------------------------------------------------------------- */

static void
drop_idle(struct gbx_zygote *z)
{
	struct gbx_child *c;

	while ((c = gbx_zygote_take(z)) != NULL) {
		gbx_kill(c->pidfd);
		gbx_child_free(c);
	}
}

void
gbx_zygote_retire(struct gbx_zygote *z)
{
	struct gbx_broker *b = z->broker;

	if (!z->retired) {
		z->retired = true;
		if (b->live[z->kind] == z)
			b->live[z->kind] = NULL;
		back_off(z);
		drop_idle(z);
	}
	if (z->n_busy == 0)
		gbx_zygote_free(z);
}

void
gbx_zygote_renew(struct gbx_zygote *z)
{
	struct gbx_broker *b = z->broker;
	uint64_t backoff = b->backoff_ns[z->kind];
	uint64_t next = z->born_ns + BACKOFF_MIN_NS;
	uint32_t kind = z->kind;
	bool first = !z->retired;

	gbx_zygote_retire(z);
	if (!first)
		return;
	b->backoff_ns[kind] = backoff;
	b->next_start_ns[kind] = next;
}

/* Worn out, not suspect: no back-off. */
bool
gbx_zygote_worn(const struct gbx_zygote *z)
{
	return z->jobs >= LIFE_JOBS || gbx_now_ns() - z->born_ns >= LIFE_NS;
}

void
gbx_zygote_free(struct gbx_zygote *z)
{
	struct gbx_broker *b = z->broker;

	drop_idle(z);
	gbx_list_remove(&z->link);
	gbx_watch_remove(b, &z->watch);
	gbx_watch_remove(b, &z->canary_watch);
	if (b->live[z->kind] == z)
		b->live[z->kind] = NULL;
	gbx_kill(z->pidfd);
	gbx_close_fd(&z->sock);
	gbx_close_fd(&z->pidfd);
	gbx_close_fd(&z->canary_pidfd);
	gbx_corpse_close(&z->canary_corpse);
	gbx_free_watched(b, &z->link);
}
