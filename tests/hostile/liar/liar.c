/* SPDX-License-Identifier: ISC */
/*
 * The reader of scripts: words, numbers, and the loop. Side: hostile.
 * Makes no system call of its own: what is tried is what the script says.
 */
#include <string.h>

#include "sandboxed_parsers/runtime/reply.h"
#include "tests/hostile/liar/liar.h"

static const uint8_t *nonce;

/* The runtime does not show the nonce to a parser, but whoever owns the
 * process can read all of it. Here the linker helps (ld(1), --wrap). */
void __wrap_gbx_reply_open(struct gbx_reply *r, const uint8_t *job_nonce);
void __real_gbx_reply_open(struct gbx_reply *r, const uint8_t *job_nonce);

void
__wrap_gbx_reply_open(struct gbx_reply *r, const uint8_t *job_nonce)
{
	nonce = job_nonce;
	__real_gbx_reply_open(r, job_nonce);
}

const uint8_t *
liar_nonce(void)
{
	return nonce;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

struct liar_word
liar_word(struct liar *l)
{
	struct liar_word w;

	while (l->p < l->end && is_space(*l->p))
		l->p++;
	w.p = l->p;
	while (l->p < l->end && !is_space(*l->p))
		l->p++;
	w.length = (size_t)(l->p - w.p);
	return w;
}

struct liar_word
liar_peek(const struct liar *l)
{
	struct liar look = {.p = l->p, .end = l->end};

	return liar_word(&look);
}

bool
liar_is(struct liar_word word, const char *text)
{
	return word.length == strlen(text) &&
	       memcmp(word.p, text, word.length) == 0;
}

static unsigned int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned int)(c - 'a') + 10;
	return 99;
}

static uint64_t
sign(const struct liar *l, char c)
{
	switch (c) {
	case '$':
		return l->mark;
	case '#':
		return l->sink->out_size;
	default: /* @ */
		return (l->sink->out_used + GBX_ALIGN - 1) &
		       ~(uint64_t)(GBX_ALIGN - 1);
	}
}

bool
liar_number(const struct liar *l, struct liar_word word, uint64_t *ret)
{
	uint64_t value = 0;
	unsigned int base = 10;
	bool minus = false;

	if (word.length == 1 && memchr("$#@", word.p[0], 3) != NULL) {
		*ret = sign(l, word.p[0]);
		return true;
	}
	if (word.length > 1 && word.p[0] == '-') {
		minus = true;
		word.p++;
		word.length--;
	}
	if (word.length > 2 && word.p[0] == '0' && word.p[1] == 'x') {
		base = 16;
		word.p += 2;
		word.length -= 2;
	}
	if (word.length == 0)
		return false;
	for (; word.length > 0; word.p++, word.length--) {
		if (digit(*word.p) >= base)
			return false;
		value = value * base + digit(*word.p);
	}
	*ret = minus ? -value : value;
	return true;
}

uint64_t
liar_value(struct liar *l)
{
	uint64_t value = 0;

	liar_number(l, liar_word(l), &value);
	return value;
}

size_t
liar_hex(struct liar_word word, uint8_t *ret, size_t room)
{
	size_t i;

	for (i = 0; 2 * i + 1 < word.length && i < room; i++)
		ret[i] = (uint8_t)(digit(word.p[2 * i]) << 4 |
				   digit(word.p[2 * i + 1]));
	return i;
}

static void
start(struct liar *l, const struct gbx_task *task, struct gbx_sink *sink)
{
	size_t magic = gbx_parser.worker == GBX_WORKER_PNG ? 8 : 4;

	l->task = task;
	l->sink = sink;
	l->p = (const char *)task->data;
	l->end = l->p + task->size;
	l->p += magic < task->size ? magic : task->size;
	l->answer = GBX_WIRE_OK;
	l->n_wire = l->depth = 0;
}

enum gbx_wire_status
liar_run(const struct gbx_task *task, struct gbx_sink *sink)
{
	static struct liar l;
	enum liar_next next;
	struct liar_word word;

	start(&l, task, sink);
	for (;;) {
		word = liar_word(&l);
		if (word.length == 0)
			return l.answer;
		next = liar_wire(&l, word);
		if (next == LIAR_UNKNOWN)
			next = liar_deed(&l, word);
		if (next == LIAR_UNKNOWN)
			next = liar_outlaw(&l, word);
		/* A script with a wrong word must not look like a result. */
		if (next == LIAR_UNKNOWN)
			return GBX_WIRE_UNSUPPORTED;
		if (next == LIAR_RETURN)
			return l.answer;
	}
}
