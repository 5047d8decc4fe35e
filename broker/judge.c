/* SPDX-License-Identifier: ISC */
/*
 * What the death of a worker says about its jobs. Side: trusted.
 * A reply is read only after exit status 0 and the proof of the lock; a kill of
 * ours beats a reply that was written before it.
 */
#include <errno.h>
#include <glovebox.h>
#include <signal.h>
#include <sys/wait.h>

#include "broker/autopsy.h"
#include "broker/broker.h"
#include "broker/judge.h"
#include "broker/run.h"
#include "broker/watch.h"
#include "broker/worker.h"
#include "broker/zygote.h"
#include "ipc/control.h"

struct gbx_outcome
gbx_judge_bad_reply(const char *field)
{
	struct gbx_outcome o = {.verdict = GBX_VERDICT_BAD_REPLY};

	o.field = field;
	o.detail = "the worker's reply failed validation";
	return o;
}

struct gbx_outcome
gbx_judge_system(int err, const char *detail)
{
	struct gbx_outcome o = {.verdict = GBX_VERDICT_ERROR};

	o.err = err;
	o.detail = detail;
	return o;
}

/* The corpse went with its zygote before we could read it. */
static struct gbx_outcome
lost(int err, const char *detail)
{
	struct gbx_outcome o = gbx_judge_system(err, detail);

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

static struct gbx_outcome
over_limit(enum gbx_verdict verdict, enum gbx_limit limit)
{
	struct gbx_outcome o = {.verdict = verdict, .limit = limit};

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
static struct gbx_outcome
killed_outright(const struct gbx_run *run)
{
	const uint64_t *limit = run->gate.limit;
	struct gbx_outcome o;

	if (run->death.cpu_ms >= limit[GBX_LIMIT_CPU])
		return over_limit(GBX_VERDICT_LIMIT, GBX_LIMIT_CPU);
	if (run->broker->lockdown == GBX_LOCKDOWN_STRICT &&
	    gbx_now_ns() - run->started_ns >= limit[GBX_LIMIT_WALL] * 1000000U)
		return over_limit(GBX_VERDICT_DEADLINE, GBX_LIMIT_WALL);
	o = gbx_judge_system(ENOMEM, "the worker was killed from outside: the "
				     "host's memory ran out, or by hand");
	o.again = true;
	return o;
}

static struct gbx_outcome
killed_by(const struct gbx_run *run)
{
	const struct gbx_broker *b = run->broker;
	const struct gbx_death *d = &run->death;
	struct gbx_outcome o = {
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

struct gbx_outcome
gbx_judge_killed(enum gbx_verdict why)
{
	struct gbx_outcome o = {
	    .verdict = why, .detail = "the job was cancelled"};

	return why == GBX_VERDICT_DEADLINE ? over_limit(why, GBX_LIMIT_WALL)
					   : o;
}

/* It says so itself (runtime/overflow.c). Forging the status changes the
 * refusal and nothing else: the layout is given up as after any crash. */
static struct gbx_outcome
out_of_memory(const char *detail)
{
	struct gbx_outcome o = {.verdict = GBX_VERDICT_LIMIT, .guess = true};

	o.limit = GBX_LIMIT_MEMORY;
	o.detail = detail;
	return o;
}

struct gbx_outcome
gbx_judge_death(const struct gbx_run *run)
{
	const struct gbx_zygote *z = run->worker->zygote;
	const struct gbx_death *d = &run->death;
	struct gbx_outcome ok = {.verdict = GBX_VERDICT_OK};

	if (run->kill_verdict != 0)
		return gbx_judge_killed((enum gbx_verdict)run->kill_verdict);
	if (!d->known)
		return lost(ECHILD, "how the worker ended can't be known");
	if (d->code != CLD_EXITED)
		return killed_by(run);
	if (d->proof_read && !d->locked && d->status != 0)
		return gbx_judge_system(
		    ENOMEM, "the worker could not be set up; nothing was read");
	if (d->status == GBX_EXIT_STACK)
		return out_of_memory("the worker used up its stack");
	if (d->status == GBX_EXIT_MEMORY)
		return out_of_memory("the worker used up its memory");
	if (d->status != 0)
		return gbx_judge_bad_reply("exit.status");
	if (z->proc_proof && !d->proof_read)
		return lost(
		    ESRCH, "the proof of the worker's lock can't be read");
	if (z->proc_proof && (!d->locked || !d->nnp))
		return gbx_judge_bad_reply("lock");
	return ok;
}

bool
gbx_judge_suspect(const struct gbx_outcome *o)
{
	return o->verdict == GBX_VERDICT_CRASHED ||
	       o->verdict == GBX_VERDICT_VIOLATION ||
	       o->verdict == GBX_VERDICT_BAD_REPLY || o->again;
}
