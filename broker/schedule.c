/* SPDX-License-Identifier: ISC */
/*
 * Which job runs when: from the queues to workers, deadlines, the end of a job.
 * Side: trusted. Waits for nothing but the end of a sandbox that was killed.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "broker/broker.h"
#include "ipc/memfd.h"

#define GONE_MS 20 /* a killed worker takes less */
/* With no miss for so long, the pool keeps one worker less. */
#define CALM_NS (10ULL * 1000000000ULL)

/* ---- the end of a job ---------------------------------------------------- */

static void
raise_done(struct gbx_broker *b)
{
	static const uint64_t one = 1;

	if (b->done_raised)
		return;
	b->done_raised = write(b->done_fd, &one, sizeof(one)) == sizeof(one);
}

void
gbx_request_finish(
    struct gbx_request *job, enum gbx_verdict verdict, const char *detail)
{
	struct gbx_broker *b = job->broker;
	struct gbx_result *r = job->result;

	if (job->state == GBX_JOB_QUEUED)
		gbx_queue_remove(job);
	gbx_list_remove(&job->link);
	gbx_queue_leave(b, &job->lane);
	job->state = GBX_JOB_DONE;
	job->run = NULL;
	r->verdict = verdict;
	if (detail != NULL)
		r->detail = detail;
	r->elapsed_us = (gbx_now_ns() - job->start_ns) / 1000;
	gbx_input_free(job);
	b->stats.verdicts[verdict]++;
	b->stats.jobs++;
	if (!job->sync) {
		b->n_pending--;
		gbx_list_append(&b->done, &job->link);
		raise_done(b);
	}
	pthread_cond_broadcast(&b->moved);
	/* The thread in epoll_wait does not hear that: the timer wakes it. */
	if (b->pumping)
		gbx_arm(b, 1);
}

void
gbx_request_free(struct gbx_request *job)
{
	struct gbx_broker *b = job->broker;

	if (job->state == GBX_JOB_QUEUED)
		gbx_queue_remove(job);
	gbx_list_remove(&job->link);
	gbx_queue_leave(b, &job->lane);
	gbx_forget_id(job);
	gbx_list_remove(&job->all);
	gbx_input_free(job);
	gbx_result_free(job->result);
	free(job->domain);
	free(job->client);
	b->n_jobs--;
	gbx_free_watched(b, &job->link);
}

/* ---- into the queue ------------------------------------------------------ */

/* The first bytes, as many as there are and fit. 0 or -errno. */
static int
peek(const struct gbx_request *job, uint8_t *ret, size_t room, size_t *ret_n)
{
	size_t n = job->in_size < room ? job->in_size : room;
	int err = 0;

	if (job->in_mem != NULL)
		memcpy(ret, job->in_mem, n);
	else
		err = gbx_memfd_read(job->in_fd, ret, n, 0);
	if (err == 0)
		*ret_n = n;
	return err;
}

/* The worker that the first bytes call for; where the declared type has no
 * first bytes of its own, and these are nobody else's, its worker. 0 or -errno.
 */
static int
kind_of(const struct gbx_request *job, uint32_t *ret_kind)
{
	uint8_t head[64];
	uint32_t declared = gbx_table_format_worker(job->declared);
	size_t n = 0;
	int err = peek(job, head, sizeof(head), &n);

	*ret_kind = gbx_table_sniff(head, n);
	if (*ret_kind == GBX_WORKER_NONE && !gbx_table_has_magic(declared))
		*ret_kind = declared;
	return err;
}

/* Declared, sniffed and worker type agree, or the job ends here. */
void
gbx_schedule_ready(struct gbx_request *job)
{
	struct gbx_broker *b = job->broker;
	uint32_t kind = GBX_WORKER_NONE;
	int err = kind_of(job, &kind);

	if (err != 0) {
		job->result->err = -err;
		gbx_request_finish(
		    job, GBX_VERDICT_ERROR, "the input could not be read back");
	} else if (job->in_size == 0) {
		gbx_request_finish(
		    job, GBX_VERDICT_MALFORMED, "the input is empty");
	} else if (job->declared != 0 && kind == GBX_WORKER_NONE) {
		gbx_request_finish(job, GBX_VERDICT_MALFORMED,
		    "the first bytes are not those of the declared type");
	} else if (job->declared != 0 &&
		   kind != gbx_table_format_worker(job->declared)) {
		job->result->begins = gbx_table_worker_reads(kind);
		gbx_request_finish(job, GBX_VERDICT_MISMATCH,
		    "the first bytes are those of a type other than declared");
	} else if (kind == GBX_WORKER_NONE) {
		gbx_request_finish(job, GBX_VERDICT_UNSUPPORTED,
		    "no parser for a file that begins like this");
	} else if (!(gbx_table_worker_ops(kind) & (1U << job->op))) {
		gbx_request_finish(job, GBX_VERDICT_UNSUPPORTED,
		    "this type does not support the operation");
	} else {
		job->kind = kind;
		job->state = GBX_JOB_QUEUED;
		gbx_list_remove(&job->link);
		gbx_queue_add(job);
		gbx_schedule(b);
	}
}

