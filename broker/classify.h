/* SPDX-License-Identifier: ISC */
/* Which worker an input is for. Side: trusted. */
#ifndef GBX_BROKER_CLASSIFY_H
#define GBX_BROKER_CLASSIFY_H

struct gbx_request;

/* The input is whole: queue the job, or end it if no worker reads that. */
void gbx_classify(struct gbx_request *job);

#endif
