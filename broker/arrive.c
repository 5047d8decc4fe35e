/* SPDX-License-Identifier: ISC */
/*
 * Inputs that may hang (pipes, sockets, FUSE, NFS): each is read by a process
 * of ours, which can be given up by a kill. Side: trusted.
 * It may copy so much and asks before it copies more, so what counts against
 * the shared memory is at most twice what has arrived, and a silent pipe counts
 * little. Here the broker never waits.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "broker/broker.h"
#include "ipc/datagram.h"
#include "ipc/memfd.h"

/* In the middle of a FUSE request a killed process dies only when the server
 * answers (fs/fuse/dev.c, request_wait_answer). Nobody waits for that. */
#define KILL_GRACE_MS 20
/* We kill it at the wall limit; it ends itself when we can't any more. */
#define COPIER_GRACE_MS 1000
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
		job->wants_more = gbx_ipc_send(job->copier_fd, &may,
				      sizeof(may), NULL, 0) == -EAGAIN;
	if (job->wants_more)
		gbx_arm(job->broker, gbx_now_ns() + MEMORY_AGAIN_NS);
}

/* ---- its process --------------------------------------------------------- */

static int
spawn_copier(struct gbx_request *job, int from, int to, int says)
{
	gbx_autoclose int program = -1, host = -1;
	char limits[72];
	struct gbx_spawn what = {
	    .proc_fd = job->broker->proc_fd,
	    .name = "glovebox-copy",
	    .arg = limits,
	    .fd = {from, to, says},
	    .extra = {-1, -1},
	};

	program = gbx_open_program(job->broker, "copy");
	if (program < 0)
		return program;
	/* So that it ends with this process, whoever else holds its socket. */
	host = (int)syscall(SYS_pidfd_open, job->broker->owner, 0);
	if (host < 0)
		return -errno;
	snprintf(limits, sizeof(limits), "%llu,%llu,%llu",
	    (unsigned long long)job->in_charged,
	    (unsigned long long)gbx_input_most(job),
	    (unsigned long long)job->limit[GBX_LIMIT_WALL] + COPIER_GRACE_MS);
	what.program = program;
	what.extra[0] = host;
	return gbx_spawn(&what, &job->copier_pidfd);
}

static int
watch_copier(struct gbx_request *job)
{
	struct gbx_broker *b = job->broker;
	int err;

	err = gbx_watch_add(
	    b, &job->copier_watch, GBX_WATCH_COPIER, job->copier_pidfd, job);
	if (err == 0)
		err = gbx_watch_add(
		    b, &job->says_watch, GBX_WATCH_SAYS, job->copier_fd, job);
	return err;
}

static int
start(struct gbx_request *job, int from)
{
	gbx_autoclose int fd = -1, theirs = -1;
	int err, pair[2];

	fd = gbx_memfd_new("gbx-input");
	if (fd < 0)
		return fd;
	err = gbx_ipc_pair(pair);
	if (err != 0)
		return err;
	job->copier_fd = pair[0];
	theirs = pair[1];
	err = spawn_copier(job, from, fd, theirs);
	if (err == 0)
		err = watch_copier(job);
	if (err == 0)
		job->in_fd = gbx_steal_fd(&fd);
	return err;
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
	err = start(job, from);
	if (err != 0)
		return gbx_input_error(job, err);
	job->state = GBX_JOB_COPYING;
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

/* It has to go, with this verdict, and has a moment to be gone. */
void
gbx_arrive_give_up(struct gbx_request *job, enum gbx_verdict verdict)
{
	if (job->give_up != 0)
		return;
	job->give_up = verdict;
	gbx_kill(job->copier_pidfd);
	job->deadline_ns = gbx_now_ns() + KILL_GRACE_MS * 1000000U;
	gbx_arm(job->broker, job->deadline_ns);
}

void
gbx_arrive_given_up(struct gbx_request *job)
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
		gbx_arrive_given_up(job);
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
	gbx_arrive_free(job);
	job->spent_ns = gbx_now_ns() - job->start_ns;
	if (job->give_up != 0) {
		gbx_arrive_given_up(job);
	} else if (!job->has_said || job->said[0] > 1) {
		job->result->err =
		    job->has_said && job->said[1] != 0 ? job->said[1] : EIO;
		gbx_request_finish(
		    job, GBX_VERDICT_ERROR, "the input could not be read");
	} else if (job->said[0] == 1) {
		gbx_input_too_large(job);
	} else if ((err = adopt_copy(job)) != 0) {
		job->result->err = -err;
		gbx_request_finish(
		    job, GBX_VERDICT_ERROR, "the input could not be sealed");
	} else {
		gbx_schedule_ready(job);
	}
}

void
gbx_arrive_free(struct gbx_request *job)
{
	gbx_watch_remove(job->broker, &job->copier_watch);
	gbx_watch_remove(job->broker, &job->says_watch);
	if (job->copier_pidfd >= 0) {
		gbx_kill(job->copier_pidfd);
		gbx_wait_gone(job->copier_pidfd, KILL_GRACE_MS);
	}
	gbx_spawn_forget(&job->copier_pidfd);
	gbx_close_fd(&job->copier_fd);
}
