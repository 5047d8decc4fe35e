/* SPDX-License-Identifier: ISC */
/*
 * How much of the shared memory, and how many descriptors, an input may have.
 * Side: trusted. Nothing is allocated here: bytes are charged.
 */
#include <errno.h>
#include <glovebox.h>

#include "broker/allowance.h"
#include "broker/broker.h"
#include "broker/request.h"
#include "broker/resources.h"
#include "broker/run.h"
#include "broker/store.h"

enum gbx_err
gbx_input_busy(int what)
{
	errno = what;
	return GBX_ERR_BUSY;
}

/* A table that is full is no reason to give up as long as other jobs may make
 * room in it. */
enum gbx_err
gbx_input_error(const struct gbx_request *job, int err)
{
	if (gbx_is_fd_shortage(err) && job->broker->n_jobs > 1)
		return gbx_input_busy(EMFILE);
	errno = -err;
	return err == -ENOMEM ? GBX_ERR_MEMORY : GBX_ERR_SYSTEM;
}

/* May this job wait with so many descriptors? The only one always may. */
bool
gbx_input_fds(const struct gbx_request *job, uint32_t n)
{
	return job->broker->n_jobs == 1 || gbx_fds_left(job->broker, n);
}

/* All inputs together leave this part of the shared memory to outputs, and no
 * output may have more: jobs that wait for each other's end would wait for
 * ever. */
uint64_t
gbx_input_share(const struct gbx_broker *b)
{
	return b->budget->most - b->budget->most / GBX_OUTPUT_PART;
}

uint64_t
gbx_input_most(const struct gbx_request *job)
{
	uint64_t most = gbx_input_share(job->broker);

	return most < job->limit[GBX_LIMIT_INPUT] ? most
						  : job->limit[GBX_LIMIT_INPUT];
}

/* Charge size bytes to the broker's budget for as long as the input lives. */
bool
gbx_input_charge(struct gbx_request *job, uint64_t size)
{
	struct gbx_broker *b = job->broker;

	if (b->inputs_charged + size > gbx_input_share(b) ||
	    !gbx_budget_take(b->budget, size))
		return false;
	b->inputs_charged += size;
	job->in_charged += size;
	return true;
}

void
gbx_input_discharge(struct gbx_request *job)
{
	gbx_budget_give(job->broker->budget, job->in_charged);
	job->broker->inputs_charged -= job->in_charged;
	job->in_charged = 0;
}
