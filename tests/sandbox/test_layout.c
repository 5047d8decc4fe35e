/* SPDX-License-Identifier: ISC */
/*
 * An attacker gets one guess for each layout: after a crash, a violation or a
 * lie the next input meets other addresses. And a flood of inputs that crash is
 * no flood of execs. Side: tests; public header and the liar.
 *
 * Fails if taken out: gbx_zygote_retire or a verdict of `suspect` in
 * broker/verdict.c (or exec: one fork of a zygote has its parent's layout);
 * reroll_stack_guard in runtime/worker.c; gbx_back_off in broker/backoff.c;
 * personality in init/init.c.
 */
#include "tests/support/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>

#include "schemas/limits.h"
#include "tests/support/liar.h"
#include "tests/support/proc.h"
#include "tests/support/score.h"

#define AREAS  7 /* what the liar's `where` tells */
#define OUTPUT 4
#define GUARD  6
#define GUARDS (1 << 14)
#define SALTS  16
#define REPLY_8 \
	"nonce 2{ 1=1 2=1 5=1 6{ 1=1 3=256 5{ 1=8 2=8 3=32 4=1 } } } " \
	"commit exit 0"

static const char *const area_names[AREAS] = {
    "code", "data", "stack", "heap", "output", "thread", "guard"};

/* One of each kind that must cost the zygote its place. */
static const char *const offences[] = {"segv", "call 39", "exit 1",
    "fill 0 256 1 exit 0", "abort", "jump",
    /* said to be for want of memory, or of stack; the last two truly */
    "exit 78", "exit 77", "memory segv", "stack"};
#define N_OFFENCES (sizeof(offences) / sizeof(offences[0]))

static uint64_t tried, same, guards[GUARDS];
static size_t n_guards;

static void
where(struct gbx_broker *broker, uint64_t ret_at[AREAS])
{
	struct gbx_block block = {.size = sizeof(block)};
	struct gbx_result *r;

	r = liar_run(broker, LIAR_PNG, "fill 0 256 0 where 0 " REPLY_8, NULL);
	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_OK);
	assert_true(gbx_result_posture(r) & GBX_POSTURE_GUARD);
	assert_int_equal(gbx_result_block(r, 0, &block), GBX_OK);
	assert_int_equal(block.length, 256);
	memcpy(ret_at, block.data, AREAS * sizeof(*ret_at));
	gbx_result_free(r);
	assert_true(n_guards < GUARDS);
	guards[n_guards++] = ret_at[GUARD];
}

/* Two of one zygote: what would tell the test if nothing ever changed. */
static void
expect_same_layout(const uint64_t a[AREAS], const uint64_t b[AREAS])
{
	int i;

	for (i = 0; i < AREAS; i++)
		if (i != OUTPUT && i != GUARD && a[i] != b[i])
			fail_msg("%s moved within one zygote", area_names[i]);
}

static void
compare_layouts(const uint64_t a[AREAS], const uint64_t b[AREAS])
{
	int i;

	for (i = 0; i < AREAS; i++) {
		tried++;
		if (a[i] == b[i]) {
			same++;
			printf("# %s is still at %#llx\n", area_names[i],
			    (unsigned long long)a[i]);
		}
	}
}

static void
offend(struct gbx_broker *broker, const char *script)
{
	struct gbx_result *r;
	enum gbx_verdict verdict;
	struct gbx_job job;

	liar_job(&job, GBX_OP_DECODE);
	job.limit[GBX_LIMIT_MEMORY] = 4 << 20;
	r = liar_run(broker, LIAR_PNG, script, &job);
	verdict = gbx_result_verdict(r);
	if (verdict != GBX_VERDICT_CRASHED &&
	    verdict != GBX_VERDICT_VIOLATION &&
	    verdict != GBX_VERDICT_BAD_REPLY &&
	    gbx_result_limit(r) != GBX_LIMIT_MEMORY)
		fail_msg("%s: %s", script, gbx_verdict_name(verdict));
	gbx_result_free(r);
}

