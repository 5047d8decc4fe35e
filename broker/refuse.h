/* SPDX-License-Identifier: ISC */
/* Jobs that wait and can't be started. Side: trusted. */
#ifndef GBX_BROKER_REFUSE_H
#define GBX_BROKER_REFUSE_H

#include <stdbool.h>
#include <stdint.h>

struct gbx_broker;
struct gbx_request;

/* One job ends so: errno err. */
void gbx_refuse(struct gbx_request *job, bool posture, int err);
/* All that wait for a worker of this kind: it can't be had. */
void gbx_refuse_all(struct gbx_broker *b, uint32_t kind, bool posture, int err);

#endif
