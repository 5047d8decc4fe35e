/* SPDX-License-Identifier: ISC */
/*
 * What a file costs: each is read through a broker of its own, and its worker
 * is looked at every millisecond while it runs. One JSON object a line.
 *
 * usage: measure [-w DIR] [-o OP] [-f FORMAT] [-l NAME=VALUE]... [-s] FILE...
 *
 *   cpu_ms      the worker's processor time for this job, at least
 *   arena_kib   private memory that it took for it (the warm worker's not
 *               counted), at its peak
 *   output_kib  of the shared memory: the output and the input's pages
 *   host_kib    by how much this process grew, at its peak
 *
 * Side: caller; public header, and /proc. For tests/e2e/bombs.py.
 */
#include "tests/support/cmocka.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glovebox.h>

#include "tests/support/meter.h"
#include "tests/support/proc.h"

#define WORKERS 16

static struct {
	const char *worker_dir, *declared;
	uint32_t lockdown;
	struct gbx_job job;
} asked = {.lockdown = GBX_LOCKDOWN_FILTER};

struct sample {
	long anon_kib, shared_kib;
	uint64_t cpu_us;
};

struct watched {
	pid_t pid;
	struct sample first, peak;
};

/* ---- looking ------------------------------------------------------------- */

/* proc_pid_schedstat(5) has nanoseconds, where the kernel keeps them; the
 * ticks of stat are the fallback. */
static uint64_t
cpu_us_of(pid_t pid)
{
	char text[128];
	unsigned long long ns = 0;
	long ticks;

	if (proc_read(pid, "schedstat", text, sizeof(text)))
		ns = strtoull(text, NULL, 10);
	ticks = proc_ticks(pid);
	if (ns == 0 && ticks > 0)
		return (uint64_t)ticks * 1000000 /
		       (uint64_t)sysconf(_SC_CLK_TCK);
	return ns / 1000;
}

static void
take_sample(pid_t pid, struct sample *ret)
{
	ret->cpu_us = cpu_us_of(pid);
	ret->anon_kib = proc_status(pid, "RssAnon", 10);
	ret->shared_kib = proc_status(pid, "RssShmem", 10);
}

static void
look(struct watched *w, size_t n)
{
	struct sample s;
	size_t i;

	for (i = 0; i < n; i++) {
		take_sample(w[i].pid, &s);
		if (s.cpu_us > w[i].peak.cpu_us)
			w[i].peak.cpu_us = s.cpu_us;
		if (s.anon_kib > w[i].peak.anon_kib)
			w[i].peak.anon_kib = s.anon_kib;
		if (s.shared_kib > w[i].peak.shared_kib)
			w[i].peak.shared_kib = s.shared_kib;
	}
}

/* Before the job: all workers there are; only one of them will have it. */
static size_t
watch_all(struct watched *ret)
{
	struct proc_list zygotes, workers;
	size_t i, k, n = 0;

	proc_zygotes(&zygotes);
	for (i = 0; i < zygotes.n; i++) {
		proc_workers(zygotes.pid[i], &workers);
		for (k = 0; k < workers.n && n < WORKERS; k++) {
			ret[n].pid = workers.pid[k];
			take_sample(ret[n].pid, &ret[n].first);
			ret[n].peak = ret[n].first;
			n++;
		}
	}
	return n;
}

/* That which worked most. */
static struct sample
cost_of(const struct watched *w, size_t n)
{
	struct sample cost = {0, 0, 0};
	uint64_t cpu;
	size_t i;

	for (i = 0; i < n; i++) {
		cpu = w[i].peak.cpu_us - w[i].first.cpu_us;
		if (i > 0 && cpu < cost.cpu_us)
			continue;
		cost.cpu_us = cpu;
		cost.anon_kib = w[i].peak.anon_kib - w[i].first.anon_kib;
		cost.shared_kib = w[i].peak.shared_kib;
	}
	return cost;
}

/* ---- one file ------------------------------------------------------------ */

static const char *
kind_of(int fd)
{
	uint8_t head[16] = {0};
	ssize_t n = pread(fd, head, sizeof(head), 0);

	return gbx_sniff(head, n > 0 ? (size_t)n : 0);
}

