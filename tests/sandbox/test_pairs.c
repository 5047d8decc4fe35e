/* SPDX-License-Identifier: ISC */
/*
 * Pairs of jobs of one zygote: the first fills all memory it has with a marker
 * of its own (arena, stack, data, output), the second looks through all that it
 * has for it (tests/sandbox/scanner/). Side: tests; public header.
 * GBX_SOAK=1: 10^4 pairs, not 200.
 *
 * Fails if taken out: a process an input; where two inputs do share a worker,
 * as those of one domain may, the second finds the marker, which is tried.
 */
#include "tests/support/cmocka.h"

#include <inttypes.h>
#include <stdio.h>

#include "tests/sandbox/scanner/client.h"
#include "tests/support/score.h"

/* In one worker, as inputs of one domain may be, it does find them. */
static void
test_scanner_finds(void **state)
{
	struct scanner_found found[2];
	struct gbx_broker *broker;
	struct gbx_result *r;
	char marker[SCANNER_MARKER + 1];
	int i;

	(void)state;
	broker = scanner_open(GBX_LOCKDOWN_FILTER, 1);
	scanner_marker(marker);
	/* Keeps the one worker busy until the two are one batch. */
	scanner_submit(broker, SCANNER_SCAN, 0, marker, NULL);
	scanner_submit(broker, SCANNER_FILL, 0, marker, "one");
	scanner_submit(broker, SCANNER_SCAN, 0, marker, "one");
	scanner_read(scanner_collect(broker), &found[0]);
	for (i = 0; i < 2; i++) {
		r = scanner_collect(broker);
		assert_true(gbx_result_posture(r) & GBX_POSTURE_BATCH);
		scanner_read(r, &found[i]);
	}
	gbx_broker_close(broker);
	printf("# in one worker: %" PRIu64 " hits\n", found[1].hits);
	/* data, bss and the stack are still full of it. */
	assert_in_range(found[1].hits, 8192, 1 << 20);
}

static unsigned int
pairs_of(uint32_t lockdown, unsigned int pairs, uint64_t *ret_hits)
{
	struct gbx_broker *broker = scanner_open(lockdown, 1);
	struct gbx_stats before = {.size = sizeof(before)}, after;
	struct scanner_found found;
	char marker[SCANNER_MARKER + 1];
	unsigned int i;

	after = before;
	assert_int_equal(gbx_broker_stats(broker, &before), GBX_OK);
	for (i = 0; i < pairs; i++) {
		scanner_marker(marker);
		scanner_run(broker, SCANNER_FILL, marker, &found);
		scanner_run(broker, SCANNER_SCAN, marker, &found);
		*ret_hits += found.hits;
	}
	assert_int_equal(gbx_broker_stats(broker, &after), GBX_OK);
	gbx_broker_close(broker);
	/* Nearly all pairs are of one zygote; one that is slow to answer on a
	 * busy machine is given up for a fresh one. */
	assert_in_range(
	    after.zygotes_started - before.zygotes_started, 0, pairs / 10);
	return pairs;
}

static void
test_pairs(void **state)
{
	unsigned int half = score_long_form() ? 5000 : 100, pairs;
	uint64_t hits = 0;

	(void)state;
	pairs = pairs_of(GBX_LOCKDOWN_FILTER, half, &hits);
	pairs += pairs_of(GBX_LOCKDOWN_STRICT, half, &hits);
	score("marker-pairs", pairs, score_long_form() ? ">=10000" : ">=200");
	score("marker-hits", hits, "==0");
	assert_int_equal(hits, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_scanner_finds),
	    cmocka_unit_test(test_pairs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("pairs", tests, NULL, NULL) > 0 ? 1
									   : 0;
}
