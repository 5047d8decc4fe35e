/* SPDX-License-Identifier: ISC */
/* How a process ended, and whether it was locked, read from /proc.
 * Side: trusted. */
#ifndef GBX_BROKER_AUTOPSY_H
#define GBX_BROKER_AUTOPSY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"

struct gbx_broker;

/* A process's files in /proc, opened while it lives so that they can be read
 * when it is a zombie; -1 where there is no /proc. They name that very process:
 * once it is reaped they read as ESRCH, whoever gets its number. */
struct gbx_corpse {
	int status_fd, stat_fd;
};

/* The credentials that decide what /proc shows. A host may change its ids, and
 * give up capabilities. */
struct gbx_reader {
	uint32_t uid, gid, caps[2];
};

/* What /proc shows of a worker that is dead. */
struct gbx_death {
	bool known;	  /* how it ended is known */
	int code, status; /* CLD_* and status, as in waitid(2) */
	bool proof_read;  /* /proc was there to be read */
	bool locked;	  /* and showed the lock */
	bool nnp;
	bool by_seccomp; /* and that seccomp killed it */
	uint64_t cpu_ms; /* processor time it used; 0: not known */
};

void gbx_corpse_open(
    struct gbx_broker *b, int pidfd, struct gbx_corpse *ret_corpse);
void gbx_corpse_close(struct gbx_corpse *c);
/* The credentials of this thread. */
void gbx_autopsy_reader(struct gbx_reader *ret_reader);
/* The lock of a dead process, and with exit_too how it ended. `filters` is how
 * many seccomp filters it must have had; 0: any number but 0. */
void gbx_autopsy(struct gbx_broker *b, uint32_t filters,
    const struct gbx_corpse *c, bool exit_too, struct gbx_death *ret);
/* Seccomp_filters of a process, dead or alive, or -1. */
int gbx_autopsy_filters(const struct gbx_corpse *c);

#endif
