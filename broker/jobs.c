/* SPDX-License-Identifier: ISC */
/*
 * The calls about jobs: submit, run, collect, cancel. Side: trusted.
 */
#include <errno.h>
#include <glovebox.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "broker/arrive.h"
#include "broker/broker.h"
#include "broker/forked.h"
#include "broker/list.h"
#include "broker/process.h"
#include "broker/pump.h"
#include "broker/request.h"
#include "broker/result.h"
#include "broker/run.h"
#include "broker/schedule.h"
#include "broker/submit.h"
#include "broker/watch.h"
#include "broker/worker.h"

/* ---- the calls ----------------------------------------------------------- */

/* A job that is queued may start at once. */
static enum gbx_err
submit(struct gbx_broker *b, const struct gbx_input *input,
    const struct gbx_job *job, bool sync, struct gbx_request **ret)
{
	enum gbx_err err = gbx_request_submit(b, input, job, sync, ret);

	if (err == GBX_OK && (*ret)->state == GBX_REQUEST_QUEUED)
		gbx_dispatch(b);
	return err;
}

enum gbx_err
gbx_submit(struct gbx_broker *broker, const struct gbx_input *input,
    const struct gbx_job *job, uint64_t *ret_id)
{
	struct gbx_request *r = NULL;
	enum gbx_err err;
	struct gbx_ask ask;

	if (broker == NULL || !gbx_ask_take(input, job, &ask))
		return GBX_ERR_ARG;
	if (gbx_is_forked(broker))
		return GBX_ERR_FORKED;
	pthread_mutex_lock(&broker->lock);
	err = submit(broker, &ask.input, &ask.job, false, &r);
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
	return r->state == GBX_REQUEST_DONE;
}

/* We can't wait for it (a host that closed our descriptors, say). Whatever the
 * worker still does, nobody will look at. */
static void
abandon(struct gbx_request *r, int err)
{
	if (r->state == GBX_REQUEST_RUNNING) {
		r->run->job[r->run_index] = NULL;
		gbx_kill(r->run->worker->pidfd);
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
	struct gbx_ask ask;
	int e;

	if (broker == NULL || ret_result == NULL ||
	    !gbx_ask_take(input, job, &ask))
		return GBX_ERR_ARG;
	if (gbx_is_forked(broker))
		return GBX_ERR_FORKED;
	pthread_mutex_lock(&broker->lock);
	err = submit(broker, &ask.input, &ask.job, true, &r);
	if (err == GBX_OK) {
		e = gbx_pump(broker, is_done, r, UINT64_MAX);
		if (r->state != GBX_REQUEST_DONE)
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
static void
cancel(struct gbx_request *r)
{
	const enum gbx_verdict verdict = GBX_VERDICT_CANCELLED;

	switch (r->state) {
	case GBX_REQUEST_COPYING:
		gbx_arrive_give_up(r, verdict);
		break;
	case GBX_REQUEST_QUEUED:
		gbx_request_finish(r, verdict, "the job was cancelled");
		break;
	case GBX_REQUEST_RUNNING:
		if (r->run->n_jobs == 1) {
			gbx_run_kill(r->run, verdict);
			break;
		}
		r->run->job[r->run_index] = NULL;
		gbx_request_finish(r, verdict, "the job was cancelled");
		break;
	case GBX_REQUEST_DONE:
		break;
	}
}

enum gbx_err
gbx_cancel(struct gbx_broker *broker, uint64_t id)
{
	struct gbx_request *found;

	if (broker == NULL)
		return GBX_ERR_ARG;
	if (gbx_is_forked(broker))
		return GBX_ERR_FORKED;
	pthread_mutex_lock(&broker->lock);
	found = gbx_request_find(broker, id);
	if (found != NULL)
		cancel(found);
	pthread_mutex_unlock(&broker->lock);
	return found != NULL ? GBX_OK : GBX_ERR_NOTFOUND;
}