static void
test_fresh_layout(void **state)
{
	size_t i, rounds = score_long_form() ? 1000 : 3 * N_OFFENCES;
	uint64_t first[AREAS], second[AREAS], third[AREAS];
	struct gbx_broker *broker = *state;
	uint64_t before = tried;

	for (i = 0; i < rounds; i++) {
		where(broker, first);
		where(broker, second);
		expect_same_layout(first, second);
		offend(broker, offences[i % N_OFFENCES]);
		where(broker, third);
		compare_layouts(first, third);
	}
	assert_int_equal(tried - before, rounds * AREAS);
	assert_int_equal(same, 0);
	assert_in_range(liar_zygotes_started(broker), rounds, 2 * rounds + 2);
}

/* A host that was started with its layout fixed, as a debugger and setarch -R
 * do: personality(2) is inherited over fork and exec. */
static int
set_up_fixed(void **state)
{
	return personality(ADDR_NO_RANDOMIZE) == -1 ? -1 : liar_set_up(state);
}

static int
tear_down_fixed(void **state)
{
	return personality(PER_LINUX) == -1 ? -1 : liar_tear_down(state);
}

static void
test_fixed_host(void **state)
{
	assert_int_equal(personality(0xffffffff), ADDR_NO_RANDOMIZE);
	test_fresh_layout(state);
}

/* What hash tables are salted with: another for each job, or who has seen one
 * job's order of names could choose names that collide in the next. */
static void
test_own_salt(void **state)
{
	struct gbx_block block = {.size = sizeof(block)};
	uint64_t salts[2 * SALTS], none = 0;
	struct gbx_result *r;
	size_t i, j;

	_Static_assert(GBX_SALT_LEN == 16, "two words");
	for (i = 0; i < SALTS; i++) {
		r = liar_run(
		    *state, LIAR_PNG, "fill 0 256 0 salt 0 " REPLY_8, NULL);
		assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_OK);
		assert_int_equal(gbx_result_block(r, 0, &block), GBX_OK);
		memcpy(salts + 2 * i, block.data, GBX_SALT_LEN);
		gbx_result_free(r);
	}
	for (i = 0; i < 2 * SALTS; i++) {
		assert_int_not_equal(salts[i], none);
		for (j = 0; j < i; j++)
			assert_int_not_equal(salts[i], salts[j]);
	}
}

static int
by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Workers of one zygote are forks of one process; their stacks are guarded by
 * numbers of their own. */
static void
test_own_guard(void **state)
{
	uint64_t at[AREAS], zeros = 0;
	int i, jobs = score_long_form() ? 4000 : 200;
	size_t j;

	n_guards = 0;
	for (i = 0; i < jobs; i++)
		where(*state, at);
	assert_int_equal(liar_zygotes_started(*state), 1);
	qsort(guards, n_guards, sizeof(guards[0]), by_value);
	for (j = 1; j < n_guards; j++)
		assert_int_not_equal(guards[j], guards[j - 1]);
	for (j = 0; j < n_guards; j++)
		zeros += (guards[j] & 0xff) == 0;
	assert_int_equal(zeros, n_guards);
}

/* ---- floods -------------------------------------------------------------- */

static void
tell(const char *what, uint64_t inputs, uint64_t execs, uint64_t ms)
{
	printf("# %s: %llu inputs, %llu zygotes in %llu ms, %llu a second\n",
	    what, (unsigned long long)inputs, (unsigned long long)execs,
	    (unsigned long long)ms,
	    (unsigned long long)(ms > 0 ? execs * 1000 / ms : 0));
	fflush(stdout);
}

/* How long the fastest of up to n took, in ms; it is enough if one took no more
 * than that. */
static uint64_t
fastest(struct gbx_broker *broker, const char *script, int n, uint64_t enough)
{
	uint64_t began, took, best = UINT64_MAX;
	int i;

	for (i = 0; i < n && best > enough; i++) {
		began = now_ms();
		offend(broker, script);
		took = now_ms() - began;
		best = took < best ? took : best;
	}
	return best;
}

/* Honest inputs, too, run out of memory one after the other: each costs an
 * exec, but none waits for the back-off of a flood, 100 ms after the zygote
 * before it began. Both are bounds from below, so one fast one tells. */
