/* SPDX-License-Identifier: ISC */
/*
 * The prober: a "parser" that tries one thing against the walls around it.
 * Side: hostile, on purpose.
 */
#ifndef GBX_TESTS_WALLS_PROBER_H
#define GBX_TESTS_WALLS_PROBER_H

#include "tests/sandbox/walls/walls.h"

struct walls_probe {
	const char *name;
	/* 0: got through, or the errno that stopped it. What was stolen goes
	 * to answer->loot; the host's side decides. */
	int (*run)(const struct walls_order *o, struct walls_answer *answer);
};

/* Each ends with a NULL name. */
extern const struct walls_probe walls_file_probes[];
extern const struct walls_probe walls_mount_probes[];
extern const struct walls_probe walls_net_probes[];
extern const struct walls_probe walls_process_probes[];
extern const struct walls_probe walls_kernel_probes[];

/* errno of what just failed, never 0. */
int walls_failed(void);
/* 0 or the errno, of a call that returns -1 on error. */
int walls_result(long r);
/* DIR/NAME, in one static buffer. */
const char *walls_planted(const struct walls_order *o, const char *name);
/* Read the loot from a descriptor, and close it. */
int walls_take(int fd, struct walls_answer *answer);
/* Tell the host that things are ready, and wait for its go, or 2 s. */
void walls_meet(struct walls_answer *answer);
/* The static text that siblings are searched for. */
extern const volatile char walls_own_secret[WALLS_LOOT];

#endif
