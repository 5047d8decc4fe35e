/* SPDX-License-Identifier: ISC */
/*
 * Every row of lies.def through one broker, under both lockdowns: the right
 * verdict with the right word, in bounded time and memory of the broker, and
 * the next job is fine; over the whole the broker keeps no descriptor, no
 * process and no memory.
 * Side: tests; public header only.
 *
 * Fails if a defence is taken out, for one:
 *   broker/judge.c, gbx_judge_death: kill_verdict; the exit status
 *   broker/harvest.c: `written`
 *   broker/validate/: nonce, gap, pixels, place, shortest varints, ...
 *   runtime/worker.c, arm_timers: ITIMER_PROF
 *   runtime/zygote.c: enter_tsc
 * Not if the length is no longer checked in harvest.c: the gate does it again.
 */
#include "tests/support/cmocka.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/liar.h"
#include "tests/support/lies.h"
#include "tests/support/meter.h"
#include "tests/support/proc.h"
#include "tests/support/score.h"

/* How much longer than its limits a job may take on a busy machine. */
#define SLACK_MS 3000
/* By how much the broker's memory may grow, for a moment. */
#define MOST_KIB 1024

/* ---- one row ------------------------------------------------------------- */

static struct scene {
	struct gbx_broker *broker;
	uint32_t lockdown;
	uint64_t began_ms;
	size_t right, done, accepted; /* over both lockdowns */
	size_t fds, family;	      /* when it was warm */
	long rss_kib;
} scene;

static struct gbx_result *
tell(const struct lie *lie)
{
	struct gbx_result *result = NULL;
	struct gbx_input input;
	struct gbx_job job;
	char *data;

	lie_job(lie, &job);
	gbx_input_init(&input);
	data = liar_input(lie->kind, lie->script, &input.length);
	input.data = data;
	if (lie->setup == DOCX)
		input.type = "docx";
	assert_int_equal(gbx_run(scene.broker, &input, &job, &result), GBX_OK);
	free(data);
	return result;
}

static bool
is_right(const struct gbx_result *r, const struct lie_want *want)
{
	const char *field = gbx_result_field(r);

	return gbx_result_verdict(r) == want->verdict &&
	       gbx_result_limit(r) == want->limit &&
	       gbx_result_signal(r) == lie_signal(want, scene.lockdown) &&
	       (field == NULL) == (want->field == NULL) &&
	       (field == NULL || strcmp(field, want->field) == 0);
}

/* Nothing of a refused reply may be seen, and the worker was locked. */
static bool
is_clean(const struct gbx_result *r, const struct lie_want *want)
{
	uint32_t lock = scene.lockdown == GBX_LOCKDOWN_STRICT
			    ? GBX_POSTURE_STRICT
			    : GBX_POSTURE_FILTER;

	return (gbx_result_blocks(r) > 0) ==
		   (want->verdict == GBX_VERDICT_OK) &&
	       (gbx_result_posture(r) &
		   (lock | GBX_POSTURE_PROVEN | GBX_POSTURE_NNP)) ==
		   (lock | GBX_POSTURE_PROVEN | GBX_POSTURE_NNP);
}

static void
explain(const struct gbx_result *r, const struct lie_want *want)
{
	const char *field = gbx_result_field(r);

	print_error("# want %s %s limit %d signal %d\n",
	    gbx_verdict_name(want->verdict), want->field ? want->field : "-",
	    (int)want->limit, lie_signal(want, scene.lockdown));
	print_error("# got  %s %s limit %d signal %d blocks %zu posture %x\n",
	    gbx_verdict_name(gbx_result_verdict(r)), field ? field : "-",
	    (int)gbx_result_limit(r), gbx_result_signal(r),
	    gbx_result_blocks(r), gbx_result_posture(r));
}

/* ---- what it costs ------------------------------------------------------- */

/* The worst of each verdict, and the lie that did it; the pages of the output
 * that are mapped to be looked at are in it. */
static struct worst {
	unsigned long kib, ms;
	const char *kib_of, *ms_of;
	size_t n;
} worst[GBX_VERDICT_ERROR + 1];

static void
note_cost(const struct lie *lie, const struct lie_want *want, unsigned long kib,
    unsigned long ms)
{
	struct worst *w = &worst[want->verdict];

	w->n++;
	if (w->kib_of == NULL || kib > w->kib) {
		w->kib = kib;
		w->kib_of = lie->name;
	}
	if (w->ms_of == NULL || ms > w->ms) {
		w->ms = ms;
		w->ms_of = lie->name;
	}
}

/* A reply fits in a page, and what it says of the data can make the broker
 * look at no more of it than there is: then that is what it may cost. */
static unsigned long
may_cost_kib(const struct lie *lie)
{
	return lie->setup == ROOM || lie->setup == MANY
		   ? MOST_KIB + (LIE_ROOM_BYTES >> 10)
		   : MOST_KIB;
}

