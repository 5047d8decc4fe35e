/* SPDX-License-Identifier: ISC */
/*
 * Inputs that arrive by a copier (copier.c): how many at once, how much memory
 * each may have, and how they end. Side: trusted.
 * A copier asks before it copies more than was granted, so what counts against
 * the shared memory is at most twice what has arrived, and a silent pipe counts
 * little. Here the broker never waits.
 */
#include <errno.h>
#include <glovebox.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "broker/allowance.h"
#include "broker/arrive.h"
#include "broker/broker.h"
#include "broker/classify.h"
#include "broker/copier.h"
#include "broker/input.h"
#include "broker/list.h"
#include "broker/process.h"
#include "broker/request.h"
#include "broker/result.h"
#include "broker/watch.h"
#include "ipc/memfd.h"

/* Before it has said anything. */
#define FIRST_BYTES (256U << 10)
/* At once: each is a process and three descriptors. */
#define ARRIVING_MOST	128
#define CLIENT_MOST	32
#define MEMORY_AGAIN_NS 10000000ULL

/* ---- how many, how much -------------------------------------------------- */

static const char *
client_of(const struct gbx_request *job)
{
	return job->client != NULL ? job->client : job->domain;
}

/* Is there room for one more, and for one more of this client? */
static bool
may_arrive(const struct gbx_request *job)
{
	const struct gbx_link *head = &job->broker->arriving, *l;
	const char *client = client_of(job), *other;
	uint32_t all = 0, own = 0;

	for (l = head->next; l != head; l = l->next, all++) {
		other = client_of(gbx_list_item(l, struct gbx_request, link));
		own += client != NULL && other != NULL &&
		       strcmp(client, other) == 0;
	}
	return all < ARRIVING_MOST && own < CLIENT_MOST;
}

/* All of them together leave half of the inputs' memory to inputs that are
 * there; but the oldest may have what it needs, or none might ever end. */
static bool
may_have(const struct gbx_request *job, uint64_t more)
{
	const struct gbx_link *head = &job->broker->arriving, *l;
	uint64_t all = more;

	if (head->next == &job->link)
		return true;
	for (l = head->next; l != head; l = l->next)
		all += gbx_list_item(l, struct gbx_request, link)->in_charged;
	return all <= gbx_input_share(job->broker) / 2;
}

static uint64_t
first_bytes(const struct gbx_request *job)
{
	uint64_t first = gbx_input_share(job->broker) / ARRIVING_MOST;
	uint64_t most = gbx_input_most(job);

	if (first > FIRST_BYTES)
		first = FIRST_BYTES;
	return first < most ? first : most;
}

/* Twice as much as before, if there is memory for it; else later. */
static void
grant_more(struct gbx_request *job)
{
	uint64_t has = job->in_charged, most = gbx_input_most(job);
	uint64_t may = has < most / 2 ? 2 * has : most;

	job->wants_more =
	    !may_have(job, may - has) || !gbx_input_charge(job, may - has);
	if (!job->wants_more)
		job->wants_more = gbx_copier_grant(job, may) == -EAGAIN;
	if (job->wants_more)
		gbx_arm(job->broker, gbx_now_ns() + MEMORY_AGAIN_NS);
}

enum gbx_err
gbx_arrive_start(struct gbx_request *job, int from)
{
	struct gbx_broker *b = job->broker;
	int err;

	if (!may_arrive(job))
		return gbx_input_busy(EUSERS);
	if (!gbx_input_charge(job, first_bytes(job)))
		return gbx_input_busy(ENOBUFS);
	if (!gbx_input_fds(job, 3))
		return gbx_input_busy(EMFILE);
	err = gbx_copier_start(job, from);
	if (err != 0)
		return gbx_input_error(job, err);
	job->state = GBX_REQUEST_COPYING;
	gbx_list_append(&b->arriving, &job->link);
	job->deadline_ns =
	    job->start_ns + job->limit[GBX_LIMIT_WALL] * 1000000U;
	gbx_arm(b, job->deadline_ns);
	return GBX_OK;
}

