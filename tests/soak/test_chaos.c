/* SPDX-License-Identifier: ISC */
/*
 * kill -9 at random moments under a load of mixed jobs: of workers, of zygotes,
 * of init. What was hit gets a verdict or runs again, all else is right, no job
 * is lost and nothing is left behind. Side: caller.
 *     300 kills; with GBX_SOAK=1 10,000 of them within 10^5 jobs
 *
 * Fails if taken out: gbx_sandbox_restart; gbx_run_zygote_died or try_again in
 * zygote_died of broker/zygote.c; is_lost in fail_run of broker/verdict.c;
 * EPIPE in zygote_for of broker/schedule.c.
 */
#include "tests/support/cmocka.h"

#include <stdint.h>
#include <stdio.h>

#include "tests/support/killer.h"
#include "tests/support/load.h"
#include "tests/support/proc.h"
#include "tests/support/score.h"

#define FIRST	 500
#define EVERY_MS 6

static int leaks;

static void
test_chaos(void **state)
{
	uint64_t kills = score_long_form() ? 10000 : 300;
	uint64_t jobs = score_long_form() ? 100000 : 2000;
	uint64_t start = now_ms();
	struct load_figures first, last;
	struct load_counts c;

	(void)state;
	while (load_counts().collected < FIRST)
		load_step();
	first = load_look("first", -1);
	load_allow_hits();
	killer_start(EVERY_MS);
	while (killer_kills() < kills || load_counts().collected < jobs)
		load_step();
	killer_stop();
	last = load_look("last", first.idle);
	killer_tell();
	load_tell((double)(now_ms() - start) / 1000);
	c = load_counts();
	score("kills", killer_kills(), ">=300");
	score("jobs-soaked", c.collected, ">=10000");
	score("jobs-lost", c.sent - c.collected, "==0");
	assert_in_range(c.hit, 0, killer_kills());
	leaks += load_compare(&first, &last);
}

static void
test_nothing_left(void **state)
{
	int left = load_close();

	(void)state;
	leaks += left + load_fds_more() + census_memfds();
	score("orphans", (unsigned long long)left, "==0");
	score("leaks", (unsigned long long)leaks, "==0");
	assert_int_equal(leaks, 0);
}

static int
set_up(void **state)
{
	(void)state;
	return load_open() ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_chaos),
	    cmocka_unit_test(test_nothing_left),
	};

	proc_adopt();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("chaos", tests, set_up, NULL);
}
