/* SPDX-License-Identifier: ISC */
/* Options of a broker. Side: trusted. */
#ifndef GBX_BROKER_OPTS_H
#define GBX_BROKER_OPTS_H

#include <stdbool.h>
#include <stdint.h>

struct gbx_broker_opts;

/* Lower what opts start with to the memory of a control group, in bytes: a job
 * that is too big for it must run into a limit by name, before the kernel ends
 * a process there (cgroups(7)). */
void gbx_opts_fit(struct gbx_broker_opts *opts, uint64_t memory);
/* What a caller of any version wants, NULL for the defaults, in a struct of
 * ours. False: it contradicts itself, or wants what we don't know. */
bool gbx_opts_take(
    const struct gbx_broker_opts *opts, struct gbx_broker_opts *ret_opts);

#endif
