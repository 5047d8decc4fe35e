/* SPDX-License-Identifier: ISC */
/*
 * A program that was built with the header of version 0.1 (glovebox-0.1.h) and
 * runs on whatever library is there. usage: caller WORKER-DIR < FILE
 * Prints the verdict, then each block and each record. Structs stand between
 * guards, so that a library that writes more than 0.1 knew of is seen.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/abi/glovebox-0.1.h"

#define GUARD 64

/* Whatever the library fills in, with guards around it. */
struct broker_opts {
	unsigned char before[GUARD];
	struct gbx_broker_opts it;
	unsigned char after[GUARD];
};
struct input {
	unsigned char before[GUARD];
	struct gbx_input it;
	unsigned char after[GUARD];
};
struct job {
	unsigned char before[GUARD];
	struct gbx_job it;
	unsigned char after[GUARD];
};
struct record {
	unsigned char before[GUARD];
	struct gbx_record it;
	unsigned char after[GUARD];
};
struct block {
	unsigned char before[GUARD];
	struct gbx_block it;
	unsigned char after[GUARD];
};

static int broken;

static void
look(const unsigned char *before, const unsigned char *after, const char *name)
{
	int i;

	for (i = 0; i < GUARD; i++)
		if (before[i] != 0xa7 || after[i] != 0xa7)
			broken = 1;
	if (broken)
		printf("written beside %s\n", name);
}

#define LOOK(s) look((s).before, (s).after, #s)

static void
print_records(const struct gbx_result *result, size_t block, size_t n)
{
	struct record r;
	size_t i;

	for (i = 0; i < n; i++) {
		memset(&r, 0xa7, sizeof(r));
		r.it.size = sizeof(r.it);
		if (gbx_result_record(result, block, i, &r.it) != GBX_OK)
			printf("no record %zu\n", i);
		else
			printf("record %u %u %.*s\n", r.it.kind, r.it.flags,
			    (int)r.it.name_length, r.it.name);
		LOOK(r);
	}
}

static void
print_result(const struct gbx_result *result)
{
	struct block b;
	size_t i;

	printf("%s\n", gbx_verdict_name(gbx_result_verdict(result)));
	for (i = 0; i < gbx_result_blocks(result); i++) {
		memset(&b, 0xa7, sizeof(b));
		b.it.size = sizeof(b.it);
		if (gbx_result_block(result, i, &b.it) != GBX_OK) {
			printf("no block %zu\n", i);
			continue;
		}
		printf("block %u %zu\n", b.it.kind, b.it.length);
		LOOK(b);
		if (b.it.kind == GBX_BLOCK_RECORDS)
			print_records(result, i, b.it.records);
	}
}

int
main(int argc, char **argv)
{
	struct gbx_result *result = NULL;
	struct gbx_broker *broker = NULL;
	struct broker_opts opts;
	struct input input;
	struct job job;
	enum gbx_err err;

	memset(&opts, 0xa7, sizeof(opts));
	memset(&input, 0xa7, sizeof(input));
	memset(&job, 0xa7, sizeof(job));
	gbx_broker_opts_init(&opts.it);
	gbx_input_init(&input.it);
	gbx_job_init(&job.it, GBX_OP_TEXT);
	LOOK(opts);
	LOOK(input);
	LOOK(job);
	if (argc > 1)
		opts.it.worker_dir = argv[1];
	input.it.fd = STDIN_FILENO;
	err = gbx_broker_open(&opts.it, &broker);
	if (err == GBX_OK)
		err = gbx_run(broker, &input.it, &job.it, &result);
	if (err == GBX_OK)
		print_result(result);
	else
		printf("error: %s\n", gbx_err_name(err));
	gbx_result_free(result);
	gbx_broker_close(broker);
	return broken;
}
