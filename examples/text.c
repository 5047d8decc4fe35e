/* SPDX-License-Identifier: ISC */
/*
 * The text of a document on stdin, its properties and what to beware of.
 * Side: caller.
 *
 * usage: text <FILE
 * GLOVEBOX_LIBEXEC names the workers' directory of a tree not installed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glovebox.h>

static void
print_records(const struct gbx_result *result, size_t block, uint32_t records)
{
	struct gbx_record r = {.size = sizeof(r)};

	for (uint32_t i = 0; i < records; i++) {
		if (gbx_result_record(result, block, i, &r) != GBX_OK)
			continue;
		if (r.kind == GBX_RECORD_PROPERTY)
			printf("%.*s: %.*s\n", (int)r.name_length, r.name,
			    (int)r.value_length, r.value);
		if (r.kind == GBX_RECORD_FLAG && r.flags & GBX_DOC_MACROS)
			printf("beware: it holds macros\n");
		if (r.kind == GBX_RECORD_FLAG && r.flags & GBX_DOC_EXTERNAL)
			printf("beware: it refers to things outside\n");
	}
}

static int
print(const struct gbx_result *result)
{
	struct gbx_block block = {.size = sizeof(block)};

	if (gbx_result_verdict(result) != GBX_VERDICT_OK) {
		fprintf(stderr, "text: %s: %s\n",
		    gbx_verdict_name(gbx_result_verdict(result)),
		    gbx_result_detail(result));
		return 65;
	}
	for (size_t i = 0; gbx_result_block(result, i, &block) == GBX_OK; i++) {
		if (block.kind == GBX_BLOCK_TEXT)
			printf("%.*s\n", (int)block.length,
			    (const char *)block.data);
		if (block.kind == GBX_BLOCK_RECORDS)
			print_records(result, i, block.records);
	}
	return 0;
}

int
main(void)
{
	struct gbx_broker_opts opts;
	struct gbx_broker *broker;
	struct gbx_result *result;
	struct gbx_input input;
	struct gbx_job job;
	const char *why;
	enum gbx_err err;
	int status;

	gbx_broker_opts_init(&opts);
	opts.worker_dir = getenv("GLOVEBOX_LIBEXEC");
	opts.require =
	    GBX_POSTURE_NETNS; /* or any layer you can't do without */
	err = gbx_broker_open(&opts, &broker);
	if (err != GBX_OK) {
		why = err == GBX_ERR_SYSTEM ? gbx_start_error(errno) : NULL;
		fprintf(stderr, "text: %s: %s\n", gbx_err_name(err),
		    why ? why : strerror(errno));
		return 69;
	}
	gbx_input_init(&input);
	input.fd = 0;
	gbx_job_init(&job, GBX_OP_TEXT);
	job.limit[GBX_LIMIT_TEXT] = 1 << 20;
	err = gbx_run(broker, &input, &job, &result);
	if (err != GBX_OK) {
		fprintf(stderr, "text: %s: %s\n", gbx_err_name(err),
		    strerror(errno));
		gbx_broker_close(broker);
		return 71;
	}
	status = print(result);
	gbx_result_free(result);
	gbx_broker_close(broker);
	return status;
}