void
gbx_arrive_says(struct gbx_request *job)
{
	ssize_t n;

	n = recv(job->copier_fd, job->said, sizeof(job->said), MSG_DONTWAIT);
	if (n == 1)
		grant_more(job);
	else if (n == sizeof(job->said))
		job->has_said = true;
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR &&
			  errno != ENOMEM && errno != ENOBUFS))
		gbx_watch_remove(job->broker, &job->says_watch);
}

/* ---- its end ------------------------------------------------------------- */

void
gbx_arrive_too_large(struct gbx_request *job)
{
	job->result->limit = GBX_LIMIT_INPUT;
	gbx_request_finish(
	    job, GBX_VERDICT_LIMIT, "the input is larger than the limit");
}

/* It has to go, with this verdict, and has a moment to be gone. */
void
gbx_arrive_give_up(struct gbx_request *job, enum gbx_verdict verdict)
{
	if (job->give_up != 0)
		return;
	job->give_up = verdict;
	gbx_kill(job->copier_pidfd);
	job->deadline_ns = gbx_now_ns() + GBX_COPIER_GRACE_MS * 1000000U;
	gbx_arm(job->broker, job->deadline_ns);
}

static void
given_up(struct gbx_request *job)
{
	const char *why = "the job was cancelled";

	if (job->give_up == GBX_VERDICT_DEADLINE)
		why = "the input did not arrive in time";
	else if (job->give_up == GBX_VERDICT_ERROR)
		why = "no shared memory was left for the rest of the input";
	gbx_request_finish(job, (enum gbx_verdict)job->give_up, why);
}

static void
is_late(struct gbx_request *job)
{
	if (job->give_up != 0) {
		given_up(job);
	} else if (job->wants_more) {
		job->result->err = ENOBUFS;
		gbx_arrive_give_up(job, GBX_VERDICT_ERROR);
	} else {
		job->result->limit = GBX_LIMIT_WALL;
		gbx_arrive_give_up(job, GBX_VERDICT_DEADLINE);
	}
}

uint64_t
gbx_arrive_check(struct gbx_broker *b, uint64_t now, uint64_t next)
{
	struct gbx_link *l = b->arriving.next, *after;
	struct gbx_request *job;

	for (; l != &b->arriving; l = after) {
		after = l->next;
		job = gbx_list_item(l, struct gbx_request, link);
		if (job->deadline_ns <= now) {
			is_late(job);
			continue;
		}
		if (job->wants_more && job->give_up == 0)
			grant_more(job);
		if (job->deadline_ns < next)
			next = job->deadline_ns;
	}
	return next;
}

/* What a copier left becomes the input: bytes, or the memfd. 0 or -errno. */
static int
adopt_copy(struct gbx_request *job)
{
	struct stat st;
	int err;

	if (fstat(job->in_fd, &st) != 0)
		return -errno;
	gbx_input_discharge(job);
	job->in_size = (uint64_t)st.st_size;
	/* Less than was charged before: it fits, but for a race with another
	 * thread's results, and then it is owed. */
	(void)gbx_input_charge(job, job->in_size);
	if (job->in_size > GBX_INPUT_BYTES_MAX)
		return gbx_memfd_seal_all(job->in_fd);
	err = gbx_input_read(job, job->in_fd, job->in_size);
	if (err == 0)
		gbx_close_fd(&job->in_fd);
	return err;
}

/* What it left is the input, unless it says otherwise: an orphan's exit status
 * is not ours to read. */
void
gbx_arrive_copied(struct gbx_request *job)
{
	int err;

	if (!job->has_said)
		gbx_arrive_says(job);
	gbx_copier_end(job);
	job->spent_ns = gbx_now_ns() - job->start_ns;
	if (job->give_up != 0) {
		given_up(job);
	} else if (!job->has_said || job->said[0] > 1) {
		job->result->err =
		    job->has_said && job->said[1] != 0 ? job->said[1] : EIO;
		gbx_request_finish(
		    job, GBX_VERDICT_ERROR, "the input could not be read");
	} else if (job->said[0] == 1) {
		gbx_arrive_too_large(job);
	} else if ((err = adopt_copy(job)) != 0) {
		job->result->err = -err;
		gbx_request_finish(
		    job, GBX_VERDICT_ERROR, "the input could not be sealed");
	} else {
		gbx_classify(job);
	}
}
