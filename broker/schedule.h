/* SPDX-License-Identifier: ISC */
/* The reconciler. Side: trusted. */
#ifndef GBX_BROKER_SCHEDULE_H
#define GBX_BROKER_SCHEDULE_H

struct gbx_broker;

/* Act on what events have recorded, then start what can start. Lets go of the
 * lock while a reply is read. */
void gbx_schedule(struct gbx_broker *b);
/* The last part alone: start what can start. Keeps the lock. */
void gbx_dispatch(struct gbx_broker *b);

#endif
