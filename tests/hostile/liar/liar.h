/* SPDX-License-Identifier: ISC */
/*
 * The liar: a "parser" that does to its worker and says to the broker whatever
 * its input tells it to. Linked with the real runtime, it is what a decoder
 * becomes once an attacker owns it.
 * Side: hostile, on purpose. The language stands in tests/hostile/README.md.
 */
#ifndef GBX_TESTS_LIAR_H
#define GBX_TESTS_LIAR_H

#include "sandboxed_parsers/runtime/sink.h"

#define LIAR_DEPTH 16
/* What is built may be larger than a reply: the last word is commit's. */
#define LIAR_WIRE 16384

struct liar {
	const struct gbx_task *task;
	struct gbx_sink *sink;
	const char *p, *end; /* the script, from the next word on */
	enum gbx_wire_status answer;
	uint64_t last; /* what the last system call returned */
	uint64_t mark; /* bytes that the last `data` wrote */
	uint8_t wire[LIAR_WIRE];
	size_t n_wire;
	size_t open[LIAR_DEPTH]; /* where the bodies of open messages start */
	uint32_t depth;
};

/* A word of the script, borrowed from it; length 0 at the end. */
struct liar_word {
	const char *p;
	size_t length;
};

enum liar_next {
	LIAR_GO_ON,
	LIAR_RETURN,  /* to the runtime, as a parser does */
	LIAR_UNKNOWN, /* not a word of this file's */
};

/* liar.c: run the script behind the magic; the run() of gbx_parser. */
enum gbx_wire_status liar_run(
    const struct gbx_task *task, struct gbx_sink *sink);
struct liar_word liar_word(struct liar *l);
struct liar_word liar_peek(const struct liar *l);
bool liar_is(struct liar_word word, const char *text);
/* A number: 12, 0x1f, -1, or one of the signs $ # @. False if it is none. */
bool liar_number(const struct liar *l, struct liar_word word, uint64_t *ret);
/* The next word as a number; 0 if it is none. */
uint64_t liar_value(struct liar *l);
/* Hexadecimal digits to bytes; returns how many. */
size_t liar_hex(struct liar_word word, uint8_t *ret, size_t room);

/* The nonce of the job in hand; 16 bytes. NULL before the first job. */
const uint8_t *liar_nonce(void);

/* wire.c: what the reply says. deeds.c: what the process does. outlaw.c: what
 * it does where its lock holds nothing. */
enum liar_next liar_wire(struct liar *l, struct liar_word word);
enum liar_next liar_deed(struct liar *l, struct liar_word word);
enum liar_next liar_outlaw(struct liar *l, struct liar_word word);
/* n messages into a socket, with so many descriptors each (253 at most); how
 * many of them it took. */
uint64_t liar_flood(int sock, uint64_t n, size_t n_fds);
/* filter.c: load a filter that forbids getpid alone. 0 or -1. */
int liar_lock_again(void);

#endif
