/* SPDX-License-Identifier: ISC */
/*
 * Jobs a second, saturated: fresh processes, and batches of a domain, against
 * the same decode in a loop. Slices of both sides alternate. Side: caller.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"

#define SLICES 6
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

static void
measure(const struct bench *b, const struct load *l)
{
	int i, n = b->quick ? l->n / 10 + 128 : l->n;
	int cores = machine_cores(l->cores);
	struct gbx_broker *broker = bench_open(b, l->lockdown);
	struct series here = {0}, there = {0}, floor = {0};
	double busy = 0, wall = 0, t, u, v[6];

	(void)jobs_there(broker, l->p, n / SLICES, l->domain);
	for (i = 0; i < SLICES; i++) {
		series_add(&floor, floor_measure(101));
		series_add(&here, jobs_here(l->p, n / SLICES));
		t = now_us();
		u = machine_busy_us();
		series_add(
		    &there, jobs_there(broker, l->p, n / SLICES, l->domain));
		busy += machine_busy_us() - u;
		wall += now_us() - t;
	}
	gbx_broker_close(broker);
	v[0] = series_at(&there, 0.5);
	v[1] = 1e6 / v[0];
	v[2] = v[0] * cores / series_at(&floor, 0.5);
	v[3] = 1e6 / series_at(&here, 0.5);
	v[4] = v[1] / v[3];
	v[5] = 100 * busy / (wall * cores);
	report_row(l->name, v, l->target.bound != NO_BOUND ? &l->target : NULL);
	series_free(&here);
	series_free(&there);
	series_free(&floor);
	machine_cores(0);
}

void
bench_rates(const struct bench *b)
{
	static const char *const columns[] = {"us/job", "jobs/s", "F/job",
	    "here jobs/s", "vs here", "busy %", NULL};
	const uint32_t filter = GBX_LOCKDOWN_FILTER,
		       strict = GBX_LOCKDOWN_STRICT;
	const struct load loads[] = {
	    {"64x64, fresh, filter, 1 core", NULL, &b->small, filter, 1, 3000,
		{2, AT_MOST, 3.3}},
	    {"64x64, fresh, strict, 1 core", NULL, &b->small, strict, 1, 3000,
		{2, AT_MOST, 3.3}},
	    {"64x64, fresh, filter, 2 cores", NULL, &b->small, filter, 2, 3000,
		{0, NO_BOUND, 0}},
	    {"64x64, batch of 64, filter, 1 core", "bench", &b->small, filter,
		1, 12000, {4, AT_LEAST, 0.8}},
	    {"64x64, batch of 64, strict, 1 core", "bench", &b->small, strict,
		1, 12000, {4, AT_LEAST, 0.8}},
	    {"64x64, batch of 64, filter, 2 cores", "bench", &b->small, filter,
		2, 12000, {0, NO_BOUND, 0}},
	    {"512x512, fresh, filter, 2 cores", NULL, &b->medium, filter, 2,
		300, {0, NO_BOUND, 0}},
	};
	size_t i;

	report_section("saturated, submit and collect", columns);
	for (i = 0; i < sizeof(loads) / sizeof(loads[0]); i++)
		if (machine_cores(0) >= loads[i].cores)
			measure(b, &loads[i]);
	report_note("F/job: processor time, cores x wall; here: libpng in a "
		    "loop, one thread");
}
