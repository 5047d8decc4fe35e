/* SPDX-License-Identifier: ISC */
/*
 * Handing jobs to a worker: its output, one memfd with the inputs, the message
 * that describes them. death.c tells how the worker ended, verdict.c what its
 * reply was worth. Side: trusted.
 */
#include <errno.h>
#include <glovebox.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/checked.h"
#include "base/cleanup.h"
#include "broker/broker.h"
#include "broker/list.h"
#include "broker/process.h"
#include "broker/queue.h"
#include "broker/request.h"
#include "broker/run.h"
#include "broker/store.h"
#include "broker/validate/gate.h"
#include "broker/watch.h"
#include "broker/worker.h"
#include "broker/zygote.h"
#include "ipc/datagram.h"
#include "ipc/memfd.h"
#include "schemas/ops.h"

/* For properties and flags; for the record of a member with an ordinary name.
 */
#define RECORDS_ROOM (1U << 20)
#define MEMBER_ROOM  512U
#define ENCODE_ROOM  (1U << 16)

/* What the operation can give at most, before the limits that hold for all. */
static uint64_t
room_of(const struct gbx_request *job)
{
	uint64_t cap = 0;

	switch (gbx_op_rows[job->op].room) {
	case GBX_WIRE_ROOM_METADATA:
		return job->want & GBX_WANT_METADATA ? RECORDS_ROOM : 0;
	case GBX_WIRE_ROOM_PIXELS:
		return gbx_mul_ok(job->limit[GBX_LIMIT_PIXELS],
			   4 * (uint64_t)job->count, &cap)
			   ? cap
			   : UINT64_MAX;
	case GBX_WIRE_ROOM_BOX:
		return 4 * (uint64_t)job->box_w * job->box_h;
	case GBX_WIRE_ROOM_TEXT:
		return job->limit[GBX_LIMIT_TEXT] + RECORDS_ROOM;
	case GBX_WIRE_ROOM_ENCODED: /* no encoder adds so much to pixels */
		return job->in_size + job->in_size / 8 + ENCODE_ROOM;
	case GBX_WIRE_ROOM_MEMBERS:
		return job->limit[GBX_LIMIT_MEMBERS] * MEMBER_ROOM +
		       RECORDS_ROOM;
	default:
		return job->limit[GBX_LIMIT_OUTPUT];
	}
}

uint64_t
gbx_run_out_cap(const struct gbx_request *job)
{
	uint64_t cap = room_of(job), most = job->limit[GBX_LIMIT_OUTPUT];
	uint64_t budget = job->broker->budget->most;

	if (cap > most)
		cap = most;
	budget =
	    (budget / GBX_OUTPUT_PART / GBX_REPLY_PAGE - 1) * GBX_REPLY_PAGE;
	if (cap > budget)
		cap = budget;
	/* A host that may only have small files gets small results. */
	most = gbx_memfd_most();
	if (most < 2 * (uint64_t)GBX_REPLY_PAGE)
		most = 2 * (uint64_t)GBX_REPLY_PAGE;
	if (cap > most - 2 * (uint64_t)GBX_REPLY_PAGE)
		cap = most - 2 * (uint64_t)GBX_REPLY_PAGE;
	/* Whole pages; a ceiling keeps all of this far from 2^64. */
	return (cap + GBX_REPLY_PAGE - 1) / GBX_REPLY_PAGE * GBX_REPLY_PAGE;
}

static int
make_output(struct gbx_run *run)
{
	gbx_autoclose int fd = -1;
	int err;

	fd = gbx_memfd_new("gbx-output");
	if (fd < 0)
		return fd;
	err = gbx_memfd_resize(fd, run->gate.out_size + GBX_REPLY_PAGE);
	if (err == 0)
		err = gbx_memfd_seal_grow(fd);
	if (err == 0)
		run->out_fd = gbx_steal_fd(&fd);
	return err;
}

/* One memfd with all inputs that waited as bytes, each at an aligned place. */
static int
pack_inputs(struct gbx_run *run, int *ret_fd)
{
	gbx_autoclose int fd = -1;
	struct gbx_request *job;
	uint64_t at = 0;
	uint32_t i;
	int err = 0;

	fd = gbx_memfd_new("gbx-inputs");
	if (fd < 0)
		return fd;
	for (i = 0; err == 0 && i < run->n_jobs; i++) {
		job = run->job[i];
		err = gbx_memfd_write(fd, job->in_mem, job->in_size, at);
		run->gate.input[i].offset = at;
		run->gate.input[i].length = job->in_size;
		run->gate.in_size = at + job->in_size;
		at =
		    (run->gate.in_size + GBX_ALIGN - 1) / GBX_ALIGN * GBX_ALIGN;
	}
	if (err == 0)
		err = gbx_memfd_seal_all(fd);
	if (err == 0)
		*ret_fd = gbx_steal_fd(&fd);
	return err;
}

