/* SPDX-License-Identifier: ISC */
/*
 * What a process has and what runs in its name: descriptors, memory, and the
 * processes of one worker directory. Side: none; reads /proc.
 */
#ifndef GBX_TESTS_SUPPORT_CENSUS_H
#define GBX_TESTS_SUPPORT_CENSUS_H

#include <stdbool.h>
#include <stddef.h>

/* Open descriptors of this process; the one that counts is not counted. */
int census_fds(void);
/* Of them, those that are memfds or maps of memfds ("/memfd:gbx-..."). */
int census_memfds(void);
/* A line of /proc/self/status or /proc/meminfo, in kB; -1: not there. */
long census_status_kb(const char *key);
long census_meminfo_kb(const char *key);

/* A worker directory of this test alone: copies of the executables, so that
 * their processes can't be taken for another's. Made once, removed at exit.
 * NULL when it can't be had. */
const char *census_worker_dir(void);
/* The same of the hostile kit (tests/hostile/README.md): "liar" in that very
 * folder. NULL, and a line on stderr, if it can't be had. */
const char *census_liar_dir(void);
/*
 * Processes that run a program of that directory, and their zombies. Only root
 * may see what a process that is not dumpable runs; others find them by the
 * name that they were started with, in this session (setsid(2)).
 */
struct census {
	int alive, zombies;
};
struct census census_processes(void);
/* Those alive, at most room; how many. */
int census_pids(long *ret_pids, int room);
/* All the waits below are longer where others want the processors, too
 * (slow.h). Wait until so many are alive at once (between two jobs there may be
 * no worker for a moment); false if there were not within that many ms. */
bool census_some_within(int alive, int ms);
/* Wait until none is left; false if some are after that many ms. */
bool census_none_after(int ms);

#endif
