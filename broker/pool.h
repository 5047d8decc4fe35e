/* SPDX-License-Identifier: ISC */
/* The idle workers of a zygote. Side: trusted. */
#ifndef GBX_BROKER_POOL_H
#define GBX_BROKER_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "broker/list.h"
#include "broker/queue.h"

struct gbx_worker;
struct gbx_zygote;

/* What the broker has of each kind of worker. */
struct gbx_pool {
	struct gbx_zygote *live; /* the one that gets jobs, or NULL */
	/* idle workers */
	uint32_t target_idle;
	uint64_t missed_ns; /* when target_idle was last too small */
	bool lost;	    /* an ordered worker could not be had */
	int lacks;	    /* errno: and no other is to be expected */
	bool served;	    /* a run has ended since the last refill */
	/* starting a zygote */
	uint64_t next_start_ns; /* not before, for clients that owe turns */
	uint64_t hold_ns;	/* not before, for anybody */
	uint64_t backoff_ns;
	uint32_t died_early; /* so many before they worked */
	int start_err;	     /* why the last one never worked */
	bool start_posture;
	/* Lanes with waiting jobs: of clients that owe nothing, and others. */
	struct gbx_link queue, owing;
	uint64_t turns;		/* runs started */
	struct gbx_lane common; /* of no client */
};

/* An idle worker, taken off the list, or NULL. */
struct gbx_worker *gbx_pool_take(struct gbx_zygote *z);
/* It was not given its job, and can have another. */
void gbx_pool_put_back(struct gbx_worker *w);
/* It is dead, and had no job. */
void gbx_pool_drop(struct gbx_worker *w);
/* All idle workers. */
void gbx_pool_drop_idle(struct gbx_zygote *z);
/* The target grows when no worker was idle, and shrinks after a calm. */
void gbx_pool_missed(const struct gbx_zygote *z);
void gbx_pool_hit(const struct gbx_zygote *z);
/* Order workers up to the target: at half of it, or now. */
void gbx_pool_refill(struct gbx_zygote *z, bool now);
/* What /proc shows of this zombie was read: the zygote reaps it. */
void gbx_pool_bury(struct gbx_zygote *z, uint32_t zpid);

#endif