static void
test_memory_flood(void **state)
{
	struct gbx_broker *broker = *state;
	uint64_t before, memory, crash, alone = UINT64_MAX;
	int i;

	liar_expect_fine(broker, LIAR_PNG);
	before = liar_zygotes_started(broker);
	for (i = 0; i < 12; i++)
		offend(broker, "exit 78");
	assert_in_range(liar_zygotes_started(broker) - before, 11, 13);
	memory = fastest(broker, "exit 78", 100, 75);
	/* The first crash waits for nothing: what a start takes here. */
	for (i = 0; i < 20 && memory > 75 && alone > 75; i++) {
		liar_expect_fine(broker, LIAR_PNG);
		offend(broker, "segv");
		alone = fastest(broker, "segv", 1, 0);
	}
	liar_expect_fine(broker, LIAR_PNG);
	(void)fastest(broker, "segv", 6, 0);
	crash = fastest(broker, "segv", 6, 0);
	printf("# no memory: %llu ms at best, crashes: %llu ms\n",
	    (unsigned long long)memory, (unsigned long long)crash);
	fflush(stdout);
	assert_true(memory <= 75 || alone > 75);
	liar_expect_fine(broker, LIAR_PNG);
}

/* One at a time and each crashes: every tenth of a second one exec, after a few
 * that come sooner. */
static void
test_flood(void **state)
{
	uint64_t began, took, execs, before;
	struct gbx_broker *broker = *state;
	int i, n = score_long_form() ? 300 : 25;

	liar_expect_fine(broker, LIAR_PNG);
	before = liar_zygotes_started(broker);
	began = now_ms();
	for (i = 0; i < n; i++)
		offend(broker, "segv");
	took = now_ms() - began;
	execs = liar_zygotes_started(broker) - before;
	tell("all crash", (uint64_t)n, execs, took);
	assert_in_range(execs, n / 2, took / 100 + 5);
	liar_expect_fine(broker, LIAR_PNG);
}

/* Two of three crash, several at once; whoever is honest is answered. */
static void
test_mixed_flood(void **state)
{
	uint64_t began, took, execs, before, good = 0, bad = 0;
	int i, sent = 0, n = score_long_form() ? 3000 : 150;
	struct gbx_broker *broker = *state;
	struct gbx_result *r;
	struct gbx_job job;

	liar_expect_fine(broker, LIAR_PNG);
	before = liar_zygotes_started(broker);
	liar_job(&job, GBX_OP_DECODE);
	job.limit[GBX_LIMIT_WALL] = 60000;
	began = now_ms();
	for (i = 0; i < n; i++) {
		for (; sent < n && sent < i + 8; sent++) {
			job.cookie = sent % 3 == 0 ? &job : NULL;
			liar_submit(broker, LIAR_PNG,
			    sent % 3 == 0 ? "image 4 4 1" : "segv", &job);
		}
		assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
		assert_int_equal(gbx_result_verdict(r),
		    gbx_result_cookie(r) != NULL ? GBX_VERDICT_OK
						 : GBX_VERDICT_CRASHED);
		good += gbx_result_cookie(r) != NULL;
		bad += gbx_result_cookie(r) == NULL;
		gbx_result_free(r);
	}
	took = now_ms() - began;
	execs = liar_zygotes_started(broker) - before;
	tell("two of three crash", (uint64_t)n, execs, took);
	assert_int_equal(good + bad, n);
	/* A success takes the delay back to its least, 20 ms. */
	assert_in_range(execs, n / 20, took / 20 + 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		test_fresh_layout, liar_set_up, liar_tear_down),
	    cmocka_unit_test_setup_teardown(
		test_fixed_host, set_up_fixed, tear_down_fixed),
	    cmocka_unit_test_setup_teardown(
		test_own_guard, liar_set_up, liar_tear_down),
	    cmocka_unit_test_setup_teardown(
		test_own_salt, liar_set_up, liar_tear_down),
	    cmocka_unit_test_setup_teardown(
		test_flood, liar_set_up, liar_tear_down),
	    cmocka_unit_test_setup_teardown(
		test_memory_flood, liar_set_up, liar_tear_down),
	    cmocka_unit_test_setup_teardown(
		test_mixed_flood, liar_set_up, liar_tear_down),
	};
	int failed =
	    liar_run_both(tests, sizeof(tests) / sizeof(tests[0]), NULL, NULL);

	score("layouts-tried", tried, ">=300");
	score("layouts-same", same, "==0");
	return failed > 0;
}
