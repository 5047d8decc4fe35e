/* SPDX-License-Identifier: ISC */
/* A load of mixed jobs whose answers are known. Side: caller, see load.h. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/cmocka.h"
#include "tests/support/killer.h"
#include "tests/support/load.h"
#include "tests/support/load_kinds.h"

#define AHEAD 48 /* jobs under way */
#define HELD  16 /* results kept for a while */

/* ---- one job ------------------------------------------------------------- */

struct slot {
	enum kind kind;
	bool used, cancelled;
	uint64_t id, mark;
	const struct sample *sample;
};

static struct gbx_broker *broker;
static struct slot slots[AHEAD];
static struct gbx_result *held[HELD];
static uint64_t under_way, per_kind[KINDS];
static struct load_counts counts;
static bool hits_allowed, have_docx;
static int before_fds;

/* By two kills of the test's: its worker, or its end could not be known. */
static bool
is_hit(const struct gbx_result *r)
{
	int err = gbx_result_errno(r);

	return gbx_result_verdict(r) == GBX_VERDICT_ERROR &&
	       (err == ECHILD || err == ESRCH || err == ENOMEM);
}

/* A worker of its kind read it, after what was killed before it was sent. */
static void
tell_killer(const struct slot *s, const struct gbx_result *r)
{
	if (gbx_result_verdict(r) != GBX_VERDICT_OK)
		return;
	if (s->kind == TEXT || !have_docx)
		killer_came_back(KILLER_TEXTS, s->mark);
	if (s->kind != TEXT)
		killer_came_back(KILLER_IMAGES, s->mark);
}

static void
check(const struct slot *s, const struct gbx_result *r)
{
	tell_killer(s, r);
	per_kind[s->kind]++;
	counts.collected++;
	if (s->cancelled && gbx_result_verdict(r) == GBX_VERDICT_CANCELLED)
		counts.cancelled++;
	else if (hits_allowed && is_hit(r))
		counts.hit++;
	else
		load_expect(s->kind, s->sample, r);
}

/* Freed at once, or in some later job's place. */
static void
let_go(struct gbx_result *r)
{
	uint32_t i = load_random(HELD * 4);

	if (i < HELD) {
		gbx_result_free(held[i]);
		held[i] = r;
	} else {
		gbx_result_free(r);
	}
}

/* ---- many jobs ----------------------------------------------------------- */

static int
fill_pipe(const struct sample *s)
{
	int fd[2];

	assert_int_equal(pipe2(fd, O_CLOEXEC), 0);
	assert_int_equal(write(fd[1], s->data, s->size), s->size);
	close(fd[1]);
	return fd[0];
}

static void
run_one(struct slot *s)
{
	struct gbx_result *r = NULL;
	struct gbx_input input;
	struct gbx_job job;
	int fd = -1;

	load_describe(s->kind, s->sample, &input, &job);
	if (s->kind == SLOW_PIPE) {
		fd = fill_pipe(s->sample);
		gbx_input_init(&input);
		input.fd = fd;
	}
	counts.sent++;
	s->mark = killer_mark();
	assert_int_equal(gbx_run(broker, &input, &job, &r), GBX_OK);
	if (fd >= 0)
		close(fd);
	check(s, r);
	let_go(r);
}

static struct slot *
free_slot(void)
{
	size_t i;

	for (i = 0; i < AHEAD; i++)
		if (!slots[i].used)
			return &slots[i];
	fail();
	return NULL;
}

static void
submit_one(enum kind kind)
{
	struct slot *s = free_slot();
	struct gbx_input input;
	struct gbx_job job;

	*s = (struct slot){.kind = kind, .sample = load_sample(kind)};
	load_describe(s->kind, s->sample, &input, &job);
	job.cookie = s;
	s->mark = killer_mark();
	assert_int_equal(gbx_submit(broker, &input, &job, &s->id), GBX_OK);
	s->used = true;
	counts.sent++;
	under_way++;
}

static void
cancel_some(void)
{
	struct slot *s = &slots[load_random(AHEAD)];

	if (!s->used)
		return;
	assert_int_equal(gbx_cancel(broker, s->id), GBX_OK);
	s->cancelled = true;
}

