/* SPDX-License-Identifier: ISC */
/* A worker process as the broker holds it. Side: trusted. */
#ifndef GBX_BROKER_WORKER_H
#define GBX_BROKER_WORKER_H

#include <stdint.h>

#include "broker/autopsy.h"
#include "broker/list.h"
#include "broker/watch.h"

struct gbx_run;
struct gbx_zygote;

/* Not a child process of the broker's: its zygote is its parent. */
struct gbx_worker {
	struct gbx_link link; /* zygote->idle */
	struct gbx_zygote *zygote;
	int sock, pidfd;
	uint32_t zpid; /* in the zygote's pid namespace */
	struct gbx_corpse corpse;
	struct gbx_watch watch;
	struct gbx_run *run; /* NULL: idle */
};

/* Does not kill: an idle worker ends when its socket is closed, and a busy one
 * is killed through its run. */
void gbx_free_worker(struct gbx_worker *w);

#endif
