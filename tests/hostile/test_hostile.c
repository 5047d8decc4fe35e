/* SPDX-License-Identifier: ISC */
/*
 * Every row of lies.def through one broker, under both lockdowns: the right
 * verdict with the right word, in bounded time, and the next job is fine; over
 * the whole the broker keeps no descriptor, no process and no memory.
 * Side: tests; public header only.
 *
 * Fails if a defence is taken out, for one:
 *   broker/verdict.c, judge_death: kill_verdict; the exit status
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
#include "tests/support/proc.h"

/* ---- the table ----------------------------------------------------------- */

enum setup {
	USUAL,
	PROBE,
	THUMB,
	DOCX,
	SHORT_WALL,
	SHORT_CPU,
	SMALL_ARENA,
	FEW_PIXELS,
	FEW_RECORDS,
	SHORT_TEXT,
};

struct want {
	enum gbx_verdict verdict;
	enum gbx_limit limit;
	int signal;
	const char *field;
};

struct lie {
	enum liar_kind kind;
	enum setup setup;
	const char *name, *script;
	struct want filter, strict;
};

#define RASTER "5{ 1=8 2=8 3=32 4=1 }"
#define BLOCK  "6{ 1=1 3=256 " RASTER " }"
#define ITEM   "2{ 1=1 2=1 5=1 " BLOCK " }"
#define DATA   "fill 0 256 0x7f "
#define SEND   " commit exit 0"
#define GOOD   DATA "nonce " ITEM SEND
/* GOOD with another block, another geometry. */
#define PIXELS(block)	 DATA "nonce 2{ 1=1 2=1 5=1 6{ " block " } }" SEND
#define GEOMETRY(raster) PIXELS("1=1 3=256 5{ " raster " }")
/* A text of n bytes and records behind it. */
#define DOCUMENT(hex, n, records, count) \
	"poke 0 " hex " " records " data 64 nonce 2{ 1=1 2=2 5=1 6{ 1=2 3=" n \
	" } 6{ 1=3 2=64 3=$ 6=" count " } }" SEND
/* Honest but for where the records are. */
#define BEHIND(place) \
	"poke 0 68656c6c6f " PROPERTY " data 64 nonce 2{ 1=1 2=2 5=1 " \
	"6{ 1=2 3=5 } 6{ 1=3 " place " 6=1 } }" SEND
#define TEXT(hex, n, records)	DOCUMENT(hex, #n, records, "1")
#define PROPERTY		"rec{ 1=1 3/title 8/x }"
#define RECORD(record)		TEXT("68656c6c6f", 5, record)
#define RECORDS(records, count) DOCUMENT("68656c6c6f", "5", records, count)

/* clang-format off */
#define OK		{GBX_VERDICT_OK, GBX_LIMIT_NONE, 0, NULL}
#define VERDICT(v)	{GBX_VERDICT_##v, GBX_LIMIT_NONE, 0, NULL}
#define LIMIT(l)	{GBX_VERDICT_LIMIT, GBX_LIMIT_##l, 0, NULL}
#define LATE		{GBX_VERDICT_DEADLINE, GBX_LIMIT_WALL, 0, NULL}
#define CRASH(sig)	{GBX_VERDICT_CRASHED, GBX_LIMIT_NONE, sig, NULL}
#define BAD(field)	{GBX_VERDICT_BAD_REPLY, GBX_LIMIT_NONE, 0, field}
/* The signal differs: strict mode kills with SIGKILL (seccomp(2)). */
#define FORBIDDEN	{GBX_VERDICT_VIOLATION, GBX_LIMIT_NONE, -1, NULL}

