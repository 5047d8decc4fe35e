/* SPDX-License-Identifier: ISC */
/*
 * Submitting, running, collecting and cancelling jobs. Side: trusted.
 * The door that callers come through: arguments are checked here.
 */
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "broker/broker.h"

#define BOX_MAX 16384
#define DPI_MAX 2400

void
gbx_input_init(struct gbx_input *input)
{
	memset(input, 0, sizeof(*input));
	input->size = sizeof(*input);
	input->fd = -1;
}

void
gbx_job_init(struct gbx_job *job, enum gbx_op op)
{
	memset(job, 0, sizeof(*job));
	job->size = sizeof(*job);
	job->op = (uint32_t)op;
	job->count = 1;
	job->box_w = 256;
	job->box_h = 256;
	job->dpi = 96;
}

/* ---- arguments ----------------------------------------------------------- */

static bool
input_valid(const struct gbx_input *i)
{
	if (i == NULL || i->size != sizeof(*i))
		return false;
	if (i->fd >= 0)
		return i->data == NULL && i->length == 0;
	return i->data != NULL || i->length == 0;
}

static uint32_t
wants_of(uint32_t op)
{
	switch (op) {
	case GBX_OP_PROBE:
		return GBX_WANT_METADATA;
	case GBX_OP_THUMBNAIL:
		return GBX_WANT_STORED_ORIENTATION | GBX_WANT_STORED_COLOUR;
	default:
		return 0;
	}
}

static bool
job_valid(const struct gbx_job *j)
{
	if (j == NULL || j->size != sizeof(*j))
		return false;
	if (j->op < GBX_OP_PROBE || j->op > GBX_OP_ENCODE)
		return false;
	if ((j->require >> GBX_LAYER_COUNT) != 0 ||
	    (j->require & GBX_POSTURE_BATCH) != 0)
		return false;
	if (j->whole > 1)
		return false;
	if ((j->want & ~wants_of(j->op)) != 0)
		return false;
	if (j->count < 1 || (j->count > 1 && j->op != GBX_OP_DECODE) ||
	    (j->first > 0 && j->op != GBX_OP_DECODE &&
		j->op != GBX_OP_THUMBNAIL))
		return false;
	return j->box_w >= 1 && j->box_w <= BOX_MAX && j->box_h >= 1 &&
	       j->box_h <= BOX_MAX && j->dpi >= 1 && j->dpi <= DPI_MAX;
}

/* Zero is the default; more than the broker's ceiling is the caller's error,
 * and a default above it is lowered to it. */
static bool
settle_limits(struct gbx_request *r, const struct gbx_job *job)
{
	const struct gbx_broker *b = r->broker;
	uint32_t i;

	for (i = 1; i < GBX_LIMIT_COUNT; i++) {
		if (job->limit[i] > b->ceiling[i])
			return false;
		r->limit[i] = job->limit[i];
		if (r->limit[i] == 0)
			r->limit[i] = gbx_table_default(i);
		if (r->limit[i] > b->ceiling[i])
			r->limit[i] = b->ceiling[i];
	}
	for (; i < GBX_LIMIT_ROOM; i++)
		if (job->limit[i] != 0)
			return false;
	return true;
}

static enum gbx_err
fill_request(struct gbx_request *r, const struct gbx_input *input,
    const struct gbx_job *job)
{
	if (!settle_limits(r, job))
		return GBX_ERR_ARG;
	if (input->type != NULL) {
		r->declared = gbx_table_declared(input->type);
		r->foreign = r->declared == GBX_FORMAT_NONE;
	}
	if (job->domain != NULL) {
		r->domain = strdup(job->domain);
		if (r->domain == NULL)
			return GBX_ERR_MEMORY;
	}
	if (job->client != NULL) {
		r->client = strdup(job->client);
		if (r->client == NULL)
			return GBX_ERR_MEMORY;
	}
	r->op = job->op;
	r->require = job->require;
	r->first = job->first;
	r->count = job->count;
	r->whole = job->whole;
	r->box_w = job->box_w;
	r->box_h = job->box_h;
	r->dpi = job->dpi;
	r->want = job->want;
	r->cookie = job->cookie;
	return GBX_OK;
}