/* ---- out of the queue ---------------------------------------------------- */

/* What a job lacked. */
static const char *
words_for(int err)
{
	const char *words = gbx_start_error(err);

	switch (err) {
	case EDQUOT:
		return "shared memory is held by results not yet freed";
	case EMFILE:
	case ENFILE:
		return "no descriptors were left to start a worker";
	default:
		return words != NULL ? words
				     : "the worker could not be started";
	}
}

/* Which program, and its mode or owner; without memory for it, words_for. */
static void
name_refused(struct gbx_request *job)
{
	const struct gbx_broker *b = job->broker;
	char why[GBX_REFUSAL_MAX];

	if (gbx_program_refused(b->proc_fd, b->dir_fd, "",
		gbx_table_worker_name(job->kind), why, sizeof(why)))
		job->result->words = strdup(why);
}

void
gbx_schedule_refuse(struct gbx_request *job, bool posture, int err)
{
	if (!posture && err == EPERM)
		name_refused(job);
	/* EDQUOT is our own word for it. */
	job->result->err = err == EDQUOT ? ENOBUFS : err;
	if (!posture && err == ENOENT)
		gbx_request_finish(job, GBX_VERDICT_UNSUPPORTED,
		    "no worker for this type is installed");
	else if (posture)
		gbx_request_finish(job, GBX_VERDICT_UNAVAILABLE,
		    "the required posture can't be had on this host");
	else
		gbx_request_finish(job, GBX_VERDICT_ERROR, words_for(err));
}

void
gbx_schedule_unavailable(
    struct gbx_broker *b, uint32_t kind, bool posture, int err)
{
	struct gbx_lane *lane;

	while ((lane = gbx_queue_next(b, kind)) != NULL)
		gbx_schedule_refuse(
		    gbx_list_item(lane->jobs.next, struct gbx_request, link),
		    posture, err);
}

static void
put_back(struct gbx_child *c)
{
	gbx_list_append(&c->zygote->idle, &c->link);
	c->zygote->n_idle++;
}

/* No idle worker: keep more of them, but not because of a cold start. */
static void
missed(struct gbx_broker *b, const struct gbx_zygote *z)
{
	if (z->jobs == 0)
		return;
	if (b->target_idle[z->kind] < b->max_idle)
		b->target_idle[z->kind]++;
	b->missed_ns[z->kind] = gbx_now_ns();
}

static void
calm_down(struct gbx_broker *b, uint32_t kind)
{
	uint64_t now;

	if (b->target_idle[kind] <= 1)
		return;
	now = gbx_now_ns();
	if (now - b->missed_ns[kind] < CALM_NS)
		return;
	b->target_idle[kind]--;
	b->missed_ns[kind] = now;
}

/* An idle worker that had died is no verdict: the next one is taken. */
static void
drop_worker(struct gbx_zygote *z, struct gbx_child *c)
{
	gbx_kill(c->pidfd);
	gbx_wait_gone(c->pidfd, GONE_MS);
	gbx_zygote_bury(z, c->zpid);
	gbx_child_free(c);
}

/* The run could not be started. False: no more for now. */
static bool
not_started(struct gbx_zygote *z, struct gbx_child *c,
    struct gbx_request *const *jobs, uint32_t n, int err)
{
	uint32_t i;

	if (gbx_is_shortage(err)) {
		put_back(c);
		gbx_shortage(z->broker, z->kind, err);
		return false;
	}
	drop_worker(z, c);
	if (err != -EPIPE && err != -ECONNRESET)
		for (i = 0; i < n; i++)
			gbx_schedule_refuse(jobs[i], false, -err);
	return true;
}

/* Hand the first jobs of a lane to an idle worker. False: no more for now. */
static bool
dispatch(struct gbx_broker *b, struct gbx_zygote *z, struct gbx_lane *lane)
{
	struct gbx_request *jobs[GBX_BATCH_MAX] = {NULL};
	struct gbx_child *c;
	uint32_t i, n;
	int err;

	n = gbx_queue_gather(b, lane, jobs);
	if ((jobs[0]->require & ~gbx_zygote_posture(z)) != 0) {
		for (i = 0; i < n; i++)
			gbx_schedule_refuse(jobs[i], true, EPERM);
		return true;
	}
	c = gbx_zygote_take(z);
	if (c == NULL) {
		missed(b, z);
		gbx_zygote_refill(z, true);
		return false;
	}
	err = gbx_run_start(b, c, jobs, n);
	if (err != 0)
		return not_started(z, c, jobs, n, err);
	gbx_shortage_over(b);
	calm_down(b, z->kind);
	/* While it works the next ones are made; for the last job of the queue
	 * that waits until it is done (run.c). */
	if (gbx_queue_waits(b, z->kind))
		gbx_zygote_refill(z, false);
	return true;
}

