/* SPDX-License-Identifier: ISC */
/*
 * How a run ended: from a corpse and what it left to the verdicts of its jobs.
 * Side: trusted. A result is accepted only with exit status 0, the proof of the
 * lock, an intact output and a reply that the gate accepts; a kill of ours
 * beats a reply that was written before it.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "broker/broker.h"

struct outcome {
	enum gbx_verdict verdict;
	enum gbx_limit limit;
	const char *field, *detail;
	int signal, err;
	bool again; /* by no fault of the job's: it may be tried once more */
	bool guess; /* nothing but the worker's word for why it ended */
};

static struct outcome
bad_reply(const char *field)
{
	struct outcome o = {.verdict = GBX_VERDICT_BAD_REPLY};

	o.field = field;
	o.detail = "the worker's reply failed validation";
	return o;
}

static struct outcome
system_fault(int err, const char *detail)
{
	struct outcome o = {.verdict = GBX_VERDICT_ERROR};

	o.err = err;
	o.detail = detail;
	return o;
}

/* The corpse went with its zygote before we could read it. */
static struct outcome
lost(int err, const char *detail)
{
	struct outcome o = system_fault(err, detail);

	o.again = true;
	return o;
}

/* Strict mode kills with SIGKILL (seccomp(2)), as the OOM killer does: /proc
 * tells them apart, and without it the worse is assumed. */
static bool
killed_by_seccomp(const struct gbx_broker *b, const struct gbx_death *d)
{
	if (d->status == SIGSYS)
		return true;
	return d->status == SIGKILL && b->lockdown == GBX_LOCKDOWN_STRICT &&
	       (d->by_seccomp || !d->proof_read);
}

static struct outcome
over_limit(enum gbx_verdict verdict, enum gbx_limit limit)
{
	struct outcome o = {.verdict = verdict, .limit = limit};

	o.detail = limit == GBX_LIMIT_CPU
		       ? "the worker exceeded its processor time limit"
		       : "the wall clock limit expired";
	return o;
}

/* SIGKILL, and neither by us nor by seccomp. It may be the last of the worker's
 * own timers, which strict mode needs (runtime/worker.c): then one of its
 * limits is over. Else it came from outside, from the OOM killer or by hand:
 * the input is not to be blamed, and there is worth in another try. A worker
 * has no way to come here but to use up a limit; which of the two is told is
 * all that it decides by that. */
static struct outcome
killed_outright(const struct gbx_run *run)
{
	const uint64_t *limit = run->gate.limit;
	struct outcome o;

	if (run->death.cpu_ms >= limit[GBX_LIMIT_CPU])
		return over_limit(GBX_VERDICT_LIMIT, GBX_LIMIT_CPU);
	if (run->broker->lockdown == GBX_LOCKDOWN_STRICT &&
	    gbx_now_ns() - run->started_ns >= limit[GBX_LIMIT_WALL] * 1000000U)
		return over_limit(GBX_VERDICT_DEADLINE, GBX_LIMIT_WALL);
	o = system_fault(ENOMEM, "the worker was killed from outside: the "
				 "host's memory ran out, or by hand");
	o.again = true;
	return o;
}

static struct outcome
killed_by(const struct gbx_run *run)
{
	const struct gbx_broker *b = run->broker;
	const struct gbx_death *d = &run->death;
	struct outcome o = {
	    .verdict = GBX_VERDICT_CRASHED, .signal = d->status};

	o.detail = "the worker crashed";
	if (killed_by_seccomp(b, d)) {
		o.verdict = GBX_VERDICT_VIOLATION;
		o.detail = "the worker tried a forbidden system call";
		return o;
	}
	switch (d->status) {
	case SIGKILL:
		return killed_outright(run);
	case SIGPROF:
	case SIGXCPU:
		return over_limit(GBX_VERDICT_LIMIT, GBX_LIMIT_CPU);
	case SIGALRM:
		return over_limit(GBX_VERDICT_DEADLINE, GBX_LIMIT_WALL);
	default:
		return o;
	}
}

static struct outcome
killed_by_us(enum gbx_verdict why)
{
	struct outcome o = {.verdict = why, .detail = "the job was cancelled"};

	return why == GBX_VERDICT_DEADLINE ? over_limit(why, GBX_LIMIT_WALL)
					   : o;
}

/* It says so itself (runtime/overflow.c). Forging the status changes the
 * refusal and nothing else: the layout is given up as after any crash. */
static struct outcome
out_of_memory(const char *detail)
{
	struct outcome o = {.verdict = GBX_VERDICT_LIMIT, .guess = true};

	o.limit = GBX_LIMIT_MEMORY;
	o.detail = detail;
	return o;
}