static const struct lie lies[] = {
#define LIE(kind, setup, name, script, want) \
	{LIAR_##kind, setup, #kind ": " name, script, want, want},
#define LIE2(kind, setup, name, script, filter, strict) \
	{LIAR_##kind, setup, #kind ": " name, script, filter, strict},
#include "tests/hostile/lies.def"
};
/* clang-format on */
#define N_LIES (sizeof(lies) / sizeof(lies[0]))

#define SHORT_MS 150
/* How much longer than its limits a job may take on a busy machine. */
#define SLACK_MS 3000

static void
set_up(struct gbx_job *job, const struct lie *lie)
{
	enum gbx_op op = lie->kind == LIAR_PNG ? GBX_OP_DECODE : GBX_OP_TEXT;

	if (lie->setup == PROBE)
		op = GBX_OP_PROBE;
	else if (lie->setup == THUMB)
		op = GBX_OP_THUMBNAIL;
	liar_job(job, op);
	if (lie->setup == THUMB)
		job->box_w = job->box_h = 16;
	if (lie->setup == SHORT_WALL)
		job->limit[GBX_LIMIT_WALL] = SHORT_MS;
	if (lie->setup == SHORT_CPU)
		job->limit[GBX_LIMIT_CPU] = SHORT_MS;
	if (lie->setup == SMALL_ARENA)
		job->limit[GBX_LIMIT_MEMORY] = 8 << 20;
	if (lie->setup == FEW_PIXELS)
		job->limit[GBX_LIMIT_PIXELS] = 64;
	if (lie->setup == FEW_RECORDS)
		job->limit[GBX_LIMIT_RECORDS] = 2;
	if (lie->setup == SHORT_TEXT)
		job->limit[GBX_LIMIT_TEXT] = 4;
}

/* ---- one row ------------------------------------------------------------- */

static struct scene {
	struct gbx_broker *broker;
	uint32_t lockdown;
	uint64_t began_ms, longest_ms;
	size_t right, done;
	size_t fds, family; /* when it was warm */
	long rss_kib;
} scene;

static struct gbx_result *
tell(const struct lie *lie)
{
	struct gbx_result *result = NULL;
	struct gbx_input input;
	struct gbx_job job;
	char *data;

	set_up(&job, lie);
	gbx_input_init(&input);
	data = liar_input(lie->kind, lie->script, &input.length);
	input.data = data;
	if (lie->setup == DOCX)
		input.type = "docx";
	assert_int_equal(gbx_run(scene.broker, &input, &job, &result), GBX_OK);
	free(data);
	return result;
}

static int
wanted_signal(const struct want *want)
{
	if (want->signal >= 0)
		return want->signal;
	return scene.lockdown == GBX_LOCKDOWN_STRICT ? SIGKILL : SIGSYS;
}

static bool
is_right(const struct gbx_result *r, const struct want *want)
{
	const char *field = gbx_result_field(r);

	return gbx_result_verdict(r) == want->verdict &&
	       gbx_result_limit(r) == want->limit &&
	       gbx_result_signal(r) == wanted_signal(want) &&
	       (field == NULL) == (want->field == NULL) &&
	       (field == NULL || strcmp(field, want->field) == 0);
}

/* Nothing of a refused reply may be seen, and the worker was locked. */
static bool
is_clean(const struct gbx_result *r, const struct want *want)
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
explain(const struct gbx_result *r, const struct want *want)
{
	const char *field = gbx_result_field(r);

	print_error("# want %s %s limit %d signal %d\n",
	    gbx_verdict_name(want->verdict), want->field ? want->field : "-",
	    (int)want->limit, wanted_signal(want));
	print_error("# got  %s %s limit %d signal %d blocks %zu posture %x\n",
	    gbx_verdict_name(gbx_result_verdict(r)), field ? field : "-",
	    (int)gbx_result_limit(r), gbx_result_signal(r),
	    gbx_result_blocks(r), gbx_result_posture(r));
}

static void
test_lie(void **state)
{
	const struct lie *lie = *state;
	const struct want *want =
	    scene.lockdown == GBX_LOCKDOWN_STRICT ? &lie->strict : &lie->filter;
	uint64_t ms = now_ms();
	struct gbx_result *r = tell(lie);
	bool right = is_right(r, want), clean = is_clean(r, want);

	ms = now_ms() - ms;
	if (ms > scene.longest_ms)
		scene.longest_ms = ms;
	scene.done++;
	scene.right += right;
	if (!right || !clean)
		explain(r, want);
	gbx_result_free(r);
	assert_true(right);
	assert_true(clean);
	assert_in_range(ms, 0, SHORT_MS + SLACK_MS);
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
	printf("# hostile scripts %zu  right verdict %zu  (%s; %.1f s, the "
	       "longest took %llu ms)\n",
	    scene.done, scene.right,
	    scene.lockdown == GBX_LOCKDOWN_STRICT ? "strict" : "filter",
	    (double)(now_ms() - scene.began_ms) / 1000,
	    (unsigned long long)scene.longest_ms);
	fflush(stdout);
	gbx_broker_close(scene.broker);
	return 0;
}

static int
run_all(uint32_t lockdown)
{
	static struct CMUnitTest tests[N_LIES + 2];
	size_t i;

	memset(&scene, 0, sizeof(scene));
	scene.lockdown = lockdown;
	for (i = 0; i < N_LIES; i++)
		tests[i] = (struct CMUnitTest){lies[i].name, test_lie, NULL,
		    NULL, (void *)(uintptr_t)&lies[i]};
	tests[i++] = (struct CMUnitTest){
	    "nothing is left behind", test_stable, NULL, NULL, NULL};
	tests[i++] = (struct CMUnitTest){
	    "no process outlives the broker", test_close, NULL, NULL, NULL};
	return _cmocka_run_group_tests(
	    lockdown == GBX_LOCKDOWN_STRICT ? "strict" : "filter", tests, i,
	    begin, finish);
}

int
main(void)
{
	int failed;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	proc_adopt();
	failed = run_all(GBX_LOCKDOWN_FILTER);
	failed += run_all(GBX_LOCKDOWN_STRICT);
	return failed > 0 ? 1 : 0;
}
