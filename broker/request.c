/* SPDX-License-Identifier: ISC */
/*
 * A job inside the broker: its number, and its end. Side: trusted.
 */
#include <glovebox.h>
#include <pthread.h>
#include <search.h>
#include <stdlib.h>
#include <unistd.h>

#include "broker/broker.h"
#include "broker/input.h"
#include "broker/list.h"
#include "broker/queue.h"
#include "broker/request.h"
#include "broker/result.h"
#include "broker/watch.h"

static int
by_id(const void *a, const void *b)
{
	const struct gbx_request *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

bool
gbx_request_remember(struct gbx_request *job)
{
	return tsearch(job, &job->broker->by_id, by_id) != NULL;
}

struct gbx_request *
gbx_request_find(struct gbx_broker *b, uint64_t id)
{
	struct gbx_request key = {.id = id}, **found;

	found = tfind(&key, &b->by_id, by_id);
	return found == NULL ? NULL : *found;
}

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

	if (job->state == GBX_REQUEST_QUEUED)
		gbx_queue_remove(job);
	gbx_list_remove(&job->link);
	gbx_queue_leave(b, &job->lane);
	job->state = GBX_REQUEST_DONE;
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

	if (job->state == GBX_REQUEST_QUEUED)
		gbx_queue_remove(job);
	gbx_list_remove(&job->link);
	gbx_queue_leave(b, &job->lane);
	if (!job->sync)
		(void)tdelete(job, &b->by_id, by_id);
	gbx_list_remove(&job->all);
	gbx_input_free(job);
	gbx_result_free(job->result);
	free(job->domain);
	free(job->client);
	b->n_jobs--;
	gbx_free_watched(b, &job->link);
}
