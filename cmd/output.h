/* SPDX-License-Identifier: ISC */
/*
 * A file that is either written whole or not there. Side: caller.
 */
#ifndef GBX_CMD_OUTPUT_H
#define GBX_CMD_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/* Private but for f. */
struct gbx_cmd_output {
	FILE *f;	  /* write here */
	const char *path; /* borrowed */
	char *temp;	  /* name beside path, NULL while there is none */
	mode_t mode;	  /* of the file that it replaces; 0: none */
	bool direct;	  /* path is written as it stands */
};

/* Is OUT standard output? ("-", "/dev/stdout") */
bool gbx_cmd_output_is_stdout(const char *path);

/*
 * Begin to write path. A new or a regular file is replaced by
 * gbx_cmd_output_commit, in one step; standard output, symbolic links,
 * devices and FIFOs are written as they stand. Returns 0 or an errno.
 */
int gbx_cmd_output_open(const char *path, struct gbx_cmd_output *ret_out);

/* Finish. Returns 0, or the errno of what went wrong at any write; then the
 * file is as it was before. Consumes *out either way. */
int gbx_cmd_output_commit(struct gbx_cmd_output *out);

/* Leave the file as it was. Consumes *out. */
void gbx_cmd_output_abort(struct gbx_cmd_output *out);

#endif
