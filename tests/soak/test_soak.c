/* SPDX-License-Identifier: ISC */
/*
 * Many jobs of all kinds in one broker: every verdict right, every pixel
 * right, and nothing left over: descriptors, processes, memory are after the
 * last job what they were after the first thousand. Side: caller.
 *     SOAK_N=100000 test_soak          (10000 when not set)
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <glovebox.h>

#include "ipc/control.h"
#include "tests/support/census.h"
#include "tests/support/cmocka.h"
#include "tests/support/docx.h"
#include "tests/support/picture.h"

#define FIRST  1000 /* jobs before the first look */
#define AHEAD  48   /* jobs under way */
#define HELD   16   /* results kept for a while */
#define RSS_KB 1024
/* Shmem is the whole machine's: others move it too. A page a job would be
 * 40 MB and more. */
#define SHMEM_KB 16384

/* ---- inputs -------------------------------------------------------------- */

enum kind {
	GOOD,
	LARGE,	 /* past what is copied: sealed and mapped */
	CUT_OFF, /* malformed */
	PROBE,
	THUMBNAIL,
	TOO_BIG, /* a header that declares too much */
	NO_FORMAT,
	OTHER_TYPE,
	EMPTY,
	TEXT,
	SLOW_PIPE,
	KINDS
};

static const char *const kind_name[KINDS] = {"good", "large", "cut off",
    "probe", "thumbnail", "too big", "no format", "other type", "empty", "text",
    "pipe"};

struct sample {
	uint8_t *data;
	size_t size;
	uint32_t width, height, seed;
};

#define GOODS 32
static struct sample good[GOODS], large, cut, header, docx;
static bool have_docx;

static void
make_picture(struct sample *s, uint32_t w, uint32_t h, uint32_t seed)
{
	s->data = test_picture(w, h, seed, &s->size);
	assert_non_null(s->data);
	s->width = w;
	s->height = h;
	s->seed = seed;
}

static void
make_samples(void)
{
	uint32_t i;

	for (i = 0; i < GOODS; i++)
		make_picture(&good[i], 1 + i * 2, 1 + (i * 7) % 40, i * 77);
	make_picture(&large, 200, 150, 5);
	make_picture(&cut, 40, 40, 9);
	cut.size /= 2;
	header.data = test_header(100000, 100000, &header.size);
	docx.data = test_docx("soaked", &docx.size);
	assert_non_null(header.data);
	assert_non_null(docx.data);
}

/* ---- one job ------------------------------------------------------------- */

struct slot {
	enum kind kind;
	bool used, cancelled;
	uint64_t id;
	const struct sample *sample;
};

static struct gbx_broker *broker;
static struct slot slots[AHEAD];
static struct gbx_result *held[HELD];
static uint64_t seed = 88172645463325252U, done, under_way, cancelled;
static uint64_t per_kind[KINDS];

static uint32_t
random_below(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 32) % n;
}

/* Out of a hundred; pipes cost an exec each. */
static enum kind
pick_kind(void)
{
	static const struct {
		enum kind kind;
		uint32_t share;
	} shares[] = {{GOOD, 520}, {LARGE, 60}, {CUT_OFF, 90}, {PROBE, 80},
	    {THUMBNAIL, 60}, {TOO_BIG, 40}, {NO_FORMAT, 30}, {OTHER_TYPE, 30},
	    {EMPTY, 20}, {SLOW_PIPE, 5}, {TEXT, 65}};
	uint32_t r = random_below(1000), i;

	for (i = 0; i + 1 < sizeof(shares) / sizeof(shares[0]); i++) {
		if (r < shares[i].share)
			return shares[i].kind;
		r -= shares[i].share;
	}
	return have_docx ? TEXT : GOOD;
}

static const struct sample *
sample_of(enum kind kind)
{
	switch (kind) {
	case LARGE:
		return &large;
	case CUT_OFF:
		return &cut;
	case TOO_BIG:
		return &header;
	case TEXT:
		return &docx;
	default:
		return &good[random_below(GOODS)];
	}
}

static void
describe(const struct slot *s, struct gbx_input *input, struct gbx_job *job)
{
	static const char *const domains[] = {"mail-1", "mail-2"};

	gbx_input_init(input);
	gbx_job_init(job, GBX_OP_DECODE);
	input->data = s->sample->data;
	input->length = s->sample->size;
	job->limit[GBX_LIMIT_WALL] = 120000;
	switch (s->kind) {
	case PROBE:
		job->op = GBX_OP_PROBE;
		break;
	case THUMBNAIL:
		job->op = GBX_OP_THUMBNAIL;
		job->box_w = job->box_h = 8;
		break;
	case TEXT:
		job->op = GBX_OP_TEXT;
		break;
	case NO_FORMAT:
		input->data = "just a line of text\n";
		input->length = 20;
		break;
	case OTHER_TYPE:
		input->type = "docx";
		break;
	case EMPTY:
		input->length = 0;
		break;
	default:
		break;
	}
	if (random_below(3) == 0)
		job->domain = domains[random_below(2)];
}

