/* SPDX-License-Identifier: ISC */
/*
 * The sweep: which calls there are (a run of each scene with nothing failing),
 * then each of them failing, in a run of its own.
 * Side: tests.
 *
 * `make check` fails the first call of each site with its first error, and some
 * for good, and some at random. GBX_SOAK=1: every call, every error.
 * GBX_FAULT="SCENE,KEY,NTH,HOW,MODE", as printed with a failure, runs that one.
 */
#include "tests/support/cmocka.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/faults/asks.h"
#include "tests/faults/sweep.h"
#include "tests/faults/trial.h"
#include "tests/support/census.h"
#include "tests/support/host.h"
#include "tests/support/score.h"

#define POINTS_MAX 400000
#define NTH_MAX	   64 /* of one site in one scene */
#define SCENES_MAX 16
#define TRIES	   3 /* a point may be missed when timing differs */
/* In `make check`, of each program. */
#define ONCE_MOST    500
#define ONWARD_MOST  24
#define RANDOM_SHORT 16
#define SLOW_MS	     5000
#define RANDOM_RATE  20
#define DEPTH	     3 /* functions that tell a site from another */

static const struct scene *scenes;
static size_t n_scenes;
static bool from_open;

static struct {
	struct fault_site *site;
	size_t n;
} known[SCENES_MAX];

struct point {
	const struct scene *scene;
	const struct fault_site *site; /* NULL: random */
	struct fault_plan plan;
};
static struct point *points;
static size_t n_points;

static unsigned long survived, failed, leaks, missed;

/* ---- which calls there are ----------------------------------------------- */

static void
merge(size_t scene, const struct fault_site *s)
{
	size_t i, *n = &known[scene].n;

	for (i = 0; i < *n; i++)
		if (known[scene].site[i].key == s->key) {
			if (known[scene].site[i].seen < s->seen)
				known[scene].site[i].seen = s->seen;
			return;
		}
	known[scene].site[(*n)++] = *s;
}

static void
record(size_t scene)
{
	struct trial t = {
	    .scene = &scenes[scene], .depth = DEPTH, .from_open = from_open};
	const struct fault_view *view;
	size_t i;

	trial_run(&t);
	if (t.end != TRIAL_FINE)
		fail_msg("%s with nothing failing: %s", t.scene->name, t.said);
	view = trial_view();
	if (view->unknown != 0)
		fail_msg("system call %ld is not in calls.def", view->unknown);
	for (i = 0; i < FAULT_SITES; i++)
		if (view->site[i].key != 0)
			merge(scene, &view->site[i]);
}

static int
by_key(const void *a, const void *b)
{
	const struct fault_site *p = a, *q = b;

	return p->key < q->key ? -1 : p->key > q->key;
}

static void
test_nothing_fails(void **state)
{
	uint32_t calls = 0;
	size_t i, j, sites = 0;

	(void)state;
	for (i = 0; i < n_scenes; i++) {
		known[i].site = calloc(FAULT_SITES, sizeof(*known[i].site));
		assert_non_null(known[i].site);
		record(i);
		record(i);
		qsort(
		    known[i].site, known[i].n, sizeof(*known[i].site), by_key);
		sites += known[i].n;
		for (j = 0; j < known[i].n; j++)
			calls += known[i].site[j].seen;
	}
	print_message("# %zu scenes, %zu sites in them, %u calls\n", n_scenes,
	    sites, calls);
}

/* ---- what to try --------------------------------------------------------- */

static void
add(size_t scene, const struct fault_site *s, enum fault_mode mode,
    uint32_t nth, int how)
{
	struct point *p = &points[n_points];

	if (n_points == POINTS_MAX)
		fail_msg("more than %d points", POINTS_MAX);
	n_points++;
	*p = (struct point){.scene = &scenes[scene], .site = s};
	p->plan.mode = mode;
	p->plan.key = s->key;
	p->plan.nth = nth;
	p->plan.how = how;
}