/* What the death alone decides; OK means that the reply may be read. */
static struct outcome
judge_death(const struct gbx_run *run)
{
	const struct gbx_zygote *z = run->child->zygote;
	const struct gbx_death *d = &run->death;
	struct outcome ok = {.verdict = GBX_VERDICT_OK};

	if (run->kill_verdict != 0)
		return killed_by_us((enum gbx_verdict)run->kill_verdict);
	if (!d->known)
		return lost(ECHILD, "how the worker ended can't be known");
	if (d->code != CLD_EXITED)
		return killed_by(run);
	if (d->proof_read && !d->locked && d->status != 0)
		return system_fault(
		    ENOMEM, "the worker could not be set up; nothing was read");
	if (d->status == GBX_EXIT_STACK)
		return out_of_memory("the worker used up its stack");
	if (d->status == GBX_EXIT_MEMORY)
		return out_of_memory("the worker used up its memory");
	if (d->status != 0)
		return bad_reply("exit.status");
	if (z->proc_proof && !d->proof_read)
		return lost(
		    ESRCH, "the proof of the worker's lock can't be read");
	if (z->proc_proof && (!d->locked || !d->nnp))
		return bad_reply("lock");
	return ok;
}

static void
finish_with(struct gbx_request *job, const struct outcome *o)
{
	struct gbx_result *r = job->result;

	r->limit = o->limit;
	r->field = o->field;
	r->signal = o->signal;
	r->err = o->err;
	gbx_request_finish(job, o->verdict, o->detail);
}

static void
run_again(struct gbx_request *job)
{
	job->alone = true;
	job->retries++;
	job->run = NULL;
	job->state = GBX_JOB_QUEUED;
	gbx_queue_add(job);
}

/* All jobs of the run end as it did. Those of a batch are innocent until they
 * fail alone; and a zygote that was killed takes no one with it at first. */
static void
fail_run(struct gbx_run *run, const struct outcome *o)
{
	struct gbx_request *job;
	uint32_t i;

	for (i = 0; i < run->n_jobs; i++) {
		job = run->job[i];
		if (job == NULL)
			continue;
		job->result->posture = run->posture;
		if (o->verdict != GBX_VERDICT_CANCELLED &&
		    (run->n_jobs > 1 || (o->again && job->retries == 0)))
			run_again(job);
		else
			finish_with(job, o);
	}
}

/* ---- results ------------------------------------------------------------- */

static bool
add_block(struct gbx_result *r, const struct gbx_gate_block *g,
    const struct gbx_store *s)
{
	struct gbx_result_block *b = &r->block[r->n_blocks];

	b->gate = *g;
	b->marks = NULL;
	if (g->records > 0) {
		b->marks = gbx_result_marks(g, s->data);
		if (b->marks == NULL)
			return false;
	}
	r->n_blocks++;
	r->n_shown += g->kind == GBX_WIRE_PIXELS      ? g->frames
		      : g->kind == GBX_WIRE_DURATIONS ? 0
						      : 1;
	return true;
}

static void
drop_blocks(struct gbx_result *r)
{
	while (r->n_blocks > 0)
		free(r->block[--r->n_blocks].marks);
	r->n_shown = 0;
}

static struct outcome
outcome_of(const struct gbx_gate_item *item, uint32_t first)
{
	struct outcome o = {.verdict = GBX_VERDICT_OK};

	switch (item->status) {
	case GBX_WIRE_OK:
		break;
	case GBX_WIRE_MALFORMED:
		o.verdict = GBX_VERDICT_MALFORMED;
		o.detail = "the parser refused the input";
		break;
	case GBX_WIRE_UNSUPPORTED:
		o.verdict = GBX_VERDICT_UNSUPPORTED;
		o.detail = first == 0
			       ? "the parser does not handle this kind of file"
			       : "the parser does not handle this kind of "
				 "file, or it has no such frame or page";
		break;
	default:
		o.verdict = GBX_VERDICT_LIMIT;
		o.limit = (enum gbx_limit)item->limit;
		o.detail = "the input exceeds a limit";
		break;
	}
	return o;
}

static bool
take_blocks(struct gbx_result *r, const struct gbx_gate_reply *reply,
    const struct gbx_gate_item *item, struct gbx_store *store)
{
	uint32_t i;

	for (i = 0; i < item->n_blocks; i++)
		if (!add_block(
			r, &reply->block[item->first_block + i], store)) {
			drop_blocks(r);
			return false;
		}
	if (item->n_blocks > 0) {
		atomic_fetch_add(&store->refs, 1);
		r->store = store;
	}
	return true;
}

static void
deliver(struct gbx_run *run, uint32_t i, const struct gbx_gate_reply *reply,
    struct gbx_store *store)
{
	const struct gbx_gate_item *item = &reply->item[i];
	struct gbx_request *job = run->job[i];
	struct outcome o;
	struct gbx_result *r;

