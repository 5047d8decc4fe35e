/* SPDX-License-Identifier: ISC */
/*
 * Deaths of a broker's workers, seen from outside, also while the broker is
 * stopped or dead. Side: tests. After proc_adopt().
 */
#ifndef GBX_TESTS_SUPPORT_WATCHED_H
#define GBX_TESTS_SUPPORT_WATCHED_H

#include <poll.h>
#include <stdint.h>

#include "tests/support/proc.h"

struct watched {
	size_t n;
	struct pollfd fd[PROC_LIST_MAX];
	pid_t pid[PROC_LIST_MAX];
};

/* All that there are now, idle or busy. */
void watched_workers(struct watched *w);
void watched_done(struct watched *w);
/* The first one that died; 0 if none did within that time. Of a broker that is
 * stopped it is a busy one: nobody gives the idle ones anything. */
pid_t watched_death(struct watched *w, int ms);
/* What a process had on a processor, also when it is a zombie. */
uint64_t watched_cpu_ms(pid_t pid);

#endif