void
gbx_schedule_renew(struct gbx_zygote *z)
{
	struct gbx_broker *b = z->broker;
	uint32_t kind = z->kind;

	b->backoff_ns[kind] = 0;
	gbx_zygote_retire(z);
	b->next_start_ns[kind] = 0;
}

/* Who owes waits for the end of the back-off, others do not. */
static uint64_t
start_ns(struct gbx_broker *b, uint32_t kind)
{
	struct gbx_lane *lane = gbx_queue_next(b, kind);
	uint64_t at = b->hold_ns[kind];

	if (lane != NULL && gbx_queue_owes(b, lane) &&
	    at < b->next_start_ns[kind])
		at = b->next_start_ns[kind];
	return at;
}

/* A zygote for this queue, or NULL while there is none ready. */
static struct gbx_zygote *
zygote_for(struct gbx_broker *b, uint32_t kind)
{
	struct gbx_zygote *z = b->live[kind];
	uint64_t now;
	int err;

	if (z != NULL && z->state == GBX_ZYGOTE_READY && gbx_zygote_worn(z)) {
		gbx_schedule_renew(z);
		z = NULL;
	}
	if (z != NULL)
		return z->state == GBX_ZYGOTE_READY ? z : NULL;
	now = gbx_now_ns();
	if (now < start_ns(b, kind)) {
		gbx_arm(b, start_ns(b, kind));
		return NULL;
	}
	err = gbx_zygote_start(b, kind);
	/* init is dead; once we were told so all starts anew. */
	if (err == -EPIPE || err == -ECONNRESET)
		return NULL;
	if (gbx_is_shortage(err))
		gbx_shortage(b, kind, err);
	else if (err != 0)
		gbx_schedule_unavailable(b, kind, false, -err);
	else
		gbx_arm(b, now + GBX_ANSWER_NS);
	return NULL;
}

/* One of each kind in turn, so that no queue starves another. */
void
gbx_schedule(struct gbx_broker *b)
{
	struct gbx_zygote *z;
	uint32_t i, kind;
	bool more = true;

	while (more) {
		more = false;
		for (i = 1; i < GBX_WORKER_COUNT; i++) {
			if (b->n_running >= b->max_in_flight)
				return;
			kind = 1 + b->turn++ % (GBX_WORKER_COUNT - 1);
			if (!gbx_queue_waits(b, kind))
				continue;
			z = zygote_for(b, kind);
			if (z != NULL &&
			    dispatch(b, z, gbx_queue_next(b, kind)))
				more = true;
		}
	}
}

/* ---- time ---------------------------------------------------------------- */

/* Early is harmless: the timer then only looks again. */
void
gbx_arm(struct gbx_broker *b, uint64_t deadline_ns)
{
	struct itimerspec it = {{0, 0}, {0, 0}};

	if (b->timer_ns != 0 && b->timer_ns <= deadline_ns)
		return;
	b->timer_ns = deadline_ns;
	it.it_value.tv_sec = (time_t)(deadline_ns / 1000000000U);
	it.it_value.tv_nsec = (long)(deadline_ns % 1000000000U);
	(void)timerfd_settime(b->timer_fd, TFD_TIMER_ABSTIME, &it, NULL);
}

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
			gbx_kill(run->child->zygote->pidfd);
		} else if (run->kill_verdict == 0 &&
			   !gbx_is_gone(run->child->pidfd)) {
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
	uint64_t most =
	    z->broker->backoff_ns[z->kind] == 0 ? GBX_SILENT_NS : GBX_ANSWER_NS;

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
		z->broker->sandbox.owed++;
		gbx_zygote_started(z, -1, -ETIMEDOUT);
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
		z = b->live[kind];
		end = UINT64_MAX;
		if (z != NULL)
			end = patience(z);
		else if (gbx_queue_waits(b, kind))
			end = start_ns(b, kind);
		if (end > now) {
			next = end < next ? end : next;
		} else if (z != NULL && !has_spoken(z)) {
			give_up(z);
		}
	}
	return next;
}

void
gbx_schedule_timer(struct gbx_broker *b)
{
	uint64_t expirations, next = UINT64_MAX, now = gbx_now_ns();

	(void)!read(b->timer_fd, &expirations, sizeof(expirations));
	b->timer_ns = 0;
	next = gbx_arrive_check(b, now, next);
	next = check_runs(b, now, next);
	next = check_zygotes(b, now, next);
	if (next != UINT64_MAX)
		gbx_arm(b, next);
	gbx_schedule(b);
}
