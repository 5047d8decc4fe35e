/* SPDX-License-Identifier: ISC */
/* From the outcome of a run to its jobs. Side: trusted. */
#ifndef GBX_BROKER_DELIVER_H
#define GBX_BROKER_DELIVER_H

#include "broker/validate/gate.h"

struct gbx_outcome;
struct gbx_run;
struct gbx_store;

/* All jobs of the run end so, or are tried once more. */
void gbx_deliver_failure(struct gbx_run *run, const struct gbx_outcome *o);
/* Each job of the run gets what the reply says of it. */
void gbx_deliver(struct gbx_run *run, const struct gbx_gate_reply *reply,
    struct gbx_store *store);

#endif