static int
by_id(const void *a, const void *b)
{
	const struct gbx_request *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

void
gbx_forget_id(struct gbx_request *job)
{
	if (!job->sync)
		(void)tdelete(job, &job->broker->by_id, by_id);
}

static struct gbx_request *
new_request(struct gbx_broker *b, bool sync)
{
	struct gbx_request *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->result = calloc(1, sizeof(*r->result));
	if (r->result == NULL) {
		free(r);
		return NULL;
	}
	r->broker = b;
	r->sync = sync;
	r->in_fd = r->copier_pidfd = r->copier_fd = -1;
	r->state = GBX_JOB_COPYING;
	r->start_ns = gbx_now_ns();
	r->id = ++b->next_id;
	r->result->id = r->id;
	b->n_jobs++;
	return r;
}

/* Let it be seen by other calls. */
static enum gbx_err
publish(struct gbx_request *r)
{
	struct gbx_broker *b = r->broker;

	if (!r->sync && tsearch(r, &b->by_id, by_id) == NULL)
		return GBX_ERR_MEMORY;
	gbx_list_append(&b->jobs, &r->all);
	if (!r->sync)
		b->n_pending++;
	return GBX_OK;
}

/* Copying takes its time: without the lock. Nobody else knows the job yet. */
static enum gbx_err
take(struct gbx_request *r, const struct gbx_input *input)
{
	struct gbx_broker *b = r->broker;
	int err;

	b->n_taking++;
	pthread_mutex_unlock(&b->lock);
	err = gbx_input_take(r, input);
	pthread_mutex_lock(&b->lock);
	b->n_taking--;
	return err == 0 ? GBX_OK : gbx_input_error(r, err);
}

static enum gbx_err
begin(struct gbx_request *r, const struct gbx_input *input)
{
	enum gbx_err err = GBX_OK;
	bool copies;

	if (!r->foreign)
		err = gbx_input_admit(r, input);
	copies =
	    !r->foreign && r->way != GBX_WAY_ARRIVES && r->way != GBX_WAY_LARGE;
	if (err == GBX_OK && copies)
		err = take(r, input);
	if (err == GBX_OK)
		err = publish(r);
	if (err != GBX_OK)
		return err;
	if (r->foreign)
		gbx_request_finish(r, GBX_VERDICT_UNSUPPORTED,
		    "no parser for the declared type");
	else if (r->way == GBX_WAY_LARGE)
		gbx_input_too_large(r);
	else if (copies)
		gbx_schedule_ready(r);
	return GBX_OK;
}

/* With the lock held, which it lets go of while it copies. On failure nothing
 * is left of the job. */
static enum gbx_err
submit(struct gbx_broker *b, const struct gbx_input *input,
    const struct gbx_job *job, bool sync, struct gbx_request **ret)
{
	struct gbx_request *r;
	enum gbx_err err;
	int saved;

	if (b->n_queued + b->n_taking >= b->max_queued) {
		errno = EAGAIN;
		return GBX_ERR_BUSY;
	}
	r = new_request(b, sync);
	if (r == NULL)
		return GBX_ERR_MEMORY;
	err = fill_request(r, input, job);
	r->result->cookie = r->cookie;
	if (err == GBX_OK)
		err = begin(r, input);
	if (err != GBX_OK) {
		saved = errno;
		gbx_request_free(r);
		errno = saved;
		return err;
	}
	*ret = r;
	return GBX_OK;
}

/* ---- the calls ----------------------------------------------------------- */

enum gbx_err
gbx_submit(struct gbx_broker *broker, const struct gbx_input *input,
    const struct gbx_job *job, uint64_t *ret_id)
{
	struct gbx_request *r = NULL;
	enum gbx_err err;

	if (broker == NULL || !input_valid(input) || !job_valid(job))
		return GBX_ERR_ARG;
	if (gbx_is_forked(broker))
		return GBX_ERR_FORKED;
	pthread_mutex_lock(&broker->lock);
	err = submit(broker, input, job, false, &r);
	if (err == GBX_OK && ret_id != NULL)
		*ret_id = r->id;
	pthread_mutex_unlock(&broker->lock);
	return err;
}

/* Take the result out of a finished job and forget the job. */
static struct gbx_result *
take_result(struct gbx_request *r)
{
	struct gbx_result *result = r->result;

	r->result = NULL;
	gbx_request_free(r);
	return result;
}

static bool
is_done(const struct gbx_broker *b, const void *arg)
{
	const struct gbx_request *r = arg;

	(void)b;
	return r->state == GBX_JOB_DONE;
}

/* We can't wait for it (a host that closed our descriptors, say). Whatever the
 * worker still does, nobody will look at. */
static void
abandon(struct gbx_request *r, int err)
{
	if (r->state == GBX_JOB_RUNNING) {
		r->run->job[r->run_index] = NULL;
		gbx_kill(r->run->child->pidfd);
	}
	r->result->err = err;
	gbx_request_finish(r, GBX_VERDICT_ERROR, "waiting failed");
}

enum gbx_err
gbx_run(struct gbx_broker *broker, const struct gbx_input *input,
    const struct gbx_job *job, struct gbx_result **ret_result)
{
	struct gbx_request *r = NULL;
	enum gbx_err err;
	int e;

	if (broker == NULL || ret_result == NULL || !input_valid(input) ||
	    !job_valid(job))
		return GBX_ERR_ARG;
	if (gbx_is_forked(broker))
		return GBX_ERR_FORKED;
	pthread_mutex_lock(&broker->lock);
	err = submit(broker, input, job, true, &r);
	if (err == GBX_OK) {
		e = gbx_pump(broker, is_done, r, UINT64_MAX);
		if (r->state != GBX_JOB_DONE)
			abandon(r, -e);
		*ret_result = take_result(r);
	}
	pthread_mutex_unlock(&broker->lock);
	return err;
}

/* Something to collect, or nothing that could become so. */
static bool
may_collect(const struct gbx_broker *b, const void *arg)
{
	(void)arg;
	return !gbx_list_empty(&b->done) || b->n_pending == 0;
}

static void
lower_done(struct gbx_broker *b)
{
	uint64_t count;

	if (!b->done_raised || !gbx_list_empty(&b->done))
		return;
	(void)!read(b->done_fd, &count, sizeof(count));
	b->done_raised = false;
}

static bool
never(const struct gbx_broker *b, const void *arg)
{
	(void)b;
	(void)arg;
	return false;
}

enum gbx_err
gbx_collect(
    struct gbx_broker *broker, int timeout_ms, struct gbx_result **ret_result)
{
	struct gbx_broker *b = broker;
	enum gbx_err err = GBX_ERR_AGAIN;
	uint64_t until = UINT64_MAX;
	int e = 0;

	if (b == NULL || ret_result == NULL || timeout_ms < -1)
		return GBX_ERR_ARG;
	if (gbx_is_forked(b))
		return GBX_ERR_FORKED;
	if (timeout_ms >= 0)
		until = gbx_now_ns() + (uint64_t)timeout_ms * 1000000U;
	pthread_mutex_lock(&b->lock);
	/* What has happened already, even if there is no job to wait for. */
	if (gbx_list_empty(&b->done))
		e = gbx_pump(b, never, NULL, 0);
	if (e == -ETIMEDOUT || e == 0)
		e = gbx_pump(b, may_collect, NULL, until);
	if (!gbx_list_empty(&b->done)) {
		*ret_result = take_result(
		    gbx_list_item(b->done.next, struct gbx_request, link));
		lower_done(b);
		err = GBX_OK;
	} else if (e != 0 && e != -ETIMEDOUT) {
		errno = -e;
		err = GBX_ERR_SYSTEM;
	}
	pthread_mutex_unlock(&b->lock);
	return err;
}

int
gbx_broker_fd(const struct gbx_broker *broker)
{
	return broker == NULL ? -1 : broker->outer_fd;
}

/* ---- cancelling ---------------------------------------------------------- */

/* Wherever it is; a batch goes on without it. */
void
gbx_cancel_request(struct gbx_request *r, enum gbx_verdict verdict)
{
	switch (r->state) {
	case GBX_JOB_COPYING:
		gbx_arrive_give_up(r, verdict);
		break;
	case GBX_JOB_QUEUED:
		gbx_request_finish(r, verdict, "the job was cancelled");
		break;
	case GBX_JOB_RUNNING:
		if (r->run->n_jobs == 1) {
			gbx_run_kill(r->run, verdict);
			break;
		}
		r->run->job[r->run_index] = NULL;
		gbx_request_finish(r, verdict, "the job was cancelled");
		break;
	case GBX_JOB_DONE:
		break;
	}
}

enum gbx_err
gbx_cancel(struct gbx_broker *broker, uint64_t id)
{
	struct gbx_request key = {.id = id}, **found;
	enum gbx_err err = GBX_ERR_NOTFOUND;

	if (broker == NULL)
		return GBX_ERR_ARG;
	if (gbx_is_forked(broker))
		return GBX_ERR_FORKED;
	pthread_mutex_lock(&broker->lock);
	found = tfind(&key, &broker->by_id, by_id);
	if (found != NULL) {
		gbx_cancel_request(*found, GBX_VERDICT_CANCELLED);
		err = GBX_OK;
	}
	pthread_mutex_unlock(&broker->lock);
	return err;
}

/* ---- asking -------------------------------------------------------------- */

enum gbx_err
gbx_host_posture(
    const struct gbx_broker *broker, struct gbx_host_posture *ret_posture)
{
	struct gbx_broker *b = (struct gbx_broker *)broker;

	if (b == NULL || ret_posture == NULL ||
	    ret_posture->size != sizeof(*ret_posture))
		return GBX_ERR_ARG;
	if (gbx_is_forked(b))
		return GBX_ERR_FORKED;
	pthread_mutex_lock(&b->lock);
	*ret_posture = b->host;
	pthread_mutex_unlock(&b->lock);
	ret_posture->size = sizeof(*ret_posture);
	return GBX_OK;
}

enum gbx_err
gbx_broker_stats(const struct gbx_broker *broker, struct gbx_stats *ret_stats)
{
	struct gbx_broker *b = (struct gbx_broker *)broker;
	uint32_t kind;

	if (b == NULL || ret_stats == NULL ||
	    ret_stats->size != sizeof(*ret_stats))
		return GBX_ERR_ARG;
	if (gbx_is_forked(b))
		return GBX_ERR_FORKED;
	pthread_mutex_lock(&b->lock);
	*ret_stats = b->stats;
	ret_stats->size = sizeof(*ret_stats);
	ret_stats->queued = b->n_queued;
	ret_stats->in_flight = b->n_running;
	ret_stats->idle = 0;
	for (kind = 1; kind < GBX_WORKER_COUNT; kind++)
		if (b->live[kind] != NULL)
			ret_stats->idle += b->live[kind]->n_idle;
	ret_stats->shared_bytes = atomic_load(&b->budget->used);
	pthread_mutex_unlock(&b->lock);
	return GBX_OK;
}
