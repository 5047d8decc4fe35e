/* SPDX-License-Identifier: ISC */
/* Is this a child that the host forked? Side: trusted. */
#ifndef GBX_BROKER_FORKED_H
#define GBX_BROKER_FORKED_H

#include <stdbool.h>

struct gbx_broker;

/* 0 or -errno. */
int gbx_fork_mark(struct gbx_broker *b);
void gbx_fork_unmark(struct gbx_broker *b);
/* In a child that the host forked: nothing here is its own. */
bool gbx_is_forked(const struct gbx_broker *b);

#endif
