/* SPDX-License-Identifier: ISC */
/*
 * make bench: the glovebox beside libpng in this process, in one run.
 * Side: caller.
 *     glovebox-bench [-q] [-j JSON] [-o latency,rate,memory,start,queue] \
 *         WORKER_DIR BENCH_FLOOR
 * Exit status 0 however many targets were missed: they are said, not enforced.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/bench.h"

static void
print_floor(void)
{
	struct series s = {0};
	int i;

	for (i = 0; i < 15; i++)
		series_add(&s, floor_measure(101));
	printf("F        %.0f us (%.0f to %.0f in 15 rounds): fork + _exit + "
	       "waitpid of an empty static process\n",
	    series_at(&s, 0.5), series_at(&s, 0), series_at(&s, 1));
	fflush(stdout);
	series_free(&s);
}

static void
make_pictures(struct bench *b)
{
	picture_make(&b->small, "64x64", 64, 64);
	picture_make(&b->medium, "512x512", 512, 512);
	picture_make(&b->large, "12 MP", 4000, 3000);
	printf("pictures RGB, waves and noise: 64x64 %zu bytes, 512x512 %zu, "
	       "4000x3000 %zu\n",
	    b->small.size, b->medium.size, b->large.size);
}

static bool
wants(const char *only, const char *what)
{
	return only == NULL || strstr(only, what) != NULL;
}

static void
run_all(const struct bench *b, const char *only)
{
	if (wants(only, "latency"))
		bench_latency(b);
	if (wants(only, "rate"))
		bench_rates(b);
	if (wants(only, "memory"))
		bench_memory(b);
	if (wants(only, "start"))
		bench_start(b);
	if (wants(only, "queue"))
		bench_queue(b);
}

int
main(int argc, char **argv)
{
	const char *json = NULL, *only = NULL;
	struct bench b = {0};
	double start = now_us();
	int c;

	while ((c = getopt(argc, argv, "qj:o:")) != -1) {
		if (c == 'q')
			b.quick = true;
		else if (c == 'j')
			json = optarg;
		else if (c == 'o')
			only = optarg;
		else
			return 64;
	}
	if (argc - optind != 2) {
		fprintf(stderr,
		    "usage: glovebox-bench [-q] [-j JSON] [-o WHAT,...] "
		    "WORKER_DIR BENCH_FLOOR\n");
		return 64;
	}
	b.worker_dir = argv[optind];
	floor_start(argv[optind + 1]);
	machine_print();
	print_floor();
	make_pictures(&b);
	report_open(json);
	run_all(&b, only);
	(void)report_close();
	printf("%.0f s in all\n", (now_us() - start) / 1e6);
	floor_stop();
	picture_free(&b.small);
	picture_free(&b.medium);
	picture_free(&b.large);
	return 0;
}
