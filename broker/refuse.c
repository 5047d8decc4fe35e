/* SPDX-License-Identifier: ISC */
/*
 * A job that waits for a worker, and no worker can be had: why, in the words of
 * its result. Side: trusted.
 */
#include <errno.h>
#include <glovebox.h>
#include <string.h>

#include "broker/broker.h"
#include "broker/list.h"
#include "broker/queue.h"
#include "broker/refusal.h"
#include "broker/refuse.h"
#include "broker/request.h"
#include "broker/result.h"
#include "broker/tables.h"

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
gbx_refuse(struct gbx_request *job, bool posture, int err)
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
gbx_refuse_all(struct gbx_broker *b, uint32_t kind, bool posture, int err)
{
	struct gbx_lane *lane;

	while ((lane = gbx_queue_next(b, kind)) != NULL)
		gbx_refuse(
		    gbx_list_item(lane->jobs.next, struct gbx_request, link),
		    posture, err);
}
