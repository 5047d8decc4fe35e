/* SPDX-License-Identifier: ISC */
/*
 * A file that is either written whole or not there. Side: caller.
 */
#ifndef GBX_CMD_OUTPUT_H
#define GBX_CMD_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "cmd/place.h"
#include "cmd/temp.h"

/* Private but for f. It stays where it is while it is open. */
struct gbx_cmd_output {
	FILE *f; /* write here */
	struct gbx_cmd_place place;
	char temp[GBX_CMD_TEMP_LEN]; /* name beside it; "": none */
};

/* Is OUT standard output? ("-", "/dev/stdout", a link to it) */
bool gbx_cmd_output_is_stdout(const char *path);

/* Is OUT a terminal that we were started with? One that is named as a device
 * is meant. */
bool gbx_cmd_output_is_terminal(const char *path);

/*
 * Begin to write path. A new or a regular file appears by
 * gbx_cmd_output_commit, in one step; links are followed. Descriptors,
 * character devices and FIFOs are written as they stand; for the reader of a
 * FIFO it waits ten seconds. Returns 0 or an errno.
 */
int gbx_cmd_output_open(const char *path, struct gbx_cmd_output *ret_out);

/* Finish. Returns 0, or the errno of what went wrong at any write; then the
 * file is as it was before. Consumes *out either way. */
int gbx_cmd_output_commit(struct gbx_cmd_output *out);

/* Leave the file as it was. Consumes *out. */
void gbx_cmd_output_abort(struct gbx_cmd_output *out);

/* What an errno of ours means, in a sentence of its own; NULL where
 * strerror(3) tells as much. Static. */
const char *gbx_cmd_output_error(int error);

#endif