static struct gbx_broker *
open_broker(const char *kind)
{
	struct gbx_broker_opts opts;
	struct gbx_broker *broker = NULL;
	struct gbx_stats stats = {.size = sizeof(stats)};
	struct gbx_result *none;
	int i;

	gbx_broker_opts_init(&opts);
	opts.worker_dir = asked.worker_dir;
	opts.lockdown = asked.lockdown;
	opts.max_idle = 1;
	if (asked.declared != NULL)
		opts.preload = asked.declared;
	else if (kind != NULL)
		opts.preload = strcmp(kind, "ooxml") == 0 ? "docx" : kind;
	if (gbx_broker_open(&opts, &broker) != GBX_OK)
		return NULL;
	/* A worker that waits and is warm: what it costs then is the job. */
	for (i = 0; i < 500 && stats.idle == 0; i++) {
		(void)gbx_collect(broker, 0, &none);
		(void)gbx_broker_stats(broker, &stats);
		sleep_ms(2);
	}
	sleep_ms(30);
	return broker;
}

static void
tell(const char *path, const struct gbx_result *r, const struct sample *cost,
    unsigned long host_kib, unsigned long ms)
{
	size_t i, bytes = 0;
	struct gbx_block block = {.size = sizeof(block)};

	for (i = 0; gbx_result_block(r, i, &block) == GBX_OK; i++)
		bytes += block.length;
	printf("{\"file\": \"%s\", \"verdict\": \"%s\"", path,
	    gbx_verdict_name(gbx_result_verdict(r)));
	if (gbx_result_limit(r) != GBX_LIMIT_NONE)
		printf(
		    ", \"limit\": \"%s\"", gbx_limit_name(gbx_result_limit(r)));
	if (gbx_result_field(r) != NULL)
		printf(", \"field\": \"%s\"", gbx_result_field(r));
	if (gbx_result_signal(r) != 0)
		printf(", \"signal\": %d", gbx_result_signal(r));
	printf(", \"bytes\": %zu, \"ms\": %lu, \"cpu_ms\": %.1f, "
	       "\"arena_kib\": %ld, \"output_kib\": %ld, \"host_kib\": %lu}\n",
	    bytes, ms, (double)cost->cpu_us / 1000, cost->anon_kib,
	    cost->shared_kib, host_kib);
	fflush(stdout);
}

static int
measure(const char *path)
{
	struct watched watched[WORKERS];
	struct gbx_result *r = NULL;
	struct gbx_broker *broker;
	struct gbx_input input;
	struct sample cost;
	struct meter meter;
	unsigned long kib, ms;
	size_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	broker = fd < 0 ? NULL : open_broker(kind_of(fd));
	if (broker == NULL) {
		fprintf(
		    stderr, "measure: %s: no such file, or no broker\n", path);
		return 1;
	}
	n = watch_all(watched);
	gbx_input_init(&input);
	input.fd = fd;
	input.type = asked.declared;
	meter_start(&meter);
	if (gbx_submit(broker, &input, &asked.job, NULL) != GBX_OK)
		return 1;
	do {
		look(watched, n);
	} while (gbx_collect(broker, 1, &r) == GBX_ERR_AGAIN);
	meter_stop(&meter, &kib, &ms);
	cost = cost_of(watched, n);
	tell(path, r, &cost, kib, ms);
	gbx_result_free(r);
	gbx_broker_close(broker);
	close(fd);
	return 0;
}

/* ---- options ------------------------------------------------------------- */

static bool
set_limit(const char *text)
{
	struct gbx_limit_info info = {.size = sizeof(info)};
	int i;

	for (i = 1; gbx_limit_info((enum gbx_limit)i, &info) == GBX_OK; i++)
		if (strncmp(text, info.name, strlen(info.name)) == 0 &&
		    text[strlen(info.name)] == '=') {
			asked.job.limit[i] =
			    strtoull(text + strlen(info.name) + 1, NULL, 10);
			return true;
		}
	return false;
}

static bool
set_op(const char *name)
{
	static const char *const names[] = {
	    NULL, "probe", "decode", "thumbnail", "text"};
	uint32_t i;

	for (i = 1; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0) {
			asked.job.op = i;
			return true;
		}
	return false;
}

int
main(int argc, char **argv)
{
	bool good = true;
	int c;

	proc_adopt();
	asked.worker_dir = getenv("GLOVEBOX_LIBEXEC");
	gbx_job_init(&asked.job, GBX_OP_DECODE);
	while (good && (c = getopt(argc, argv, "w:o:f:l:s")) != -1) {
		if (c == 'w')
			asked.worker_dir = optarg;
		else if (c == 'f')
			asked.declared = optarg;
		else if (c == 's')
			asked.lockdown = GBX_LOCKDOWN_STRICT;
		else
			good = c == 'o'	  ? set_op(optarg)
			       : c == 'l' ? set_limit(optarg)
					  : false;
	}
	for (; good && optind < argc; optind++)
		good = measure(argv[optind]) == 0;
	return good ? 0 : 1;
}
