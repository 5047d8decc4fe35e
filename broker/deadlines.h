/* SPDX-License-Identifier: ISC */
/* What is late. Side: trusted. */
#ifndef GBX_BROKER_DEADLINES_H
#define GBX_BROKER_DEADLINES_H

struct gbx_broker;

/* The timer has expired: kill or give up what is late, and set it anew. */
void gbx_deadlines_check(struct gbx_broker *b);

#endif
