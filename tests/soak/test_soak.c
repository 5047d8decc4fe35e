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
#include "tests/support/cmocka.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/killer.h"
#include "tests/support/load.h"
#include "tests/support/proc.h"
#include "tests/support/score.h"

#define FIRST 1000 /* jobs before the first look */
/* In the long form, between two kills: long enough for most jobs to be none
 * of those that were hit. */
#define KILL_EVERY_MS 500

static int leaks;

static uint64_t
jobs_wanted(void)
{
	const char *want = getenv("SOAK_N");

	if (want != NULL && want[0] != '\0')
		return strtoull(want, NULL, 10);
	return score_long_form() ? 1000000 : 10000;
}

static void
test_soak(void **state)
{
	struct load_figures first, last;
	uint64_t n = jobs_wanted(), start = now_ms();
	struct load_counts c;

	(void)state;
	assert_true(n > FIRST);
	while (load_counts().collected < FIRST)
		load_step();
	first = load_look("first", -1);
	if (score_long_form()) {
		load_allow_hits();
		killer_start(KILL_EVERY_MS);
	}
	while (load_counts().collected < n)
		load_step();
	killer_stop();
	last = load_look("last", first.idle);
	load_tell((double)(now_ms() - start) / 1000);
	c = load_counts();
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
	    cmocka_unit_test(test_soak),
	    cmocka_unit_test(test_nothing_left),
	};

	proc_adopt();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("soak", tests, set_up, NULL);
}