	if (job == NULL)
		return;
	o = outcome_of(item, job->first);
	/* Shared room was short, perhaps: alone it gets all of it. */
	if (run->n_jobs > 1 && o.verdict == GBX_VERDICT_LIMIT) {
		run_again(job);
		return;
	}
	r = job->result;
	r->posture = run->posture;
	r->format = item->format;
	if (job->declared != 0 && item->format != 0 &&
	    item->format != job->declared) {
		o.verdict = GBX_VERDICT_MISMATCH;
		o.limit = GBX_LIMIT_NONE;
		o.detail =
		    "the parser found a type other than the declared one";
	} else if (o.verdict == GBX_VERDICT_OK && item->degraded &&
		   job->whole) {
		r->degraded = true;
		o.verdict = GBX_VERDICT_MALFORMED;
		o.detail = "damaged input refused (whole requested)";
	} else if (o.verdict == GBX_VERDICT_OK) {
		r->total = item->total;
		r->degraded = item->degraded;
		if (!take_blocks(r, reply, item, store))
			o = system_fault(ENOMEM, "no memory for the result");
	}
	finish_with(job, &o);
}

/* Without the lock: the worker is dead, and the run is this thread's alone but
 * for what gbx_cancel may do to it. Others may wait for events meanwhile. */
static const char *
harvest_unlocked(struct gbx_run *run, struct gbx_gate_reply *reply,
    struct gbx_store **ret_store)
{
	struct gbx_broker *b = run->broker;
	const char *wrong;

	pthread_cond_broadcast(&b->moved);
	pthread_mutex_unlock(&b->lock);
	wrong = gbx_harvest(run, reply, ret_store);
	pthread_mutex_lock(&b->lock);
	return wrong;
}

static void
judge_reply(struct gbx_run *run, struct outcome *o)
{
	struct gbx_gate_reply *reply = malloc(sizeof(*reply));
	struct gbx_store *store = NULL;
	const char *wrong = "memory";
	uint32_t i;

	if (reply != NULL)
		wrong = harvest_unlocked(run, reply, &store);
	if (run->kill_verdict != 0) { /* since then */
		*o = killed_by_us((enum gbx_verdict)run->kill_verdict);
		fail_run(run, o);
	} else if (wrong != NULL && strcmp(wrong, "memory") == 0) {
		*o = system_fault(ENOMEM, "no memory for the result");
		fail_run(run, o);
	} else if (wrong != NULL && strcmp(wrong, GBX_OUR_FAULT) == 0) {
		*o = system_fault(run->err, "the result could not be taken");
		fail_run(run, o);
	} else if (wrong != NULL) {
		*o = bad_reply(wrong);
		fail_run(run, o);
	} else {
		for (i = 0; i < run->n_jobs; i++)
			deliver(run, i, reply, store);
	}
	gbx_store_unref(store);
	free(reply);
}

/* An attacker gets one guess for each layout; and a zygote that loses its
 * workers is dying, though we may not have been told yet. */
static bool
suspect(const struct outcome *o)
{
	return o->verdict == GBX_VERDICT_CRASHED ||
	       o->verdict == GBX_VERDICT_VIOLATION ||
	       o->verdict == GBX_VERDICT_BAD_REPLY || o->again;
}

void
gbx_run_conclude(struct gbx_run *run)
{
	struct gbx_broker *b = run->broker;
	struct gbx_child *child = run->child;
	struct gbx_zygote *z = child->zygote;
	struct outcome o = judge_death(run);
	uint32_t kind = z->kind;

	run->posture = gbx_zygote_posture(z) & ~(uint32_t)GBX_POSTURE_PROVEN;
	if (z->proc_proof && run->death.proof_read && run->death.locked)
		run->posture |= GBX_POSTURE_PROVEN;
	if (run->n_jobs > 1)
		run->posture |= GBX_POSTURE_BATCH;
	if (o.verdict == GBX_VERDICT_OK)
		judge_reply(run, &o);
	else
		fail_run(run, &o);
	b->n_running--;
	if (suspect(&o) || o.guess)
		gbx_queue_blame(b, run->lane);
	gbx_zygote_bury(z, child->zpid);
	gbx_child_free(child);
	gbx_run_free(run);
	z->n_busy--;
	if (suspect(&o))
		gbx_zygote_retire(z);
	else if (o.guess)
		gbx_zygote_renew(z);
	else if (z->retired && z->n_busy == 0)
		gbx_zygote_free(z);
	else if (o.verdict == GBX_VERDICT_OK)
		b->backoff_ns[z->kind] = 0;
	gbx_schedule(b);
	if (b->live[kind] != NULL)
		gbx_zygote_refill(b->live[kind], false);
}
