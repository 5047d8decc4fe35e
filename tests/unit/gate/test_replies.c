/* SPDX-License-Identifier: ISC */
/*
 * Hostile replies by the million, gate against oracle: honest replies of every
 * kind with fields changed, added, doubled, swapped, moved, nested, padded,
 * lied about, cut and spliced; their data likewise; and noise. `make check`
 * tries 200,000, the long form ten million.
 *     test_replies                all of them; the seed is printed
 *     GBX_SEED=7 GBX_CASE=123 test_replies    that one case alone
 * Fails if taken out: any check of broker/validate (`make mutants` does that,
 * one at a time).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/cmocka.h"
#include "tests/support/score.h"
#include "tests/unit/gate/mutate.h"

#define SHORT_FORM 200000
#define LONG_FORM  10000000
/* Sanitizers make each case ten times as dear. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define DEAR 10
#else
#define DEAR 1
#endif

#define SHOW_MOST 5

static struct gbx_case c;
static uint64_t ends[CASE_DISAGREE + 1], faults[FAULT_READ + 1], named, told;

static uint64_t
number_from(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text == NULL ? otherwise : strtoull(text, NULL, 0);
}

static void
show(uint64_t seed, uint64_t n, const struct case_judgement *j)
{
	size_t i;

	printf("# GBX_SEED=%" PRIu64 " GBX_CASE=%" PRIu64
	       ": %s; the gate: %s\n",
	    seed, n, j->why, j->field != NULL ? j->field : "accepted");
	printf("# ");
	for (i = 0; i < c.length && i < 200; i++)
		printf("%02x", c.wire[i]);
	printf("\n");
}

static void
try_one(uint64_t seed, uint64_t n)
{
	struct case_judgement j;

	mutate_case(seed, n, &c);
	case_judge(&c, &j);
	ends[j.end]++;
	faults[j.fault]++;
	named += j.named;
	if (j.end == CASE_DISAGREE && told++ < SHOW_MOST)
		show(seed, n, &j);
}

static void
say_scores(uint64_t tried)
{
	if (DEAR == 1)
		score("replies-tried", tried,
		    score_long_form() ? ">=10000000" : ">=200000");
	else
		score("replies-tried-sanitized", tried, "-");
	score("replies-wrongly-accepted", faults[FAULT_ACCEPTED], "==0");
	score("replies-wrongly-refused", faults[FAULT_REFUSED], "==0");
	score("replies-wrong-field", faults[FAULT_FIELD], "==0");
	score("replies-read-wrongly", faults[FAULT_READ], "==0");
	score("replies-accepted-rightly", ends[CASE_ACCEPTED], "-");
	score("replies-field-known", named, "-");
}

static void
test_replies(void **state)
{
	uint64_t n, most = score_long_form() ? LONG_FORM : SHORT_FORM;
	uint64_t seed = number_from("GBX_SEED", 20260704);

	(void)state;
	if (getenv("GBX_CASE") != NULL) {
		try_one(seed, number_from("GBX_CASE", 0));
		assert_int_equal(ends[CASE_DISAGREE], 0);
		return;
	}
	most /= DEAR;
	printf("# seed %" PRIu64 "\n", seed);
	for (n = 0; n < most; n++)
		try_one(seed, n);
	say_scores(most);
	printf("# %" PRIu64 " refused, %" PRIu64 " opened, %" PRIu64
	       " accepted\n",
	    ends[CASE_REFUSED], ends[CASE_OPENED], ends[CASE_ACCEPTED]);
	assert_int_equal(ends[CASE_DISAGREE], 0);
	/* A test in which nothing passes tests nothing. */
	assert_true(ends[CASE_REFUSED] >= most / 100);
	assert_true(ends[CASE_OPENED] >= most / 100);
	assert_true(ends[CASE_ACCEPTED] >= most / 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_replies),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
