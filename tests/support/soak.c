/* SPDX-License-Identifier: ISC */
/* A whole test program around a load. Side: tests, see soak.h. */
#include "tests/support/soak.h"

#include <stdio.h>

#include "tests/support/cmocka.h"
#include "tests/support/killer.h"
#include "tests/support/load.h"
#include "tests/support/proc.h"
#include "tests/support/score.h"

static const struct soak *soak;
static int leaks;

static void
tell(uint64_t start)
{
	struct load_counts c = load_counts();

	if (soak->kills > 0) {
		killer_tell();
		score("kills", killer_kills(), ">=300");
	}
	load_tell((double)(now_ms() - start) / 1000);
	score("jobs-soaked", c.collected, ">=10000");
	score("jobs-lost", c.sent - c.collected, "==0");
	assert_in_range(c.hit, 0, killer_kills());
}

static void
test_load(void **state)
{
	struct load_figures first, last;
	uint64_t start = now_ms();

	(void)state;
	assert_true(soak->jobs > soak->first);
	while (load_counts().collected < soak->first)
		load_step();
	first = load_look("first", -1);
	if (soak->period_ms > 0) {
		load_allow_hits();
		killer_start(soak->period_ms);
	}
	while (killer_kills() < soak->kills ||
	       load_counts().collected < soak->jobs)
		load_step();
	killer_stop();
	last = load_look("last", first.idle);
	tell(start);
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
soak_run(const struct soak *wanted)
{
	char name[64];
	struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_load),
	    cmocka_unit_test(test_nothing_left),
	};

	soak = wanted;
	snprintf(name, sizeof(name), "test_%s", soak->name);
	tests[0].name = name;
	proc_adopt();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name(soak->name, tests, set_up, NULL);
}
