/* SPDX-License-Identifier: ISC */
/*
 * Jobs a second, saturated: fresh processes, and batches of a domain, against
 * the same decode in a loop. Short slices of both sides and single forks
 * alternate. Side: caller.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"

#define SLICES 30
#define AHEAD  128 /* jobs submitted and not collected: two batches */

static void
submit(struct gbx_broker *broker, const struct picture *p, const char *domain)
{
	struct gbx_input input;
	struct gbx_job job;
	enum gbx_err err;

	bench_job(p, &input, &job);
	job.domain = domain;
	err = gbx_submit(broker, &input, &job, NULL);
	if (err != GBX_OK) {
		fprintf(stderr, "bench: gbx_submit: %s (%s)\n",
		    gbx_err_name(err), strerror(errno));
		exit(1);
	}
}

static void
collect(struct gbx_broker *broker, const struct picture *p)
{
	struct gbx_result *r;

	if (gbx_collect(broker, 10000, &r) != GBX_OK) {
		fprintf(stderr, "bench: nothing to collect\n");
		exit(1);
	}
	bench_accept(r, p, false);
}

/* us a job */
static double
jobs_there(struct gbx_broker *broker, const struct picture *p, int n,
    const char *domain)
{
	double start = now_us();
	int sent = 0, done = 0;

	while (done < n) {
		while (sent < n && sent - done < AHEAD) {
			submit(broker, p, domain);
			sent++;
		}
		collect(broker, p);
		done++;
	}
	return (now_us() - start) / n;
}

static double
jobs_here(const struct picture *p, int n)
{
	double start = now_us();
	uint8_t *out;
	int i;

	for (i = 0; i < n; i++) {
		out = malloc((size_t)p->width * p->height * 4);
		if (out == NULL)
			abort();
		picture_decode(p, out);
		free(out);
	}
	return (now_us() - start) / n;
}

struct load {
	const char *name, *domain;
	const struct picture *p;
	uint32_t lockdown;
	int cores, n;
	struct target target;
};

struct slices {
	struct series here, there, floor;
	double busy, wall;
};

static void
one_slice(
    struct gbx_broker *broker, const struct load *l, int n, struct slices *s)
{
	double t, busy;
	int i;

	for (i = 0; i < 3; i++)
		series_add(&s->floor, floor_measure(1));
	series_add(&s->here, jobs_here(l->p, n));
	t = now_us();
	busy = machine_busy_us();
	series_add(&s->there, jobs_there(broker, l->p, n, l->domain));
	s->busy += machine_busy_us() - busy;
	s->wall += now_us() - t;
}

static void
show(const struct load *l, int cores, struct slices *s)
{
	double here = series_at(&s->here, 0.5),
	       there = series_at(&s->there, 0.5);
	double f = series_at(&s->floor, 0.5);
	double v[] = {there, 1e6 / there, 1e6 / here, here / there,
	    there * cores / f, (there * cores - here) / f,
	    100 * s->busy / (s->wall * cores), f};

	report_row(l->name, v, l->target.bound != NO_BOUND ? &l->target : NULL);
	series_free(&s->here);
	series_free(&s->there);
	series_free(&s->floor);
}

static void
measure(const struct bench *b, const struct load *l)
{
	int i, slices = b->quick ? SLICES / 5 : SLICES;
	int cores = machine_cores(l->cores);
	struct gbx_broker *broker = bench_open(b, l->lockdown);
	struct slices s = {0};

	(void)jobs_there(broker, l->p, l->n, l->domain);
	for (i = 0; i < slices; i++)
		one_slice(broker, l, l->n, &s);
	gbx_broker_close(broker);
	show(l, cores, &s);
	machine_cores(0);
}

void
bench_rates(const struct bench *b)
{
	static const char *const columns[] = {"us/job", "jobs/s", "here /s",
	    "vs here", "F/job", "+F/job", "busy %", "F us", NULL};
	const uint32_t filter = GBX_LOCKDOWN_FILTER,
		       strict = GBX_LOCKDOWN_STRICT;
	const struct load loads[] = {
	    {"64x64, fresh, filter, 1 core", NULL, &b->small, filter, 1, 100,
		{5, AT_MOST, 3.3}},
	    {"64x64, fresh, strict, 1 core", NULL, &b->small, strict, 1, 100,
		{5, AT_MOST, 3.3}},
	    {"64x64, fresh, filter, 2 cores", NULL, &b->small, filter, 2, 100,
		{0, NO_BOUND, 0}},
	    {"64x64, batch of 64, filter, 1 core", "bench", &b->small, filter,
		1, 640, {3, AT_LEAST, 0.8}},
	    {"64x64, batch of 64, strict, 1 core", "bench", &b->small, strict,
		1, 640, {3, AT_LEAST, 0.8}},
	    {"64x64, batch of 64, filter, 2 cores", "bench", &b->small, filter,
		2, 640, {0, NO_BOUND, 0}},
	    {"512x512, fresh, filter, 1 core", NULL, &b->medium, filter, 1, 8,
		{0, NO_BOUND, 0}},
	    {"512x512, fresh, filter, 2 cores", NULL, &b->medium, filter, 2, 8,
		{0, NO_BOUND, 0}},
	};
	size_t i;

	report_section("saturated, submit and collect", columns);
	for (i = 0; i < sizeof(loads) / sizeof(loads[0]); i++)
		if (machine_cores(0) >= loads[i].cores)
			measure(b, &loads[i]);
	report_note(
	    "here: libpng in a loop, one thread, slices in turn; F/job: "
	    "cores x wall, +F/job: without the decode");
	report_note("F us: of single forks between the slices; the F above is "
		    "of many in a row");
}
