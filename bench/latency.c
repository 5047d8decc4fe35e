/* SPDX-License-Identifier: ISC */
/*
 * What a job costs more than the same decode in this process: one at a time,
 * a fresh worker from a warm pool each. A fork, a decode here, a job: each
 * after the same nap, in turn, so that the machine's mood and the state of its
 * caches are the same for all three. Side: caller.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench/bench.h"

/* Both sides of a large picture: a fresh memfd, written through a shared
 * mapping, then mapped for reading. */
static double
decode_to_memfd(const struct picture *p)
{
	size_t size = (size_t)p->width * p->height * 4;
	double start = now_us();
	int fd = memfd_create("bench", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	uint8_t *map;

	if (fd < 0 || ftruncate(fd, (off_t)size) != 0)
		abort();
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		abort();
	picture_decode(p, map);
	munmap(map, size);
	map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		abort();
	munmap(map, size);
	close(fd);
	return now_us() - start;
}

static double
decode_to_heap(const struct picture *p)
{
	double start = now_us();
	uint8_t *out = malloc((size_t)p->width * p->height * 4);

	if (out == NULL)
		abort();
	picture_decode(p, out);
	free(out);
	return now_us() - start;
}

static double
decode_here(const struct picture *p)
{
	return (size_t)p->width * p->height > 1000000 ? decode_to_memfd(p)
						      : decode_to_heap(p);
}

static double
decode_there(struct gbx_broker *broker, const struct picture *p, bool look)
{
	struct gbx_result *r;
	struct gbx_input input;
	struct gbx_job job;
	double start = now_us();
	enum gbx_err err;

	bench_job(p, &input, &job);
	err = gbx_run(broker, &input, &job, &r);
	if (err != GBX_OK) {
		fprintf(stderr, "bench: gbx_run: %s\n", gbx_err_name(err));
		exit(1);
	}
	bench_accept(r, p, look);
	return now_us() - start;
}

struct pairs {
	struct series here, there, added, floor;
};

static void
run_pairs(
    struct gbx_broker *broker, const struct picture *p, int n, struct pairs *s)
{
	double here, there;
	int i;

	(void)decode_there(broker, p, true);
	for (i = 0; i < n; i++) {
		bench_settle(broker);
		series_add(&s->floor, floor_measure(1));
		bench_settle(broker);
		here = decode_here(p);
		bench_settle(broker);
		there = decode_there(broker, p, false);
		series_add(&s->here, here);
		series_add(&s->there, there);
		series_add(&s->added, there - here);
	}
}

static void
show(const char *name, struct pairs *s, const struct target *target)
{
	double f = series_at(&s->floor, 0.5);
	double v[] = {series_at(&s->here, 0.5), series_at(&s->here, 0.99),
	    series_at(&s->there, 0.5), series_at(&s->there, 0.99),
	    series_at(&s->added, 0.5) / f, series_at(&s->added, 0.99) / f,
	    series_at(&s->there, 0.5) / series_at(&s->here, 0.5), f};

	report_row(name, v, target);
	series_free(&s->here);
	series_free(&s->there);
	series_free(&s->added);
	series_free(&s->floor);
}

struct plan {
	const struct picture *p;
	int n;
	struct target filter, strict;
};

static void
one_broker(const struct bench *b, uint32_t lockdown, int cores,
    const struct plan *plan, size_t n_plans)
{
	bool strict = lockdown == GBX_LOCKDOWN_STRICT;
	int n = machine_cores(cores);
	struct gbx_broker *broker = bench_open(b, lockdown);
	const struct target *t;
	struct pairs s = {0};
	char name[64];
	size_t i;

	for (i = 0; i < n_plans; i++) {
		t = strict ? &plan[i].strict : &plan[i].filter;
		snprintf(name, sizeof(name), "%s, %s, %d core%s",
		    plan[i].p->name, strict ? "strict" : "filter", n,
		    n > 1 ? "s" : "");
		run_pairs(broker, plan[i].p,
		    b->quick ? plan[i].n / 10 + 2 : plan[i].n, &s);
		show(name, &s, t->bound != NO_BOUND && n == 1 ? t : NULL);
	}
	gbx_broker_close(broker);
	machine_cores(0);
}

void
bench_latency(const struct bench *b)
{
	static const char *const columns[] = {"here p50", "here p99", "gbx p50",
	    "gbx p99", "+F p50", "+F p99", "ratio", "F us", NULL};
	const struct plan plan[] = {
	    {&b->small, 600, {4, AT_MOST, 2.0}, {4, AT_MOST, 1.6}},
	    {&b->medium, 100, {6, AT_MOST, 2.2}, {6, AT_MOST, 2.2}},
	    {&b->large, 11, {6, AT_MOST, 1.03}, {6, AT_MOST, 1.03}},
	};

	report_section("latency, us; a fresh process each", columns);
	one_broker(b, GBX_LOCKDOWN_FILTER, 1, plan, 3);
	one_broker(b, GBX_LOCKDOWN_STRICT, 1, plan, 3);
	if (machine_cores(0) < 2)
		return;
	one_broker(b, GBX_LOCKDOWN_FILTER, 2, plan, 3);
	one_broker(b, GBX_LOCKDOWN_STRICT, 2, plan, 2);
	report_note("here: libpng in this process, a fresh buffer each (12 MP: "
		    "a fresh memfd, as the glovebox's)");
	report_note("gbx: from gbx_run to a validated result, freed; +F: the "
		    "difference of a pair, in F");
	report_note("F us: of forks that alternate with the pairs, each after "
		    "a nap as all here");
	report_note("targets are told on one core, where F is; with n = %d "
		    "pairs of 12 MP, p99 is the worst",
	    plan[2].n);
}
