/* SPDX-License-Identifier: ISC */
/*
 * Many files through one broker, answered in the order they were named.
 * Side: caller.
 */
#ifndef GBX_CMD_FILES_H
#define GBX_CMD_FILES_H

#include <stddef.h>
#include <stdio.h>

#include <glovebox.h>

#include "cmd/answer.h"
#include "cmd/options.h"

struct gbx_cmd_work {
	const struct gbx_cmd_options *options;
	enum gbx_op op;
	char **file;
	size_t n_files;
	FILE *lines; /* where the lines go: stdout or stderr */
	/* Called with each result, in the order in which jobs end, while it
	 * lives; may turn the answer into an error, or say all itself
	 * (a->said). NULL: nothing to do. broker: for a job that follows,
	 * where there is one file. */
	void (*done)(void *context, struct gbx_broker *broker,
	    struct gbx_cmd_answer *a, const struct gbx_result *result);
	void *context;
};

/* Returns the exit status that the files call for. Jobs run beside each
 * other; of the results no more than one is held at a time. */
int gbx_cmd_files(const struct gbx_cmd_work *work);

/* What commands share that run jobs of their own: a job as the options have
 * it; why a call failed, in words; an input that can't be opened. */
void gbx_cmd_job(
    const struct gbx_cmd_options *o, enum gbx_op op, struct gbx_job *ret_job);
const char *gbx_cmd_call_failed(enum gbx_err err, int error);
void gbx_cmd_open_failed(struct gbx_cmd_answer *a, int error);

#endif
