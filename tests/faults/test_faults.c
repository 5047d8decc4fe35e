/* SPDX-License-Identifier: ISC */
/*
 * Each system call and each allocation that the library makes fails, once and
 * for good, alone and by chance with others: every job is answered once, by the
 * right verdict or by an error that says so, the next one is right, and nothing
 * is left. Side: tests; see sweep.c.
 *
 * Fails if taken out: a free, a close or a give of the budget on the way out of
 * a failure (leak); the answer to a job that could not be sent (hang); the
 * difference between a lie and a call of ours that failed (harvest.c,
 * our_fault: an honest worker is blamed).
 */
#include <stddef.h>

#include "tests/faults/sweep.h"

int
main(void)
{
	return sweep_main("faults", scenes_real, true, NULL);
}
