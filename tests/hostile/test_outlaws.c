/* SPDX-License-Identifier: ISC */
/*
 * Workers without their lock (tests/hostile/liar/unlocked/): what the broker
 * holds by itself when the first wall has fallen. Under `filter` they show in
 * /proc the lock that a locked one shows, and then leave children, pin pages,
 * flood their socket; under `strict` they are simply not locked.
 * Those for documents flood their socket with packets and descriptors while
 * they are idle: nobody reads that, and closing a socket that holds something
 * unread ends the connection for the other side (unix(7)), so most of their
 * jobs end as errors.
 * Side: tests; public header only.
 *
 * Fails if taken out: gbx_memfd_seal_now in broker/harvest.c; copy_out or
 * copy_and_map there (mapped instead); d->locked in gbx_judge_death
 * of broker/judge.c; the count of filters in broker/autopsy.c.
 */
#include "tests/support/cmocka.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/liar.h"
#include "tests/support/lies.h"
#include "tests/support/meter.h"
#include "tests/support/proc.h"
#include "tests/support/score.h"
#include "tests/support/slow.h"

#define SHORT_MS 400
#define SLACK_MS in_time(4000)
#define MOST_KIB 2048
/* Two kinds of workers, each with its zygote and as many idle ones as it may
 * have (max_idle; the busier the machine, the more): a socket, a pidfd and two
 * files of /proc for each. What is sent here is hundreds. */
#define POOL_FDS (2 * (4 + 1) * 4)

/* More than is copied as bytes: the broker maps it, and must get the seal, or
 * map a copy. */
#define LARGE \
	"fill 0 262144 1 nonce 2{ 1=1 2=1 5=1 6{ 1=1 3=262144 " \
	"5{ 1=256 2=256 3=1024 4=1 } } }"

struct outlaw {
	const char *name, *script;
	struct lie_want filter;
};

/* clang-format off */
static const struct outlaw outlaws[] = {
	{"the control: honest", GOOD, OK},
	{"the control: honest, large", LARGE SEND, OK},
	{"calls, and is not stopped", "call 110 call 1 2 0 0 " GOOD, OK},
	{"its filter forbids getpid, as the canary's", "call 39 " GOOD, {GBX_VERDICT_VIOLATION, GBX_LIMIT_NONE, SIGSYS, NULL}},
	{"one more filter than the canary had", "another-filter " GOOD, BAD("lock")},
	{"a child keeps the mapping: small", GOOD_THEN("child-maps"), OK},
	{"a child keeps the mapping: large", LARGE " commit child-maps exit 0", OK},
	{"a pipe keeps pages: small", GOOD_THEN("child-pins"), OK},
	{"a pipe keeps pages: large", LARGE " commit child-pins exit 0", OK},
	{"a child keeps the descriptor: small", GOOD_THEN("child-fd"), OK},
	{"a child keeps the descriptor: large", LARGE " commit child-fd exit 0", OK},
	{"cuts its output after the reply", GOOD_THEN("cut 4096"), BAD("reply.page")},
	{"cuts its output to nothing", GOOD_THEN("cut 0"), BAD("reply.page")},
	{"a thread lives on after the reply", GOOD_THEN("thread"), LATE},
	{"a child, then a crash", GOOD_THEN("child-maps segv"), CRASH(SIGSEGV)},
	{"packets instead of an end", GOOD_THEN("packets 20000 idle"), LATE},
	{"descriptors instead of an end", GOOD_THEN("fds 2000 idle"), LATE},
	{"packets, then an honest end", "packets 20000 " GOOD, OK},
	{"descriptors, 253 at a time, then an honest end", "fds 2000 " GOOD, OK},
	{"descriptors, and no reply", "fds 10 exit 0", BAD("reply.missing")},
	{"packets, then exit status 1", GOOD_THEN("packets 10 exit 1"), BAD("exit.status")},
};
/* clang-format on */
#define N_OUTLAWS (sizeof(outlaws) / sizeof(outlaws[0]))

static struct {
	struct gbx_broker *broker;
	size_t fds, tried, held;
	unsigned long kib, ms;
} scene;

/* Not locked at all: nothing else counts, unless it did not end by itself. */
static struct lie_want
want_of(const struct outlaw *o)
{
	static const struct lie_want lock = BAD("lock");

	if (liar_lockdown() == GBX_LOCKDOWN_FILTER ||
	    o->filter.verdict == GBX_VERDICT_DEADLINE ||
	    o->filter.verdict == GBX_VERDICT_CRASHED)
		return o->filter;
	if (o->filter.field != NULL &&
	    strcmp(o->filter.field, "exit.status") == 0)
		return (struct lie_want){
		    GBX_VERDICT_ERROR, GBX_LIMIT_NONE, 0, NULL};
	return lock;
}

static bool
is_right(const struct gbx_result *r, const struct lie_want *want)
{
	const char *field = gbx_result_field(r);
	bool right =
	    gbx_result_verdict(r) == want->verdict &&
	    gbx_result_signal(r) == want->signal &&
	    (field == NULL) == (want->field == NULL) &&
	    (field == NULL || strcmp(field, want->field) == 0) &&
	    (gbx_result_blocks(r) > 0) == (want->verdict == GBX_VERDICT_OK);

	if (!right)
		print_error("# want %s %s signal %d, got %s %s signal %d: %s\n",
		    gbx_verdict_name(want->verdict),
		    want->field ? want->field : "-", want->signal,
		    gbx_verdict_name(gbx_result_verdict(r)),
		    field ? field : "-", gbx_result_signal(r),
		    gbx_result_detail(r));
	return right;
}

