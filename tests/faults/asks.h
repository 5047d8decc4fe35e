/* SPDX-License-Identifier: ISC */
/*
 * Jobs whose right answer is known, and what else may come of them while calls
 * fail. Side: caller; uses the public header alone.
 */
#ifndef GBX_TESTS_FAULTS_ASKS_H
#define GBX_TESTS_FAULTS_ASKS_H

#include <glovebox.h>

enum ask_content {
	ASK_NOTHING, /* the verdict is all */
	ASK_PIXELS,
	ASK_SIZE,  /* PIXELS, of a probe: no data */
	ASK_SMALL, /* PIXELS that fit the box */
	ASK_TEXT
};

struct ask {
	const char *name;
	struct gbx_input input;
	struct gbx_job job;
	uint32_t verdicts; /* 1 << enum gbx_verdict: the right ones */
	enum ask_content content;
	uint32_t width, height, seed; /* of PIXELS */
	const char *text;
	uint64_t id;
	int state; /* 0 not asked, 1 submitted, 2 answered */
};

/* Make the samples; false: no memory. */
bool ask_prepare(void);

/* A decode of the picture with this number (0 small, 1 large: sealed). */
void ask_picture(struct ask *a, int number);
/* That picture from this descriptor. */
void ask_file(struct ask *a, int number, int fd);
void ask_document(struct ask *a);
/* A script of the hostile kit, with the verdict it deserves; 8 s of wall. */
void ask_liar(struct ask *a, const char *script, enum gbx_verdict verdict);
void ask_also(struct ask *a, enum gbx_verdict verdict);

/* A memfd with that picture, sealed or not; a pipe with it, or one that stays
 * open and empty, whose other end is *ret_writer. */
int ask_memfd(int number, bool sealed);
int ask_pipe(int number);
int ask_silent_pipe(int *ret_writer);

/* Why not, or NULL. strict: no call fails now, so only the right answer does;
 * else also an error that says what failed. */
const char *ask_run(struct gbx_broker *b, struct ask *a, bool strict);
const char *ask_submit(struct gbx_broker *b, struct ask *a);
/* Until each submitted one is answered, once. polled: by poll(2) on
 * gbx_broker_fd, else by waiting inside. Results go to the caller's `kept` (if
 * it isn't NULL), or are freed. */
const char *ask_collect(
    struct gbx_broker *b, int n, bool polled, struct gbx_result **kept);

#endif
