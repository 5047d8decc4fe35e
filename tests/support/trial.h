/* SPDX-License-Identifier: ISC */
/*
 * One host that is hard in some way: does the library work there, and does what
 * parses there have its lock? An honest picture is decoded by the real worker;
 * then a worker of the hostile kit makes a forbidden call and must die of it.
 * Side: caller; uses the public header alone. Counts are kept in memory that
 * the children of a test share.
 */
#ifndef GBX_TESTS_SUPPORT_TRIAL_H
#define GBX_TESTS_SUPPORT_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

/* In place of host_set_up (host.h); there is no HOST_HUGE then. */
int trial_set_up(void **state);

enum trial_kind {
	TRIAL_WORKS,	 /* all must work */
	TRIAL_MAY_REFUSE /* or a clear error, and nothing is parsed */
};

/* 0: as it must be. dir: where the worker directory is found from here, NULL:
 * where it is. The posture of the honest job, 0 if it was refused. */
int trial_here(const char *name, enum trial_kind kind, const char *dir,
    uint32_t *ret_posture);

/* hosts-tried and hosts-unsandboxed, at the end of a test program. */
void trial_score(void);

#endif
