/* SPDX-License-Identifier: ISC */
/*
 * A broker. Side: trusted. All of it is guarded by its lock unless it says
 * otherwise; no file of this room keeps state outside of such structs.
 *
 *	broker --- sandbox          init, the pid 1 of the namespaces
 *	       |-- pool[]           one for each kind of worker
 *	       |     |-- live       the zygote that gets jobs
 *	       |     `-- queue      lanes of jobs that wait
 *	       |-- zygote[]         live and retired ones
 *	       |     `-- worker[]   idle, or busy with a run
 *	       |-- job[]            struct gbx_request, until collected
 *	       `-- run[]            jobs that share one worker: one, or a batch
 *
 * Events record and one reconciler acts: pump.c waits for an event and calls
 * the file that it belongs to, which notes what happened in these structs
 * (a zygote on `fallen`, a run on `ended`, a job in its queue); then it calls
 * gbx_schedule once, which acts on that. No file calls one that stands above
 * it: make layers proves that the files of broker/ form no cycle.
 */
#ifndef GBX_BROKER_BROKER_H
#define GBX_BROKER_BROKER_H

#include <glovebox.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "broker/list.h"
#include "broker/pool.h"
#include "broker/sandbox.h"
#include "broker/validate/gate.h"
#include "broker/watch.h"

struct gbx_budget;

struct gbx_broker {
	pid_t owner;
	uint8_t *mark; /* forked.c: 0 in a child of the host */
	pthread_mutex_t lock;
	pthread_cond_t moved; /* something finished, or the pump is free */
	bool pumping;	      /* a thread waits in epoll for all */
	/* settled at open */
	uint32_t require, lockdown, max_in_flight, max_queued, max_idle,
	    batch_max;
	uint64_t ceiling[GBX_LIMIT_COUNT];
	int dir_fd, proc_fd;
	int libs_fd;		     /* shared libraries; -1: none here */
	uint64_t mount_id, mount_ns; /* the mount last looked up */
	bool mount_local;
	/* The caller polls outer_fd: it holds epoll_fd, where things happen,
	 * and done_fd, which is readable while there is something to collect.
	 */
	int outer_fd, epoll_fd, timer_fd, done_fd;
	struct gbx_watch timer_watch;
	struct gbx_link *graveyard; /* memory that epoll may still name */
	uint64_t timer_ns;	    /* what the timer is set to; 0: not set */
	bool done_raised;
	struct gbx_sandbox sandbox;
	struct gbx_pool pool[GBX_WORKER_COUNT];
	struct gbx_link starting; /* zygotes, in the order of init's answers */
	/* Dead ones that settle.c has not dealt with; none while the lock is
	 * free. */
	struct gbx_link fallen;
	struct gbx_link zygotes;      /* all others */
	struct gbx_host_posture host; /* of the last zygote that was ready */
	void *lanes;		      /* of clients, tsearch(3) */
	struct gbx_link debtors;      /* in the order of the blame */
	struct gbx_link jobs, arriving, runs, done;
	struct gbx_link ended; /* runs whose verdict is not given yet */
	void *by_id;	       /* jobs that may be cancelled, tsearch(3) */
	uint32_t n_jobs, n_queued, n_running;
	uint32_t n_taking;  /* whose input is being copied, without the lock */
	uint32_t n_pending; /* for gbx_collect, not yet done */
	uint64_t next_id;
	uint32_t turn; /* whose queue is looked at next */
	/* Since when nothing starts for want of descriptors, memory or
	 * processes, and when that was last seen; 0: all is well. */
	uint64_t short_ns, short_seen_ns;
	struct gbx_budget *budget;
	uint64_t inputs_charged; /* of it, for inputs of live jobs */
	struct gbx_stats stats;
};

#endif
