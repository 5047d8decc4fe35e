/* SPDX-License-Identifier: ISC */
/*
 * Options of a broker: defaults that fit the machine, and what is valid.
 * Side: trusted.
 */
#include <glovebox.h>
#include <sched.h>
#include <string.h>

#include "base/cgroup.h"
#include "broker/opts.h"
#include "broker/tables.h"
#include "broker/validate/gate.h"
#include "broker/versioned.h"
#include "ipc/control.h"

/* Nothing works in less; the limits must be something. */
#define LEAST_CGROUP (32ULL << 20)

static uint32_t
cpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return 1;
	return (uint32_t)CPU_COUNT(&set);
}

/* Where not even the default fits. */
static void
lower(struct gbx_broker_opts *opts, uint32_t limit, uint64_t most)
{
	if (most < gbx_table_default(limit))
		opts->ceiling[limit] = most;
}

/* What a job has at once is its output, its arena, and in the last quarter its
 * input and the processes themselves. All that waits, runs or is held is less
 * than what there is: inputs that pile up would end the host itself. */
void
gbx_opts_fit(struct gbx_broker_opts *opts, uint64_t memory)
{
	if (memory == GBX_CGROUP_NONE)
		return;
	if (memory < LEAST_CGROUP)
		memory = LEAST_CGROUP;
	lower(opts, GBX_LIMIT_MEMORY, memory / 4);
	lower(opts, GBX_LIMIT_OUTPUT, memory / 2);
	if (opts->max_shared > memory)
		opts->max_shared = memory;
}

static void
standard(struct gbx_broker_opts *opts)
{
	uint32_t i;

	memset(opts, 0, sizeof(*opts));
	opts->size = sizeof(*opts);
	opts->lockdown = GBX_LOCKDOWN_FILTER;
	opts->max_in_flight = cpus();
	opts->max_queued = 1024;
	opts->max_idle = 4;
	opts->batch_max = GBX_BATCH_MAX;
	opts->max_shared = 2ULL << 30;
	for (i = 1; i < GBX_LIMIT_COUNT; i++)
		opts->ceiling[i] = gbx_table_ceiling(i);
	/* The arena has this size in every zygote; a job that gets less pays
	 * for giving the rest back. */
	opts->ceiling[GBX_LIMIT_MEMORY] = gbx_table_default(GBX_LIMIT_MEMORY);
	gbx_opts_fit(opts, gbx_cgroup_limit(GBX_CGROUP_MEMORY));
}

void
gbx_broker_opts_init_sized(struct gbx_broker_opts *opts, size_t size)
{
	struct gbx_broker_opts own;

	standard(&own);
	opts->size = size;
	gbx_struct_out(opts, &own, sizeof(own));
}

/* For programs that were built with 0.1. */
void(gbx_broker_opts_init)(struct gbx_broker_opts *opts)
{
	gbx_broker_opts_init_sized(
	    opts, GBX_SIZE_0_1(struct gbx_broker_opts, allow_setid));
}

static bool
is_valid(const struct gbx_broker_opts *o)
{
	const uint32_t both = GBX_POSTURE_FILTER | GBX_POSTURE_STRICT;
	uint32_t i;

	if (o->max_in_flight == 0 || o->max_queued == 0 || o->batch_max == 0 ||
	    o->batch_max > GBX_BATCH_MAX || o->max_shared < (1U << 20))
		return false;
	if (o->lockdown != GBX_LOCKDOWN_FILTER &&
	    o->lockdown != GBX_LOCKDOWN_STRICT)
		return false;
	if ((o->require >> GBX_LAYER_COUNT) != 0 ||
	    (o->require & GBX_POSTURE_BATCH) != 0 ||
	    (o->require & both) == both)
		return false;
	for (i = 1; i < GBX_LIMIT_COUNT; i++)
		if (o->ceiling[i] == 0 || o->ceiling[i] > gbx_table_ceiling(i))
			return false;
	return true;
}

bool
gbx_opts_take(
    const struct gbx_broker_opts *opts, struct gbx_broker_opts *ret_opts)
{
	standard(ret_opts);
	return (opts == NULL ||
		   gbx_struct_in(ret_opts, sizeof(*ret_opts),
		       GBX_SIZE_0_1(struct gbx_broker_opts, allow_setid),
		       opts)) &&
	       is_valid(ret_opts);
}