static void
test_lie(void **state)
{
	const struct lie *lie = *state;
	const struct lie_want *want = lie_want(lie, scene.lockdown);
	unsigned long kib, ms;
	struct gbx_result *r;
	struct meter meter;
	bool right, clean;

	meter_start(&meter);
	r = tell(lie);
	meter_stop(&meter, &kib, &ms);
	right = is_right(r, want);
	clean = is_clean(r, want);
	note_cost(lie, want, kib, ms);
	scene.done++;
	scene.right += right;
	scene.accepted += want->verdict != GBX_VERDICT_OK &&
			  gbx_result_verdict(r) == GBX_VERDICT_OK;
	if (!right || !clean)
		explain(r, want);
	gbx_result_free(r);
	assert_true(right);
	assert_true(clean);
	assert_in_range(ms, 0, LIE_SHORT_MS + SLACK_MS);
	assert_in_range(kib, 0, may_cost_kib(lie));
	liar_expect_fine(scene.broker, lie->kind);
}

/* ---- the whole ----------------------------------------------------------- */

static void
take_stock(size_t *ret_fds, size_t *ret_family, long *ret_rss_kib)
{
	struct gbx_result *none = NULL;
	int i;

	liar_expect_fine(scene.broker, LIAR_PNG);
	liar_expect_fine(scene.broker, LIAR_OOXML);
	/* What the zygotes still send is only taken when somebody calls. */
	for (i = 0; i < 10; i++) {
		sleep_ms(20);
		assert_int_equal(
		    gbx_collect(scene.broker, 0, &none), GBX_ERR_AGAIN);
	}
	*ret_fds = proc_own_fds();
	*ret_family = proc_family();
	*ret_rss_kib = proc_own_rss_kib();
}

static void
test_stable(void **state)
{
	struct gbx_stats stats = {.size = sizeof(stats)};
	size_t fds, family;
	long rss_kib;

	(void)state;
	take_stock(&fds, &family, &rss_kib);
	printf("# fds %zu -> %zu, processes %zu -> %zu, RSS %ld -> %ld KiB\n",
	    scene.fds, fds, scene.family, family, scene.rss_kib, rss_kib);
	assert_int_equal(fds, scene.fds);
	assert_int_equal(family, scene.family);
	assert_in_range(rss_kib, 1, scene.rss_kib + 1024);
	assert_int_equal(gbx_broker_stats(scene.broker, &stats), GBX_OK);
	assert_int_equal(stats.shared_bytes, 0);
	assert_int_equal(stats.queued, 0);
	assert_int_equal(stats.in_flight, 0);
}

static void
test_close(void **state)
{
	(void)state;
	gbx_broker_close(scene.broker);
	scene.broker = NULL;
	sleep_ms(200);
	assert_int_equal(proc_family(), 0);
}

static int
begin(void **state)
{
	struct gbx_broker_opts opts;

	(void)state;
	scene.lockdown = liar_lockdown();
	scene.began_ms = now_ms();
	liar_opts(&opts, scene.lockdown);
	/* A pool that can't grow, so that what is left can be counted. */
	opts.max_idle = 1;
	assert_int_equal(gbx_broker_open(&opts, &scene.broker), GBX_OK);
	free((char *)opts.worker_dir);
	take_stock(&scene.fds, &scene.family, &scene.rss_kib);
	return 0;
}

static int
finish(void **state)
{
	(void)state;
	printf("# hostile scripts %zu  right verdict %zu  (%s; %.1f s)\n",
	    scene.done, scene.right,
	    scene.lockdown == GBX_LOCKDOWN_STRICT ? "strict" : "filter",
	    (double)(now_ms() - scene.began_ms) / 1000);
	fflush(stdout);
	gbx_broker_close(scene.broker);
	return 0;
}

static void
print_worst(void)
{
	unsigned long kib = 0, ms = 0;
	const struct worst *w;
	int v;

	for (v = 0; v <= GBX_VERDICT_ERROR; v++) {
		w = &worst[v];
		if (w->n == 0)
			continue;
		printf(
		    "# %-11s %3zu told  at most %5lu KiB (%s), %lu ms (%s)\n",
		    gbx_verdict_name((enum gbx_verdict)v), w->n, w->kib,
		    w->kib_of, w->ms, w->ms_of);
		if (v == GBX_VERDICT_OK)
			continue; /* the truth may cost what it asks for */
		kib = w->kib > kib ? w->kib : kib;
		ms = w->ms > ms ? w->ms : ms;
	}
	score("lies-tried", scene.done, ">=500");
	score("lies-right", scene.right, ">=500");
	score("lies-accepted", scene.accepted, "==0");
	score("lie-worst-memory-kib", kib, "<=9216");
	score("lie-worst-ms", ms, "<=3150");
}

int
main(void)
{
	static struct CMUnitTest tests[512];
	size_t i;
	int failed;

	proc_adopt();
	if (n_lies + 2 > sizeof(tests) / sizeof(tests[0]))
		return 1;
	for (i = 0; i < n_lies; i++)
		tests[i] = (struct CMUnitTest){lies[i].name, test_lie, NULL,
		    NULL, (void *)(uintptr_t)&lies[i]};
	tests[i++] = (struct CMUnitTest){
	    "nothing is left behind", test_stable, NULL, NULL, NULL};
	tests[i++] = (struct CMUnitTest){
	    "no process outlives the broker", test_close, NULL, NULL, NULL};
	failed = liar_run_both(tests, i, begin, finish);
	print_worst();
	return failed > 0;
}
