/* SPDX-License-Identifier: ISC */
/*
 * A load of mixed jobs whose answers are known, and what the process and its
 * broker hold when none is under way. One load in a process; a wrong answer
 * fails the cmocka test. Side: caller; uses the public header alone.
 */
#ifndef GBX_TESTS_SUPPORT_LOAD_H
#define GBX_TESTS_SUPPORT_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include <glovebox.h>

#include "tests/support/census.h"

/* Open a broker on a worker directory of this test's own. */
bool load_open(void);
struct gbx_broker *load_broker(void);
/* Close it and free all; how many of its processes were still there a second
 * later. */
int load_close(void);
/* Descriptors of this process beyond those before load_open. */
int load_fds_more(void);

/* Send a job, or collect some, or both. Now and then one is cancelled. */
void load_step(void);
/* Collect all that are under way, and free what was kept. */
void load_drain(void);

/* One small job for each kind of worker, so that its zygote is there. */
void load_run_each_worker(void);

/* From now on processes are killed: the jobs that they had may say so, and are
 * counted. Nothing else may be wrong. */
void load_allow_hits(void);

struct load_counts {
	uint64_t sent, collected, cancelled;
	uint64_t hit; /* of them: killed, or lost with a zygote or init */
};
struct load_counts load_counts(void);
/* All there is to know of the jobs, as comments. */
void load_tell(double seconds);

struct load_figures {
	int fds, idle;
	struct census people;
	long rss, shmem;
	uint64_t shared;
};
/* Let all end, then look; with as many idle workers as before (-1: any). */
struct load_figures load_look(const char *when, int idle);
/* Fails the test if something grew; how many descriptors and processes did. */
int load_compare(const struct load_figures *a, const struct load_figures *b);

#endif