static bool
in_earlier_scene(size_t scene, uint64_t key)
{
	struct fault_site want = {.key = key};
	size_t i;

	for (i = 0; i < scene; i++)
		if (bsearch(&want, known[i].site, known[i].n, sizeof(want),
			by_key) != NULL)
			return true;
	return false;
}

static void
add_each_how(size_t scene, const struct fault_site *s)
{
	const struct fault_kind *k = fault_kind((enum fault_call)s->call);
	uint32_t nth;
	size_t i;

	for (nth = 1; nth <= s->seen && nth <= NTH_MAX; nth++)
		for (i = 0; i < k->n_how; i++)
			add(scene, s, FAULT_ONCE, nth, k->how[i]);
}

static void
choose_once(void)
{
	const struct fault_site *s;
	size_t i, j;

	for (i = 0; i < n_scenes; i++)
		for (j = 0; j < known[i].n; j++) {
			s = &known[i].site[j];
			if (score_long_form())
				add_each_how(i, s);
			else if (!in_earlier_scene(i, s->key))
				add(i, s, FAULT_ONCE, 1,
				    fault_kind((enum fault_call)s->call)
					->how[0]);
		}
}

static void
choose_onward(void)
{
	const struct fault_kind *k;
	const struct fault_site *s;
	size_t i, j;

	for (i = 0; i < n_scenes; i++)
		for (j = 0; j < known[i].n; j++) {
			s = &known[i].site[j];
			k = fault_kind((enum fault_call)s->call);
			if (k->lasting != 0 &&
			    (score_long_form() || !in_earlier_scene(i, s->key)))
				add(i, s, FAULT_ONWARD, 1, k->lasting);
		}
}

static void
choose_random(size_t n)
{
	struct point *p;
	size_t i;

	for (i = 0; i < n; i++) {
		p = &points[n_points++];
		*p = (struct point){.scene = &scenes[i % n_scenes]};
		p->plan.mode = FAULT_RANDOM;
		p->plan.seed = i + 1;
		p->plan.rate = RANDOM_RATE;
	}
}

/* ---- trying -------------------------------------------------------------- */

static const struct fault_site *
site_by_key(const struct scene *scene, uint64_t key)
{
	struct fault_site want = {.key = key};
	size_t i = (size_t)(scene - scenes);

	return bsearch(&want, known[i].site, known[i].n, sizeof(want), by_key);
}

static void
describe(const struct point *p, char *ret, size_t room)
{
	const struct fault_site *s = p->site;
	char where[600] = "";

	if (s == NULL) {
		snprintf(ret, room, "random, seed %" PRIu64, p->plan.seed);
		return;
	}
	fault_where(s, where, sizeof(where));
	snprintf(ret, room, "%s #%u in %s: %s%s",
	    fault_kind((enum fault_call)s->call)->name, p->plan.nth, where,
	    fault_how_name(p->plan.how),
	    p->plan.mode == FAULT_ONWARD ? " from then on" : "");
}

static void
complain(const struct point *p, const struct trial *t, const char *end)
{
	char what[1024];

	describe(p, what, sizeof(what));
	print_message("# %s: %s -> %s (%u ms): %s\n", p->scene->name, what, end,
	    t->ms, t->said);
	print_message("#   GBX_FAULT='%s,%" PRIx64 ",%u,%d,%d,%" PRIu64 "'\n",
	    p->scene->name, p->plan.key, p->plan.nth, p->plan.how,
	    (int)p->plan.mode, p->plan.seed);
}

static void
try_point(const struct point *p)
{
	static const char *const ends[] = {
	    "", "job lost", "leak", "the host crashed", "hang"};
	struct trial t;
	int i;

	for (i = 0; i < TRIES; i++) {
		t = (struct trial){.scene = p->scene,
		    .plan = p->plan,
		    .depth = DEPTH,
		    .from_open = from_open};
		trial_run(&t);
		if (t.end != TRIAL_FINE || t.fired > 0)
			break;
	}
	if (t.end != TRIAL_FINE)
		complain(p, &t, ends[t.end]);
	else if (t.fired == 0)
		complain(p, &t, "not met");
	else if (t.ms > SLOW_MS)
		complain(p, &t, "slow");
	if (t.end == TRIAL_FINE && t.fired == 0)
		missed++;
	else if (t.end == TRIAL_FINE)
		survived++;
	else if (t.end == TRIAL_LEAK)
		leaks++;
	else
		failed++;
}

