/* SPDX-License-Identifier: ISC */
/* The jobs that one worker has. Side: trusted. */
#ifndef GBX_BROKER_RUN_H
#define GBX_BROKER_RUN_H

#include <glovebox.h>
#include <stdbool.h>
#include <stdint.h>

#include "broker/autopsy.h"
#include "broker/list.h"
#include "broker/validate/gate.h"

struct gbx_broker;
struct gbx_lane;
struct gbx_request;
struct gbx_worker;

/* A quarter of the shared memory is kept for outputs. */
#define GBX_OUTPUT_PART 4

struct gbx_run {
	struct gbx_broker *broker;
	struct gbx_worker *worker;
	struct gbx_gate_job gate;
	struct gbx_request *job[GBX_BATCH_MAX]; /* NULL: cancelled out of it */
	uint32_t n_jobs;
	int out_fd;
	uint64_t charged;
	uint32_t posture;
	struct gbx_lane *lane;
	uint64_t started_ns; /* before its worker had the job */
	uint64_t deadline_ns;
	uint32_t kill_verdict; /* enum gbx_verdict of our kill; 0: none */
	int err;	       /* errno of GBX_HARVEST_FAILED */
	const char *field;     /* of GBX_HARVEST_REFUSED */
	struct gbx_link link;  /* broker->runs */
	struct gbx_link ended; /* broker->ended: waits for its verdict */
	bool waiting_status;   /* asked the zygote how it ended */
	struct gbx_death death;
};

/* Hand these jobs to this worker. 0 or -errno; the jobs and the worker are
 * untouched on failure. */
int gbx_run_start(struct gbx_broker *b, struct gbx_worker *worker,
    struct gbx_request **jobs, uint32_t n);
void gbx_run_kill(struct gbx_run *run, enum gbx_verdict why);
void gbx_run_free(struct gbx_run *run);
/* Bytes of output that one job may need, whole pages. */
uint64_t gbx_run_out_cap(const struct gbx_request *job);

#endif
