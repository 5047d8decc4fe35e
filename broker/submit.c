/* SPDX-License-Identifier: ISC */
/*
 * From the arguments of a call to a job of the broker's. Side: trusted.
 * All that a caller says is checked here, and its input is taken in.
 */
#include <errno.h>
#include <glovebox.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "broker/admit.h"
#include "broker/allowance.h"
#include "broker/arrive.h"
#include "broker/broker.h"
#include "broker/classify.h"
#include "broker/input.h"
#include "broker/list.h"
#include "broker/request.h"
#include "broker/result.h"
#include "broker/submit.h"
#include "broker/tables.h"
#include "broker/types.h"
#include "broker/validate/gate.h"
#include "broker/versioned.h"
#include "broker/watch.h"
#include "ipc/control.h"
#include "schemas/ops.h"

#define BOX_MAX 16384
#define DPI_MAX 2400

void
gbx_input_init_sized(struct gbx_input *input, size_t size)
{
	const struct gbx_input own = {.fd = -1};

	input->size = size;
	gbx_struct_out(input, &own, sizeof(own));
}

void
gbx_job_init_sized(struct gbx_job *job, size_t size, enum gbx_op op)
{
	const struct gbx_job own = {
	    .op = (uint32_t)op,
	    .count = 1,
	    .box_w = 256,
	    .box_h = 256,
	    .dpi = 96,
	};

	job->size = size;
	gbx_struct_out(job, &own, sizeof(own));
}

/* For programs that were built with 0.1. */
void(gbx_input_init)(struct gbx_input *input)
{
	gbx_input_init_sized(input, GBX_SIZE_0_1(struct gbx_input, type));
}

void(gbx_job_init)(struct gbx_job *job, enum gbx_op op)
{
	gbx_job_init_sized(job, GBX_SIZE_0_1(struct gbx_job, cookie), op);
}

static bool
input_valid(const struct gbx_input *i)
{
	if (i->fd >= 0)
		return i->data == NULL && i->length == 0;
	return i->data != NULL || i->length == 0;
}

/* What goes with its operation, by its row in ops.def. */
static bool
op_valid(const struct gbx_job *j)
{
	const struct gbx_op_row *row;

	if (j->op < GBX_OP_PROBE || j->op >= GBX_WIRE_OP_COUNT)
		return false;
	row = &gbx_op_rows[j->op];
	return (j->want & ~row->wants) == 0 && j->count >= 1 &&
	       (j->count == 1 || row->many) && (j->first == 0 || row->first);
}

static bool
job_valid(const struct gbx_job *j)
{
	if (!op_valid(j))
		return false;
	if ((j->require >> GBX_LAYER_COUNT) != 0 ||
	    (j->require & GBX_POSTURE_BATCH) != 0)
		return false;
	if (j->whole > 1)
		return false;
	return j->box_w >= 1 && j->box_w <= BOX_MAX && j->box_h >= 1 &&
	       j->box_h <= BOX_MAX && j->dpi >= 1 && j->dpi <= DPI_MAX;
}

bool
gbx_ask_take(const struct gbx_input *input, const struct gbx_job *job,
    struct gbx_ask *ret_ask)
{
	gbx_input_init(&ret_ask->input);
	gbx_job_init(&ret_ask->job, GBX_OP_PROBE);
	return gbx_struct_in(&ret_ask->input, sizeof(ret_ask->input),
		   GBX_SIZE_0_1(struct gbx_input, type), input) &&
	       gbx_struct_in(&ret_ask->job, sizeof(ret_ask->job),
		   GBX_SIZE_0_1(struct gbx_job, cookie), job) &&
	       input_valid(&ret_ask->input) && job_valid(&ret_ask->job);
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
	r->state = GBX_REQUEST_COPYING;
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

	if (!r->sync && !gbx_request_remember(r))
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
		gbx_arrive_too_large(r);
	else if (copies)
		gbx_classify(r);
	return GBX_OK;
}

enum gbx_err
gbx_request_submit(struct gbx_broker *b, const struct gbx_input *input,
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