/* What copying left of the wall limit. */
static uint64_t
wall_left_ns(const struct gbx_request *job)
{
	uint64_t wall = job->limit[GBX_LIMIT_WALL] * 1000000U;

	return wall > job->spent_ns ? wall - job->spent_ns : 1;
}

static int
describe(struct gbx_run *run, const struct gbx_request *job)
{
	struct gbx_gate_job *g = &run->gate;
	uint8_t random[GBX_NONCE_LEN + GBX_SALT_LEN];

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return -EIO;
	memcpy(g->nonce, random, GBX_NONCE_LEN);
	memcpy(g->salt, random + GBX_NONCE_LEN, GBX_SALT_LEN);
	g->worker = job->kind;
	g->op = job->op;
	g->lockdown = run->broker->lockdown;
	memcpy(g->limit, job->limit, sizeof(g->limit));
	g->limit[GBX_LIMIT_WALL] = (wall_left_ns(job) + 999999U) / 1000000U;
	g->first = job->first;
	g->count = job->count;
	g->box_w = job->box_w;
	g->box_h = job->box_h;
	g->dpi = job->dpi;
	g->want = job->want;
	g->n_inputs = run->n_jobs;
	return 0;
}

static int
send_job(struct gbx_run *run, struct gbx_worker *worker, int in_fd)
{
	uint8_t wire[GBX_JOB_MAX];
	int fds[GBX_JOB_FDS] = {in_fd, run->out_fd};
	size_t length = gbx_gate_pack_job(&run->gate, wire);

	if (length == 0)
		return -ENOMEM;
	return gbx_ipc_send(worker->sock, wire, length, fds, GBX_JOB_FDS);
}

static int
launch(struct gbx_run *run, struct gbx_worker *worker)
{
	gbx_autoclose int packed = -1;
	struct gbx_request *first = run->job[0];
	int err, in_fd = first->in_fd;

	err = describe(run, first);
	if (err == 0)
		err = make_output(run);
	if (err == 0 && first->in_mem != NULL) {
		err = pack_inputs(run, &packed);
		in_fd = packed;
	} else {
		run->gate.in_size = first->in_size;
		run->gate.input[0].length = first->in_size;
	}
	/* First the watch: a worker that was not sent its job can be given
	 * another. */
	if (err == 0)
		err = gbx_watch_add(run->broker, &worker->watch,
		    GBX_WATCH_WORKER, worker->pidfd, worker);
	if (err == 0)
		err = send_job(run, worker, in_fd);
	if (err != 0)
		gbx_watch_remove(run->broker, &worker->watch);
	return err;
}

/* From here on the jobs are the run's, and the clock runs. */
static void
adopt(struct gbx_run *run, struct gbx_worker *worker)
{
	struct gbx_broker *b = run->broker;
	struct gbx_request *job = run->job[0];
	uint32_t i;

	run->deadline_ns = gbx_now_ns() + wall_left_ns(job);
	gbx_arm(b, run->deadline_ns);
	run->lane = job->lane;
	run->lane->refs++;
	for (i = 0; i < run->n_jobs; i++) {
		job = run->job[i];
		gbx_queue_remove(job);
		job->state = GBX_REQUEST_RUNNING;
		job->run = run;
		job->run_index = i;
	}
	gbx_close_fd(&worker->sock); /* nobody will ever say more */
	run->worker = worker;
	worker->run = run;
	worker->zygote->n_busy++;
	worker->zygote->jobs++;
	gbx_list_append(&b->runs, &run->link);
	gbx_queue_served(b, run->lane);
	b->n_running++;
	if (run->n_jobs > 1)
		b->stats.batches++;
}

int
gbx_run_start(struct gbx_broker *b, struct gbx_worker *worker,
    struct gbx_request **jobs, uint32_t n)
{
	struct gbx_run *run = calloc(1, sizeof(*run));
	int err;

	if (run == NULL)
		return -ENOMEM;
	run->broker = b;
	run->out_fd = -1;
	run->n_jobs = n;
	memcpy(run->job, jobs, n * sizeof(*jobs));
	run->gate.out_size = gbx_run_out_cap(jobs[0]);
	run->charged = run->gate.out_size + GBX_REPLY_PAGE;
	if (!gbx_budget_take(b->budget, run->charged)) {
		free(run);
		return -EDQUOT; /* no call that launch makes says that */
	}
	run->started_ns = gbx_now_ns();
	err = launch(run, worker);
	if (err != 0) {
		gbx_run_free(run);
		return err;
	}
	adopt(run, worker);
	return 0;
}

void
gbx_run_free(struct gbx_run *run)
{
	gbx_list_remove(&run->link);
	gbx_list_remove(&run->ended);
	gbx_queue_leave(run->broker, &run->lane);
	gbx_close_fd(&run->out_fd);
	gbx_budget_give(run->broker->budget, run->charged);
	free(run);
}

void
gbx_run_kill(struct gbx_run *run, enum gbx_verdict why)
{
	run->kill_verdict = why;
	gbx_kill(run->worker->pidfd);
}
