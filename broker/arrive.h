/* SPDX-License-Identifier: ISC */
/* Inputs that a process of ours reads, for they may hang. Side: trusted. */
#ifndef GBX_BROKER_ARRIVE_H
#define GBX_BROKER_ARRIVE_H

#include <glovebox.h>
#include <stdint.h>

struct gbx_broker;
struct gbx_request;

enum gbx_err gbx_arrive_start(struct gbx_request *job, int from);
void gbx_arrive_says(struct gbx_request *job);
/* The copier is gone. */
void gbx_arrive_copied(struct gbx_request *job);
/* End it early: the job ends with this verdict when the copier is gone, or
 * after a moment without it. */
void gbx_arrive_give_up(struct gbx_request *job, enum gbx_verdict verdict);
/* Those that are late, and those that wait for memory. The next time to look,
 * or `next`. */
uint64_t gbx_arrive_check(struct gbx_broker *b, uint64_t now, uint64_t next);
/* The verdict of an input that is larger than it may be. */
void gbx_arrive_too_large(struct gbx_request *job);

#endif
