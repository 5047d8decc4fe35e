/* SPDX-License-Identifier: ISC */
/* From the arguments of a call to a job of the broker's. Side: trusted. */
#ifndef GBX_BROKER_SUBMIT_H
#define GBX_BROKER_SUBMIT_H

#include <glovebox.h>
#include <stdbool.h>

struct gbx_broker;
struct gbx_input;
struct gbx_job;
struct gbx_request;

bool gbx_input_valid(const struct gbx_input *input);
bool gbx_job_valid(const struct gbx_job *job);
/* With the lock held, which it lets go of while it copies. The job is queued,
 * its input arrives, or it is done. On failure nothing is left of it. */
enum gbx_err gbx_request_submit(struct gbx_broker *b,
    const struct gbx_input *input, const struct gbx_job *job, bool sync,
    struct gbx_request **ret);

#endif
