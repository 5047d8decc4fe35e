/* SPDX-License-Identifier: ISC */
/*
 * The life of a worker: wait for one job, lock, decode, reply, die.
 * Side: setup until the lock, hostile from then on.
 */
#ifndef GBX_RUNTIME_WORKER_H
#define GBX_RUNTIME_WORKER_H

#include <stdbool.h>

/* Does each worker take a stack canary of its own (worker.c)? Only where the
 * ABI keeps the canary in memory that a thread may write. On arm64 libc's
 * __stack_chk_guard is read-only by then. */
#if defined(__x86_64__)
#define GBX_WORKER_HAS_GUARD true
#else
#define GBX_WORKER_HAS_GUARD false
#endif

/* Decode the parser's samples and throw the results away: lazy tables, first
 * uses and page faults are behind us then. False if one of them fails. */
bool gbx_worker_warm_up(void);
/* Its part in shared/colour.c: not there in workers that don't link that. */
bool gbx_colour_warm_up(void) __attribute__((weak));

/* Never returns. sock is this worker's end. */
_Noreturn void gbx_worker_main(int sock, bool cold);
/* The same for one that never gets a job: it waits for the broker's byte, locks
 * itself, and tells by its end whether the lock acts (lockdown.h). */
_Noreturn void gbx_worker_canary(int sock);

#endif
