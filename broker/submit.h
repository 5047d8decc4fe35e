/* SPDX-License-Identifier: ISC */
/* From the arguments of a call to a job of the broker's. Side: trusted. */
#ifndef GBX_BROKER_SUBMIT_H
#define GBX_BROKER_SUBMIT_H

#include <glovebox.h>
#include <stdbool.h>

struct gbx_broker;
struct gbx_request;

/* What a caller of any version asks for, in structs of ours. */
struct gbx_ask {
	struct gbx_input input;
	struct gbx_job job;
};

/* False: it contradicts itself, or asks for what we don't know. */
bool gbx_ask_take(const struct gbx_input *input, const struct gbx_job *job,
    struct gbx_ask *ret_ask);
/* With the lock held, which it lets go of while it copies. The job is queued,
 * its input arrives, or it is done. On failure nothing is left of it. */
enum gbx_err gbx_request_submit(struct gbx_broker *b,
    const struct gbx_input *input, const struct gbx_job *job, bool sync,
    struct gbx_request **ret);

#endif
