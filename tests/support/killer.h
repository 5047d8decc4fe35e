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
/*
 * A zygote that is killed before it is ready, three times in a row, is given up
 * and its jobs are told: how often that is depends on how long one takes to
 * start. So no more than two kills that can end one follow each other before
 * each kind of worker has come back: the load takes the mark when it submits a
 * job, and says so when that ended well.
 */
enum killer_kind {
	KILLER_IMAGES,
	KILLER_TEXTS,
	KILLER_KINDS
};
uint64_t killer_mark(void);
void killer_came_back(enum killer_kind kind, uint64_t mark);
uint64_t killer_inits(void); /* of them init */
/* By whom, and how many were stopped for a while, as a comment. */
void killer_tell(void);

#endif
