/* SPDX-License-Identifier: ISC */
/*
 * Every system call number from 0 to 1023 by every ABI, tried from inside a
 * locked worker, one worker each: which ones does the kernel let act?
 * Side: tests; public header only. GBX_SOAK=1: 2048 numbers, four kinds of
 * argument. test_calls.c has all kinds, without a broker around.
 *
 * A call acted if its worker did not die of seccomp. What may act is listed in
 * support/calls.c by name, and nothing else does.
 *
 * Fails if taken out: the row GBX_LAST(exit_group) of schemas/calls.def, or if
 * there is one more (one that the zygote has too: filters stack, so any other
 * is still forbidden by the zygote's).
 */
#include "tests/support/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/calls.h"
#include "tests/support/liar.h"
#include "tests/support/proc.h"
#include "tests/support/score.h"

/* So many at once die in one zygote's life; one after the other each would
 * cost a new zygote. */
#define WIDTH 48

#define AFTER \
	" fill 0 256 1 nonce 2{ 1=1 2=1 5=1 6{ 1=1 3=256 " \
	"5{ 1=8 2=8 3=32 4=1 } } } commit exit 0"

/* What stands behind a number, and what above its 32 bits. */
static const struct {
	const char *arguments;
	uint64_t above;
} patterns[] = {
    {"0 0 0 0 0 0", 0},
    {"-1 -1 -1 -1 -1 -1", 0},
    {"1 2 3 4 5 6", 0},
    {"0 0 0 0 0 0", 0xdeadbeef00000000},
};
#define PATTERNS 4

struct sweep {
	struct gbx_broker *broker;
	uint32_t lockdown;
	int numbers, patterns;
	bool is_i386; /* this kernel has that ABI */
	size_t tried, acted, surprises;
};

static int
open_broker(void **state)
{
	struct sweep *s = *state;
	struct gbx_broker_opts opts;
	int i;

	liar_opts(&opts, s->lockdown);
	opts.max_in_flight = opts.max_idle = WIDTH;
	assert_int_equal(gbx_broker_open(&opts, &s->broker), GBX_OK);
	free((char *)opts.worker_dir);
	/* Let the pool grow to what the waves below want. */
	for (i = 0; i < 2 * WIDTH; i++)
		liar_expect_fine(s->broker, LIAR_PNG);
	return 0;
}

static int
close_broker(void **state)
{
	struct sweep *s = *state;

	gbx_broker_close(s->broker);
	return 0;
}

static void
script_of(enum calls_abi abi, int nr, int pattern, char *ret, size_t room)
{
	uint64_t rax = (uint64_t)nr | patterns[pattern].above;

	if (abi == CALLS_X32)
		rax |= CALLS_X32_BIT;
	snprintf(ret, room, "%s 0x%llx %s" AFTER,
	    abi == CALLS_I386 ? "int80" : "call", (unsigned long long)rax,
	    patterns[pattern].arguments);
}

static void
tell(const struct sweep *s, enum calls_abi abi, int nr,
    const struct gbx_result *r)
{
	const char *name = calls_may_act(s->lockdown, abi, nr);

	printf("# %s %d (%s) acts: %s, signal %d\n", calls_abi_name(abi), nr,
	    name != NULL ? name : "not expected",
	    gbx_verdict_name(gbx_result_verdict(r)), gbx_result_signal(r));
	fflush(stdout);
}

/* The cookie says which call it was. */
static void
judge(struct sweep *s, struct gbx_result *r)
{
	uintptr_t cookie = (uintptr_t)gbx_result_cookie(r);
	enum calls_abi abi = (enum calls_abi)(cookie >> 16);
	int nr = (int)(cookie & 0xffff);
	enum gbx_verdict verdict = gbx_result_verdict(r);

	s->tried++;
	/* Without that ABI the instruction itself faults. */
	if (abi == CALLS_I386 && !s->is_i386)
		assert_int_equal(verdict, GBX_VERDICT_CRASHED);
	else if (verdict != GBX_VERDICT_VIOLATION) {
		s->acted++;
		s->surprises += calls_may_act(s->lockdown, abi, nr) == NULL;
		tell(s, abi, nr, r);
	}
	gbx_result_free(r);
}