static void
try_all(size_t most)
{
	size_t i, n = n_points < most ? n_points : most;
	unsigned long bad = failed + leaks, met = survived + bad;

	for (i = 0; i < n; i++)
		try_point(&points[i * n_points / n]);
	met = survived + failed + leaks - met;
	print_message("# tried %zu of %zu points, %zu were not met\n", n,
	    n_points, n - met);
	n_points = 0;
	assert_int_equal(failed + leaks - bad, 0);
	/* Timing decides whether a few of them come about. */
	assert_true(met >= n - n / 10);
}

static void
test_once(void **state)
{
	(void)state;
	choose_once();
	try_all(score_long_form() ? POINTS_MAX : ONCE_MOST);
}

static void
test_onward(void **state)
{
	(void)state;
	choose_onward();
	try_all(score_long_form() ? POINTS_MAX : ONWARD_MOST);
}

static void
test_random(void **state)
{
	(void)state;
	choose_random(score_long_form() ? 3000 : RANDOM_SHORT);
	try_all(POINTS_MAX);
}

/* ---- one alone ----------------------------------------------------------- */

static void
test_this_one(void **state)
{
	const char *want = getenv("GBX_FAULT"), *comma = strchr(want, ',');
	struct point p = {.scene = NULL};
	int how, mode;
	size_t i;

	(void)state;
	assert_non_null(comma);
	for (i = 0; i < n_scenes; i++)
		if (strlen(scenes[i].name) == (size_t)(comma - want) &&
		    strncmp(scenes[i].name, want, (size_t)(comma - want)) == 0)
			p.scene = &scenes[i];
	assert_non_null(p.scene);
	assert_int_equal(
	    sscanf(comma, ",%" SCNx64 ",%u,%d,%d,%" SCNu64, &p.plan.key,
		&p.plan.nth, &how, &mode, &p.plan.seed),
	    5);
	p.plan.how = how;
	p.plan.mode = (enum fault_mode)mode;
	p.plan.rate = RANDOM_RATE;
	p.site = mode == FAULT_RANDOM ? NULL : site_by_key(p.scene, p.plan.key);
	try_point(&p);
	print_message("# %lu survived, %lu missed\n", survived, missed);
	assert_int_equal(failed + leaks, 0);
}

/* ---- around it ----------------------------------------------------------- */

static int
set_up(void **state)
{
	(void)state;
	points = calloc(POINTS_MAX, sizeof(*points));
	return points != NULL && ask_prepare() && census_worker_dir() != NULL
		   ? 0
		   : -1;
}

static int
tear_down(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < n_scenes; i++)
		free(known[i].site);
	free(points);
	return 0;
}

int
sweep_main(const char *name, const struct scene *these, bool with_open,
    const char *worker_dir)
{
	const struct CMUnitTest all[] = {
	    cmocka_unit_test(test_nothing_fails),
	    cmocka_unit_test(test_once),
	    cmocka_unit_test(test_onward),
	    cmocka_unit_test(test_random),
	};
	const struct CMUnitTest one[] = {
	    cmocka_unit_test(test_nothing_fails),
	    cmocka_unit_test(test_this_one),
	};
	int r;

	scenes = these;
	from_open = with_open || score_long_form();
	while (scenes[n_scenes].name != NULL)
		n_scenes++;
	if (worker_dir != NULL)
		(void)setenv("GLOVEBOX_LIBEXEC", worker_dir, 1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (getenv("GBX_FAULT") != NULL)
		return cmocka_run_group_tests_name(
		    name, one, set_up, tear_down);
	r = cmocka_run_group_tests_name(name, all, set_up, tear_down);
	score("fault-points", survived + failed + leaks, ">=310");
	score("faults-survived", survived, "-");
	score("faults-lost", failed, "==0");
	score("fault-leaks", leaks, "==0");
	return r;
}