/* ---- its answer ---------------------------------------------------------- */

static enum gbx_verdict
right_verdict(enum kind kind)
{
	static const enum gbx_verdict right[KINDS] = {
	    [CUT_OFF] = GBX_VERDICT_MALFORMED,
	    [TOO_BIG] = GBX_VERDICT_LIMIT,
	    [NO_FORMAT] = GBX_VERDICT_UNSUPPORTED,
	    [OTHER_TYPE] = GBX_VERDICT_MISMATCH,
	    [EMPTY] = GBX_VERDICT_MALFORMED,
	};

	return right[kind];
}

static void
check_pixels(const struct slot *s, const struct gbx_result *r)
{
	struct gbx_block b = {.size = sizeof(b)};

	assert_int_equal(gbx_result_block(r, 0, &b), GBX_OK);
	assert_int_equal(b.kind, GBX_BLOCK_PIXELS);
	if (s->kind == THUMBNAIL) {
		assert_in_range(b.width, 1, 8);
		assert_in_range(b.height, 1, 8);
		return;
	}
	assert_int_equal(b.width, s->sample->width);
	assert_int_equal(b.height, s->sample->height);
	if (s->kind == PROBE)
		assert_int_equal(b.length, 0);
	else
		assert_true(test_pixels(
		    b.data, b.stride, b.width, b.height, s->sample->seed));
}

static void
check_text(const struct gbx_result *r)
{
	struct gbx_block b = {.size = sizeof(b)};

	assert_int_equal(gbx_result_block(r, 0, &b), GBX_OK);
	assert_int_equal(b.kind, GBX_BLOCK_TEXT);
	assert_true(b.length >= 6 && memcmp(b.data, "soaked", 6) == 0);
}

static void
check(const struct slot *s, const struct gbx_result *r)
{
	enum gbx_verdict v = gbx_result_verdict(r);

	per_kind[s->kind]++;
	done++;
	if (s->cancelled && v == GBX_VERDICT_CANCELLED) {
		cancelled++;
		return;
	}
	if (v != right_verdict(s->kind))
		fail_msg("%s: %s (%s, errno %d)", kind_name[s->kind],
		    gbx_verdict_name(v), gbx_result_detail(r),
		    gbx_result_errno(r));
	if (s->kind == TOO_BIG)
		assert_int_equal(gbx_result_limit(r), GBX_LIMIT_PIXELS);
	if (v == GBX_VERDICT_OK && s->kind == TEXT)
		check_text(r);
	else if (v == GBX_VERDICT_OK)
		check_pixels(s, r);
}

/* Freed at once, or in some later job's place. */
static void
let_go(struct gbx_result *r)
{
	uint32_t i = random_below(HELD * 4);

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

	describe(s, &input, &job);
	if (s->kind == SLOW_PIPE) {
		fd = fill_pipe(s->sample);
		gbx_input_init(&input);
		input.fd = fd;
	}
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

	*s = (struct slot){.kind = kind, .sample = sample_of(kind)};
	describe(s, &input, &job);
	job.cookie = s;
	assert_int_equal(gbx_submit(broker, &input, &job, &s->id), GBX_OK);
	s->used = true;
	under_way++;
}

