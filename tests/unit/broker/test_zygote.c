/* SPDX-License-Identifier: ISC */
/*
 * How long a zygote serves: every worker of one has its layout, so it is worn
 * out after so many jobs, or so long, whichever comes first.
 * Fails if taken out: either bound of gbx_zygote_worn in broker/zygote.c.
 */
#include <stdint.h>

#include "broker/watch.h"
#include "broker/zygote.h"
#include "tests/support/cmocka.h"

#define SECOND 1000000000ULL

/* Born before the machine was: the difference is taken in 64 bits. */
static bool
worn(uint64_t jobs, uint64_t seconds)
{
	struct gbx_zygote z = {.jobs = jobs};

	z.born_ns = gbx_now_ns() - seconds * SECOND;
	return gbx_zygote_worn(&z);
}

static void
test_jobs(void **state)
{
	(void)state;
	assert_false(worn(0, 0));
	assert_false(worn(19999, 0));
	assert_true(worn(20000, 0));
	assert_true(worn(UINT64_MAX, 0));
}

static void
test_time(void **state)
{
	(void)state;
	assert_false(worn(1, 590));
	assert_true(worn(1, 601));
	assert_true(worn(1, 100000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_jobs),
	    cmocka_unit_test(test_time),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("zygote", tests, NULL, NULL);
}
