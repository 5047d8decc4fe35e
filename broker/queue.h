/* SPDX-License-Identifier: ISC */
/* Whose turn it is. Side: trusted. */
#ifndef GBX_BROKER_QUEUE_H
#define GBX_BROKER_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "broker/list.h"
#include "broker/validate/gate.h"

struct gbx_broker;
struct gbx_request;

/* The jobs of one kind and one client that wait, served in turn with those of
 * other clients. */
struct gbx_lane {
	struct gbx_link link; /* pool->queue or ->owing while jobs wait */
	struct gbx_link debt; /* broker->debtors while it owes */
	uint32_t kind;
	char *client; /* NULL: of all that have none */
	struct gbx_link jobs;
	uint32_t refs;	     /* jobs and runs; none: it is freed */
	uint64_t owes_until; /* turn of its kind; 0: owes nothing */
	uint64_t blamed_ns;
};

void gbx_queue_init(struct gbx_broker *b);
/* When no job is left. */
void gbx_queue_close(struct gbx_broker *b);
/* Give it its lane, and a place at the end of it. */
void gbx_queue_add(struct gbx_request *job);
/* Of the job's lane, or of a run's; NULL is accepted. */
void gbx_queue_leave(struct gbx_broker *b, struct gbx_lane **lane);
/* Take it out, without leaving the lane. */
void gbx_queue_remove(struct gbx_request *job);
/* Does any job of this kind wait? */
bool gbx_queue_waits(const struct gbx_broker *b, uint32_t kind);
/* The lane whose turn it is, or NULL. */
struct gbx_lane *gbx_queue_next(struct gbx_broker *b, uint32_t kind);
/* The first job of a lane and what may travel with it; they stay queued. */
uint32_t gbx_queue_gather(struct gbx_broker *b, struct gbx_lane *lane,
    struct gbx_request *ret[GBX_BATCH_MAX]);
/* It had its turn. */
void gbx_queue_served(struct gbx_broker *b, struct gbx_lane *lane);
/* A job of it cost a zygote: others first, for a while. */
void gbx_queue_blame(struct gbx_broker *b, struct gbx_lane *lane);
bool gbx_queue_owes(const struct gbx_broker *b, const struct gbx_lane *lane);

#endif