static void
cancel_some(void)
{
	struct slot *s = &slots[random_below(AHEAD)];

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

static void
step(void)
{
	enum kind kind = pick_kind();
	struct slot alone = {.kind = kind};

	if (kind == SLOW_PIPE || random_below(12) == 0) {
		alone.sample = sample_of(kind);
		run_one(&alone);
		return;
	}
	if (under_way == AHEAD)
		collect_one();
	submit_one(kind);
	if (random_below(40) == 0)
		cancel_some();
	if (random_below(3) == 0)
		collect_one();
}

/* ---- what there is ------------------------------------------------------- */

struct figures {
	int fds, idle;
	struct census people;
	long rss, shmem;
	uint64_t shared;
};

/* A batch goes on when its jobs were cancelled: until that ends too. */
static void
drain(void)
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

static int
idle_now(void)
{
	struct gbx_stats stats = {.size = sizeof(stats)};

	drain();
	assert_int_equal(gbx_broker_stats(broker, &stats), GBX_OK);
	return (int)stats.idle;
}

/* How many workers are idle is the pool's affair; what they take can best be
 * compared when there are as many as the last time. */
static int
settle(int want)
{
	struct slot alone = {.kind = GOOD};
	int tries, idle = idle_now();

	for (tries = 0; tries < 40 && want >= 0 && idle != want; tries++) {
		alone.sample = sample_of(GOOD);
		run_one(&alone);
		idle = idle_now();
	}
	return idle;
}

static struct figures
look(const char *when, int idle)
{
	struct gbx_stats stats = {.size = sizeof(stats)};
	struct figures f;

	f.idle = settle(idle);
	assert_int_equal(gbx_broker_stats(broker, &stats), GBX_OK);
	f.shared = stats.shared_bytes;
	f.fds = census_fds();
	f.people = census_processes();
	f.rss = census_status_kb("VmRSS");
	f.shmem = census_meminfo_kb("Shmem");
	print_message("# %s: %llu jobs, %d fds, %d processes (%d idle "
		      "workers), %d zombies, VmRSS %ld kB, Shmem %ld kB\n",
	    when, (unsigned long long)done, f.fds, f.people.alive, f.idle,
	    f.people.zombies, f.rss, f.shmem);
	return f;
}

/* Each idle worker has the same few descriptors; if there are as many as
 * before, there must be as many of those. */
static void
compare_fds(const struct figures *a, const struct figures *b)
{
	int fds = b->fds - a->fds, idle = b->idle - a->idle;

	if (idle == 0) {
		assert_int_equal(fds, 0);
		return;
	}
	assert_int_equal(fds % idle, 0);
	assert_in_range(fds / idle, 2, 6);
}

/* Corpses wait for the next order to be reaped. */
static void
compare(const struct figures *a, const struct figures *b)
{
	compare_fds(a, b);
	assert_int_equal(a->people.alive - a->idle, b->people.alive - b->idle);
	assert_in_range(b->people.zombies, 0, 2 * GBX_CTL_REAP_MAX);
	assert_true(b->rss - a->rss < RSS_KB);
	assert_true(b->shmem - a->shmem < SHMEM_KB);
	assert_int_equal(a->shared, 0);
	assert_int_equal(b->shared, 0);
}

static void
print_counts(double seconds)
{
	struct gbx_stats stats = {.size = sizeof(stats)};
	int i;

	assert_int_equal(gbx_broker_stats(broker, &stats), GBX_OK);
	for (i = 0; i < KINDS; i++)
		print_message("# %8llu %s\n", (unsigned long long)per_kind[i],
		    kind_name[i]);
	print_message("# %8llu cancelled, %llu batches, %llu workers, %llu "
		      "zygotes, %.0f jobs/s\n",
	    (unsigned long long)cancelled, (unsigned long long)stats.batches,
	    (unsigned long long)stats.workers_started,
	    (unsigned long long)stats.zygotes_started, (double)done / seconds);
}

static double
seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
test_soak(void **state)
{
	const char *want = getenv("SOAK_N");
	uint64_t n = want != NULL ? strtoull(want, NULL, 10) : 10000;
	struct figures first, last;
	double start = seconds();

	(void)state;
	assert_true(n > FIRST);
	while (done < FIRST)
		step();
	first = look("first", -1);
	while (done < n)
		step();
	last = look("last", first.idle);
	print_counts(seconds() - start);
	compare(&first, &last);
}

/* ---- around it ----------------------------------------------------------- */

static int before_fds;

static int
set_up(void **state)
{
	const char *dir = census_worker_dir();
	struct gbx_broker_opts opts;
	char path[256];

	(void)state;
	if (dir == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/glovebox-ooxml", dir);
	have_docx = access(path, X_OK) == 0;
	make_samples();
	before_fds = census_fds();
	gbx_broker_opts_init(&opts);
	opts.worker_dir = dir;
	return gbx_broker_open(&opts, &broker) == GBX_OK ? 0 : -1;
}

static void
test_nothing_left(void **state)
{
	(void)state;
	gbx_broker_close(broker);
	broker = NULL;
	assert_true(census_none_after(1000));
	assert_int_equal(census_fds(), before_fds);
	assert_int_equal(census_memfds(), 0);
}

static int
tear_down(void **state)
{
	int i;

	(void)state;
	gbx_broker_close(broker);
	for (i = 0; i < GOODS; i++)
		free(good[i].data);
	free(large.data);
	free(cut.data);
	free(header.data);
	free(docx.data);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_soak),
	    cmocka_unit_test(test_nothing_left),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("soak", tests, set_up, tear_down);
}
