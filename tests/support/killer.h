/* SPDX-License-Identifier: ISC */
/*
 * Somebody who kills and stops processes of this process's own broker at
 * random moments: init, zygotes, workers, busy or idle. Side: tests.
 */
#ifndef GBX_TESTS_SUPPORT_KILLER_H
#define GBX_TESTS_SUPPORT_KILLER_H

#include <stdint.h>

/* A thread that kills one process every so many ms, on average. After
 * proc_adopt(); fails the cmocka test if there can be none. */
void killer_start(unsigned int every_ms);
/* No more kills, and nothing is left stopped. Harmless if it never began. */
void killer_stop(void);
uint64_t killer_kills(void);
uint64_t killer_inits(void); /* of them init */
/* By whom, and how many were stopped for a while, as a comment. */
void killer_tell(void);

#endif
