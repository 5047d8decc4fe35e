/* SPDX-License-Identifier: ISC */
/*
 * What a job costs while many others wait: one collected and one submitted in
 * their stead, in turns of three brokers whose queues are of different length,
 * so that the machine's mood is the same for all. Side: caller.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench/bench.h"

#define DEPTHS 3
#define SLICES 24
#define JOBS   50

static const int depths[DEPTHS] = {100, 10000, 100000};

static struct gbx_broker *
open_deep(const struct bench *b)
{
	struct gbx_broker_opts opts;
	struct gbx_broker *broker;

	gbx_broker_opts_init(&opts);
	opts.worker_dir = b->worker_dir;
	opts.preload = "png";
	opts.max_queued = 200000;
	if (gbx_broker_open(&opts, &broker) != GBX_OK) {
		fprintf(stderr, "bench: no broker for a long queue\n");
		exit(1);
	}
	return broker;
}

static void
submit(struct gbx_broker *broker, const struct picture *p)
{
	struct gbx_input input;
	struct gbx_job job;

	bench_job(p, &input, &job);
	job.limit[GBX_LIMIT_WALL] = 600000;
	if (gbx_submit(broker, &input, &job, NULL) != GBX_OK) {
		fprintf(stderr, "bench: a long queue is refused\n");
		exit(1);
	}
}

/* Of this process: what the broker spends, whoever else is running. */
static double
cpu_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

struct cost {
	struct series wall, cpu;
};

static void
one_slice(
    struct gbx_broker *broker, const struct picture *p, int n, struct cost *ret)
{
	double start = now_us(), cpu = cpu_us();
	struct gbx_result *r;
	int i;

	for (i = 0; i < n; i++) {
		if (gbx_collect(broker, 60000, &r) != GBX_OK)
			exit(1);
		bench_accept(r, p, false);
		submit(broker, p);
	}
	series_add(&ret->wall, (now_us() - start) / n);
	series_add(&ret->cpu, (cpu_us() - cpu) / n);
}

void
bench_queue(const struct bench *b)
{
	static const char *const columns[] = {
	    "us/job", "ratio", "broker us", "its ratio", NULL};
	const struct target flat = {1, AT_MOST, 1.1};
	struct gbx_broker *broker[DEPTHS];
	struct cost s[DEPTHS] = {{{0}, {0}}};
	char name[64];
	int i, k;

	report_section("a queue of so many jobs", columns);
	for (k = 0; k < DEPTHS; k++) {
		broker[k] = open_deep(b);
		for (i = 0; i < depths[k]; i++)
			submit(broker[k], &b->small);
	}
	for (i = 0; i < (b->quick ? SLICES / 4 : SLICES); i++)
		for (k = 0; k < DEPTHS; k++)
			one_slice(broker[k], &b->small, JOBS, &s[k]);
	for (k = 0; k < DEPTHS; k++) {
		double wall = series_at(&s[k].wall, 0.5),
		       cpu = series_at(&s[k].cpu, 0.5);
		double v[] = {wall, wall / series_at(&s[0].wall, 0.5), cpu,
		    cpu / series_at(&s[0].cpu, 0.5)};

		snprintf(name, sizeof(name), "64x64, %d waiting", depths[k]);
		report_row(name, v, k > 0 ? &flat : NULL);
	}
	for (k = 0; k < DEPTHS; k++) {
		gbx_broker_close(broker[k]);
		series_free(&s[k].wall);
		series_free(&s[k].cpu);
	}
	report_note("one collected, one submitted; the brokers take turns");
}
