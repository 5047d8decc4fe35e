/* SPDX-License-Identifier: ISC */
/*
 * kill -9 at random moments under a load of mixed jobs: of workers, of zygotes,
 * of init. What was hit gets a verdict or runs again, all else is right, no job
 * is lost and nothing is left behind. Side: caller.
 *     300 kills; with GBX_SOAK=1 10,000 of them within 10^5 jobs
 *
 * Fails if taken out: gbx_sandbox_restart; gbx_death_untold in broker/settle.c
 * or try_again there; o->again in gbx_deliver_failure of broker/deliver.c;
 * EPIPE in zygote_for of broker/schedule.c.
 */
#include "tests/support/score.h"
#include "tests/support/soak.h"

int
main(void)
{
	const struct soak soak = {
	    .name = "chaos",
	    .first = 500,
	    .jobs = score_long_form() ? 100000 : 2000,
	    .kills = score_long_form() ? 10000 : 300,
	    .period_ms = 6,
	};

	return soak_run(&soak);
}
