/* SPDX-License-Identifier: ISC */
/* Cold start: from gbx_broker_open to the first verdict. Side: caller. */
#include <stdio.h>
#include <stdlib.h>

#include "bench/bench.h"

struct times {
	struct series open, first, close, floor;
};

static void
start_once(const struct bench *b, uint32_t lockdown, struct times *t)
{
	struct gbx_broker *broker;
	struct gbx_input input;
	struct gbx_result *r;
	struct gbx_job job;
	double start = now_us();

	broker = bench_open(b, lockdown);
	series_add(&t->open, now_us() - start);
	bench_job(&b->small, &input, &job);
	if (gbx_run(broker, &input, &job, &r) != GBX_OK)
		exit(1);
	series_add(&t->first, now_us() - start);
	bench_accept(r, &b->small, true);
	start = now_us();
	gbx_broker_close(broker);
	series_add(&t->close, now_us() - start);
}

static void
measure(const struct bench *b, uint32_t lockdown, int cores)
{
	int i, on = machine_cores(cores), n = b->quick ? 5 : 40;
	struct target target = {3, AT_MOST, 12};
	struct times t = {0};
	char name[64];
	double f, v[6];

	for (i = 0; i < n; i++) {
		series_add(&t.floor, floor_measure(1));
		start_once(b, lockdown, &t);
	}
	f = series_at(&t.floor, 0.5);
	v[0] = series_at(&t.open, 0.5) / 1e3;
	v[1] = series_at(&t.first, 0.5) / 1e3;
	v[2] = series_at(&t.first, 0.99) / 1e3;
	v[3] = v[1] * 1e3 / f;
	v[4] = series_at(&t.close, 0.5) / 1e3;
	v[5] = f;
	/* 12 F or 8 ms, whichever is more */
	if (8000 > 12 * f)
		target = (struct target){1, AT_MOST, 8};
	snprintf(name, sizeof(name), "%s, %d core%s",
	    lockdown == GBX_LOCKDOWN_STRICT ? "strict" : "filter", on,
	    on > 1 ? "s" : "");
	report_row(name, v, &target);
	series_free(&t.open);
	series_free(&t.first);
	series_free(&t.close);
	series_free(&t.floor);
	machine_cores(0);
}

void
bench_start(const struct bench *b)
{
	static const char *const columns[] = {"open p50", "first p50",
	    "first p99", "first F", "close p50", "F us", NULL};

	report_section("cold start, ms", columns);
	measure(b, GBX_LOCKDOWN_FILTER, 1);
	measure(b, GBX_LOCKDOWN_FILTER, 0);
	measure(b, GBX_LOCKDOWN_STRICT, 0);
	report_note("first: from the call of gbx_broker_open to the verdict "
		    "of a 64x64 PNG");
}
