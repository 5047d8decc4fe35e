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
bool gbx_opts_valid(const struct gbx_broker_opts *o);

#endif