static void
wave(struct sweep *s, enum calls_abi abi, int pattern, int from, int to)
{
	struct gbx_result *r;
	struct gbx_job job;
	char script[512];
	int nr;

	for (nr = from; nr < to; nr++) {
		liar_job(&job, GBX_OP_DECODE);
		job.limit[GBX_LIMIT_OUTPUT] = 4096;
		job.cookie = (void *)((uintptr_t)abi << 16 | (uintptr_t)nr);
		script_of(abi, nr, pattern, script, sizeof(script));
		liar_submit(s->broker, LIAR_PNG, script, &job);
	}
	for (nr = from; nr < to; nr++) {
		assert_int_equal(gbx_collect(s->broker, 60000, &r), GBX_OK);
		judge(s, r);
	}
}

static void
sweep_abi(struct sweep *s, enum calls_abi abi)
{
	int nr, to, pattern;

	for (pattern = 0; pattern < s->patterns; pattern++)
		for (nr = 0; nr < s->numbers; nr = to) {
			to = nr + WIDTH < s->numbers ? nr + WIDTH : s->numbers;
			wave(s, abi, pattern, nr, to);
		}
}

static void
test_sweep(void **state)
{
	struct sweep *s = *state;
	uint64_t began = now_ms();
	size_t patterns_run = (size_t)s->patterns;
	enum calls_abi abi;

	for (abi = CALLS_NATIVE; abi < CALLS_ABIS; abi++)
		sweep_abi(s, abi);
	printf("# sweep %s: %zu calls tried, %zu acted, %zu not expected, "
	       "%llu ms%s\n",
	    s->lockdown == GBX_LOCKDOWN_STRICT ? "strict" : "filter", s->tried,
	    s->acted, s->surprises, (unsigned long long)(now_ms() - began),
	    s->is_i386 ? "" : "; no i386 ABI here");
	score("calls-tried", s->tried, ">=6144");
	score("calls-through-unexpected", s->surprises, "==0");
	assert_int_equal(
	    s->tried, CALLS_ABIS * patterns_run * (size_t)s->numbers);
	assert_int_equal(s->surprises, 0);
	assert_in_range(
	    s->acted, 1, patterns_run * calls_may_act_count(s->lockdown));
	liar_expect_fine(s->broker, LIAR_PNG);
}

/* The four that strict mode leaves find nothing to act on: no descriptor, of
 * all that a process may have. */
static void
test_no_descriptor_inside(void **state)
{
	struct sweep *s = *state;
	struct gbx_block block = {.size = sizeof(block)};
	struct gbx_result *r;
	char script[16384];
	int64_t answer;
	size_t at = 0;
	int fd;

	for (fd = 0; fd < 256; fd++)
		at += (size_t)snprintf(script + at, sizeof(script) - at,
		    "call %d %d 0 0 note %d ", fd % 2, fd, fd * 8);
	snprintf(script + at, sizeof(script) - at,
	    "nonce 2{ 1=1 2=1 5=1 6{ 1=1 3=2048 5{ 1=512 2=1 3=2048 4=1 } } } "
	    "commit exit 0");
	r = liar_run(s->broker, LIAR_PNG, script, NULL);
	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_OK);
	assert_int_equal(gbx_result_block(r, 0, &block), GBX_OK);
	assert_int_equal(block.length, 2048);
	for (fd = 0; fd < 256; fd++) {
		memcpy(&answer, (const char *)block.data + fd * 8, 8);
		assert_int_equal(answer, -9); /* EBADF */
	}
	gbx_result_free(r);
}

static int
run_all(uint32_t lockdown)
{
	struct sweep sweep = {
	    .lockdown = lockdown,
	    .numbers = score_long_form() ? 2048 : 1024,
	    .patterns = score_long_form() ? PATTERNS : 1,
	    .is_i386 = calls_has_i386(),
	};
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_prestate_setup_teardown(
		test_sweep, open_broker, close_broker, &sweep),
	    cmocka_unit_test_prestate_setup_teardown(
		test_no_descriptor_inside, open_broker, close_broker, &sweep),
	};

	/* Under filter nobody inside can ask for descriptors. */
	return _cmocka_run_group_tests(
	    lockdown == GBX_LOCKDOWN_STRICT ? "strict" : "filter", tests,
	    lockdown == GBX_LOCKDOWN_STRICT ? 2 : 1, NULL, NULL);
}

int
main(void)
{
	int failed;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = run_all(GBX_LOCKDOWN_FILTER);
	failed += run_all(GBX_LOCKDOWN_STRICT);
	return failed > 0 ? 1 : 0;
}