/* Whoever was left behind writes all the time: the result must not move. */
static bool
stands_still(const struct gbx_result *r)
{
	struct gbx_block block = {.size = sizeof(block)};
	bool same;
	void *copy;

	if (gbx_result_blocks(r) == 0)
		return true;
	if (gbx_result_block(r, 0, &block) != GBX_OK)
		return false;
	copy = malloc(block.length);
	assert_non_null(copy);
	memcpy(copy, block.data, block.length);
	sleep_ms(20);
	same = memcmp(copy, block.data, block.length) == 0;
	free(copy);
	return same;
}

static void
test_outlaw(void **state)
{
	const struct outlaw *o = *state;
	const struct lie_want want = want_of(o);
	unsigned long kib, ms;
	struct gbx_result *r;
	struct meter meter;
	struct gbx_job job;

	liar_job(&job, GBX_OP_DECODE);
	job.limit[GBX_LIMIT_WALL] =
	    want.verdict == GBX_VERDICT_DEADLINE ? SHORT_MS : 60000;
	scene.tried++;
	meter_start(&meter);
	r = liar_run(scene.broker, LIAR_PNG, o->script, &job);
	meter_stop(&meter, &kib, &ms);
	scene.kib = kib > scene.kib ? kib : scene.kib;
	scene.ms = ms > scene.ms ? ms : scene.ms;
	assert_true(is_right(r, &want));
	assert_true(stands_still(r));
	gbx_result_free(r);
	assert_in_range(kib, 0, MOST_KIB);
	assert_in_range(ms, 0, SHORT_MS + SLACK_MS);
	scene.held++;
}

/* Nothing hangs, and others don't notice. */
static void
test_idle_flood(void **state)
{
	bool filter = liar_lockdown() == GBX_LOCKDOWN_FILTER;
	struct gbx_result *r;
	uint64_t began;
	int i;

	(void)state;
	for (i = 0; i < 8; i++) {
		began = now_ms();
		r = liar_run(scene.broker, LIAR_OOXML, "text hello", NULL);
		assert_in_range(now_ms() - began, 0, SLACK_MS);
		if (gbx_result_verdict(r) != GBX_VERDICT_ERROR)
			assert_int_equal(gbx_result_verdict(r),
			    filter ? GBX_VERDICT_OK : GBX_VERDICT_BAD_REPLY);
		gbx_result_free(r);
		if (filter)
			liar_expect_fine(scene.broker, LIAR_PNG);
	}
}

/* None of the descriptors that were sent is in our table. */
static void
test_stable(void **state)
{
	struct gbx_stats stats = {.size = sizeof(stats)};
	int i;

	(void)state;
	/* A zygote that is being replaced has some for a moment. */
	for (i = 0; i < 1000 && proc_own_fds() > scene.fds + POOL_FDS; i++)
		sleep_ms(20);
	assert_in_range(proc_own_fds(), 1, scene.fds + POOL_FDS);
	assert_int_equal(gbx_broker_stats(scene.broker, &stats), GBX_OK);
	assert_int_equal(stats.shared_bytes, 0);
	assert_int_equal(stats.in_flight, 0);
}

/* Children that outlived their worker end with the pid namespace. */
static void
test_close(void **state)
{
	int i;

	(void)state;
	gbx_broker_close(scene.broker);
	scene.broker = NULL;
	for (i = 0; i < 1000 && proc_family() > 0; i++)
		sleep_ms(20);
	assert_int_equal(proc_family(), 0);
}

static int
begin(void **state)
{
	struct gbx_broker_opts opts;

	(void)state;
	liar_opts(&opts, liar_lockdown());
	free((char *)opts.worker_dir);
	opts.worker_dir = build_path("hostile/unlocked");
	opts.require = GBX_POSTURE_PIDNS;
	assert_int_equal(gbx_broker_open(&opts, &scene.broker), GBX_OK);
	free((char *)opts.worker_dir);
	scene.fds = proc_own_fds();
	return 0;
}

static int
finish(void **state)
{
	(void)state;
	gbx_broker_close(scene.broker);
	scene.broker = NULL;
	return 0;
}

int
main(void)
{
	struct CMUnitTest tests[N_OUTLAWS + 3];
	size_t i;
	int failed;

	proc_adopt();
	for (i = 0; i < N_OUTLAWS; i++)
		tests[i] = (struct CMUnitTest){outlaws[i].name, test_outlaw,
		    NULL, NULL, (void *)(uintptr_t)&outlaws[i]};
	tests[i++] = (struct CMUnitTest){"packets and descriptors while idle",
	    test_idle_flood, NULL, NULL, NULL};
	tests[i++] = (struct CMUnitTest){
	    "nothing of it is kept", test_stable, NULL, NULL, NULL};
	tests[i++] = (struct CMUnitTest){
	    "nobody outlives the broker", test_close, NULL, NULL, NULL};
	failed = liar_run_both(tests, i, begin, finish);
	printf(
	    "# without a lock: at most %lu KiB, %lu ms\n", scene.kib, scene.ms);
	score("outlaws-tried", scene.tried, ">=40");
	score("outlaws-through", scene.tried - scene.held, "==0");
	return failed > 0;
}