static void
collect_one(void)
{
	struct gbx_result *r = NULL;
	struct slot *s;

	assert_int_equal(gbx_collect(broker, 120000, &r), GBX_OK);
	s = gbx_result_cookie(r);
	assert_true(s->used);
	assert_int_equal(gbx_result_id(r), s->id);
	check(s, r);
	let_go(r);
	s->used = false;
	under_way--;
}

void
load_step(void)
{
	enum kind kind = load_pick_kind();
	struct slot alone = {.kind = kind};

	if (kind == SLOW_PIPE || load_random(12) == 0) {
		alone.sample = load_sample(kind);
		run_one(&alone);
		return;
	}
	if (under_way == AHEAD)
		collect_one();
	submit_one(kind);
	if (load_random(40) == 0)
		cancel_some();
	if (load_random(3) == 0)
		collect_one();
}

/* A batch goes on when its jobs were cancelled: until that ends too. */
void
load_drain(void)
{
	static const struct timespec nap = {0, 5000000};
	struct gbx_stats stats = {.size = sizeof(stats)};
	struct gbx_result *r;
	size_t i;

	while (under_way > 0)
		collect_one();
	for (i = 0; i < HELD; i++) {
		gbx_result_free(held[i]);
		held[i] = NULL;
	}
	for (i = 0; i < 10 || stats.in_flight > 0; i++) {
		assert_int_equal(gbx_collect(broker, 0, &r), GBX_ERR_AGAIN);
		assert_int_equal(gbx_broker_stats(broker, &stats), GBX_OK);
		nanosleep(&nap, NULL);
	}
}

void
load_run_each_worker(void)
{
	struct slot png = {.kind = GOOD}, text = {.kind = TEXT};

	png.sample = load_sample(GOOD);
	run_one(&png);
	text.sample = load_sample(TEXT);
	if (have_docx)
		run_one(&text);
}

void
load_allow_hits(void)
{
	hits_allowed = true;
}

struct load_counts
load_counts(void)
{
	return counts;
}

struct gbx_broker *
load_broker(void)
{
	return broker;
}

void
load_tell(double seconds)
{
	struct gbx_stats stats = {.size = sizeof(stats)};
	int i;

	assert_int_equal(gbx_broker_stats(broker, &stats), GBX_OK);
	for (i = 0; i < KINDS; i++)
		print_message("# %8llu %s\n", (unsigned long long)per_kind[i],
		    load_kind_name((enum kind)i));
	print_message(
	    "# %8llu cancelled, %llu hit, %llu batches, %llu workers, "
	    "%llu zygotes, %.0f jobs/s\n",
	    (unsigned long long)counts.cancelled,
	    (unsigned long long)counts.hit, (unsigned long long)stats.batches,
	    (unsigned long long)stats.workers_started,
	    (unsigned long long)stats.zygotes_started,
	    (double)counts.collected / seconds);
}

/* ---- around it ----------------------------------------------------------- */

bool
load_open(void)
{
	const char *dir = census_worker_dir();
	struct gbx_broker_opts opts;
	char path[256];

	if (dir == NULL)
		return false;
	snprintf(path, sizeof(path), "%s/glovebox-ooxml", dir);
	have_docx = access(path, X_OK) == 0;
	load_make_samples(have_docx);
	before_fds = census_fds();
	gbx_broker_opts_init(&opts);
	opts.worker_dir = dir;
	return gbx_broker_open(&opts, &broker) == GBX_OK;
}

int
load_close(void)
{
	struct census left;

	gbx_broker_close(broker);
	broker = NULL;
	(void)census_none_after(1000);
	left = census_processes();
	/* An init that is killed while it starts leaves the children that close
	 * what it inherited (init/inherit.c) to this process, which adopts
	 * orphans (proc_adopt) and never reaps. They have ended by then. */
	if ((uint64_t)left.zombies <= killer_inits())
		left.zombies = 0;
	load_free_samples();
	return left.alive + left.zombies;
}

int
load_fds_more(void)
{
	return census_fds() - before_fds;
}
