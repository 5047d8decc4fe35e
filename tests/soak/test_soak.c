/* SPDX-License-Identifier: ISC */
/*
 * Many jobs of all kinds in one broker: every verdict right, every pixel
 * right, and nothing left over: descriptors, processes, memory are after the
 * last job what they were after the first thousand. Side: caller.
 *     SOAK_N=100000 test_soak     10,000 when not set; 10^6 with GBX_SOAK=1,
 *                                 and then a process is killed now and then
 *
 * Fails if taken out: gbx_run_free, gbx_child_free or gbx_zygote_bury in
 * gbx_run_conclude of broker/verdict.c; gbx_budget_give.
 */
#include <stdlib.h>

#include "tests/support/score.h"
#include "tests/support/soak.h"

/* In the long form, between two kills: long enough for most jobs to be none
 * of those that were hit. */
#define KILL_EVERY_MS 500

static uint64_t
jobs_wanted(void)
{
	const char *want = getenv("SOAK_N");

	if (want != NULL && want[0] != '\0')
		return strtoull(want, NULL, 10);
	return score_long_form() ? 1000000 : 10000;
}

int
main(void)
{
	const struct soak soak = {
	    .name = "soak",
	    .first = 1000,
	    .jobs = jobs_wanted(),
	    .period_ms = score_long_form() ? KILL_EVERY_MS : 0,
	};

	return soak_run(&soak);
}
