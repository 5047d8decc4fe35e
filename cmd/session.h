/* SPDX-License-Identifier: ISC */
/*
 * The one broker of a run of the command: opened when the first file is there
 * to be parsed, closed at the end. Side: caller.
 */
#ifndef GBX_CMD_SESSION_H
#define GBX_CMD_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glovebox.h>

#include "cmd/answer.h"
#include "cmd/options.h"

struct gbx_cmd_session {
	const struct gbx_cmd_options *options;
	size_t n_files;
	struct gbx_broker *broker;
	bool tried;
	enum gbx_err err; /* of opening */
	int error;	  /* errno of opening, 0 if it says nothing */
	char why[384];	  /* where answers point that it was not opened */
	size_t window;	  /* jobs that may be under way */
	char *worker_dir; /* owned; NULL: the installation's */
};

void gbx_cmd_session_init(struct gbx_cmd_session *s,
    const struct gbx_cmd_options *options, size_t n_files);

/* Open the broker unless that was tried already; fd is the input that wants
 * it. False: it can't be had, and *a says so. */
bool gbx_cmd_session_open(
    struct gbx_cmd_session *s, int fd, struct gbx_cmd_answer *a);

void gbx_cmd_session_done(struct gbx_cmd_session *s);

/* Where the workers are: --worker-dir, else libexec/ beside the running
 * program where there is one, else NULL. The caller frees it. */
char *gbx_cmd_worker_dir(const struct gbx_cmd_options *options);

#endif
