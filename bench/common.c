/* SPDX-License-Identifier: ISC */
/* Brokers and jobs for all benches. Side: caller. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/bench.h"

struct gbx_broker *
bench_open(const struct bench *b, uint32_t lockdown)
{
	struct gbx_broker_opts opts;
	struct gbx_broker *broker = NULL;
	enum gbx_err err;

	gbx_broker_opts_init(&opts);
	opts.worker_dir = b->worker_dir;
	opts.lockdown = lockdown;
	opts.preload = "png";
	err = gbx_broker_open(&opts, &broker);
	if (err != GBX_OK) {
		fprintf(stderr, "bench: no broker: %s (%s)\n",
		    gbx_err_name(err), strerror(errno));
		exit(1);
	}
	return broker;
}

void
bench_job(const struct picture *p, struct gbx_input *input, struct gbx_job *job)
{
	gbx_input_init(input);
	input->data = p->png;
	input->length = p->size;
	gbx_job_init(job, GBX_OP_DECODE);
	job->limit[GBX_LIMIT_WALL] = 60000;
}

void
bench_accept(struct gbx_result *r, const struct picture *p, bool look)
{
	struct gbx_block block = {.size = sizeof(block)};

	if (gbx_result_verdict(r) != GBX_VERDICT_OK ||
	    gbx_result_block(r, 0, &block) != GBX_OK ||
	    block.width != p->width || block.height != p->height ||
	    (look && picture_sum(block.data, block.length) != p->sum)) {
		fprintf(stderr, "bench: a wrong result: %s, %s\n",
		    gbx_verdict_name(gbx_result_verdict(r)),
		    gbx_result_detail(r));
		exit(1);
	}
	gbx_result_free(r);
}

void
bench_settle(struct gbx_broker *broker)
{
	static const struct timespec nap = {0, 2000000};
	struct gbx_stats stats = {.size = sizeof(stats)};
	struct gbx_result *r;
	int tries;

	for (tries = 0; tries < 1000; tries++) {
		(void)gbx_collect(broker, 0, &r);
		(void)gbx_broker_stats(broker, &stats);
		nanosleep(&nap, NULL);
		if (stats.idle > 0)
			return;
	}
	fprintf(stderr, "bench: the pool stays empty\n");
	exit(1);
}
