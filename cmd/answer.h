/* SPDX-License-Identifier: ISC */
/*
 * What the command says about one file: the verdict and what goes with it,
 * taken out of the library's result so that the result can be let go at once.
 * Side: caller.
 */
#ifndef GBX_CMD_ANSWER_H
#define GBX_CMD_ANSWER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <glovebox.h>

#include "cmd/more.h"
#include "cmd/print.h"

#define GBX_CMD_SHA256_LEN 32

struct gbx_cmd_answer {
	const char *file; /* borrowed */
	enum gbx_verdict verdict;
	const char *format; /* static; NULL: unknown */
	/* 0: unknown */
	uint32_t width, height, frames, pages, members, orientation;
	uint32_t duration_ms, colour;
	uint64_t elapsed_us;
	uint32_t posture;
	enum gbx_limit limit;
	const char *field;  /* static or NULL */
	int signal, error;  /* 0: none */
	const char *detail; /* static or NULL */
	bool degraded;
	bool no_input; /* the file could not be had: exit 66 */
	bool told;     /* detail says all that error does */
	bool has_sha256;
	uint8_t sha256[GBX_CMD_SHA256_LEN];
	struct gbx_cmd_more more; /* owned */
	bool known;		  /* the fields above are filled */
	bool said;		  /* nothing is left to print */
};

/* Fill from a result; strings that the result gives are static, what is more
 * is freed by gbx_cmd_more_free. */
void gbx_cmd_answer_result(
    struct gbx_cmd_answer *a, const struct gbx_result *result);

/* The job went well, what came after did not (or nothing was asked of the
 * library at all): verdict error. what may be NULL. */
void gbx_cmd_answer_error(
    struct gbx_cmd_answer *a, int error, const char *what);

/* OUT could not be written: the same, and a line on standard error. */
void gbx_cmd_answer_output(
    struct gbx_cmd_answer *a, const char *path, int error);

/* One line, or one JSON object on a line. */
void gbx_cmd_answer_text(FILE *f, const struct gbx_cmd_answer *a);
void gbx_cmd_answer_json(FILE *f, const struct gbx_cmd_answer *a);

/* The object without its closing bracket and newline, to add keys to. */
void gbx_cmd_answer_keys(
    struct gbx_cmd_json *j, const struct gbx_cmd_answer *a);

/* 0, 65, 66, 69 or 71. */
int gbx_cmd_answer_status(const struct gbx_cmd_answer *a);

/* Of two exit statuses the one that decides: 71, 69, 66, 65, 0. */
int gbx_cmd_worse(int a, int b);

#endif
