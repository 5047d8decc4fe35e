/* SPDX-License-Identifier: ISC */
/*
 * What an answer holds beside a few numbers: properties, and how long each of
 * several frames is shown. Side: caller. Copied out of the result, so that the
 * result can be let go at once.
 */
#ifndef GBX_CMD_MORE_H
#define GBX_CMD_MORE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <glovebox.h>

#include "cmd/print.h"

struct gbx_cmd_more {
	/* Name and value in turn, each with its NUL (the gate lets none
	 * through inside). */
	char *strings;
	size_t n_properties;
	uint32_t *durations_ms;
	size_t n_frames;  /* of several; else 0 */
	size_t n_decoded; /* frames with pixels, one, too */
	uint32_t first;	  /* the number of the first that came out */
	int error;	  /* errno: there was no memory for them */
};

/* Fill an empty one; gbx_cmd_more_free empties it again. */
void gbx_cmd_more_take(
    struct gbx_cmd_more *more, const struct gbx_result *result);
void gbx_cmd_more_free(struct gbx_cmd_more *more);

/* Properties, a line each, indented. */
void gbx_cmd_more_text(FILE *f, const struct gbx_cmd_more *more);
/* "properties" and "durations_ms", where there are any. */
void gbx_cmd_more_json(struct gbx_cmd_json *j, const struct gbx_cmd_more *more);

#endif
