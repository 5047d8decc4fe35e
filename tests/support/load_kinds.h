/* SPDX-License-Identifier: ISC */
/* The kinds of jobs in a load, for load.c alone. Side: caller. */
#ifndef GBX_TESTS_SUPPORT_LOAD_KINDS_H
#define GBX_TESTS_SUPPORT_LOAD_KINDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glovebox.h>

enum kind {
	GOOD,
	LARGE,	 /* past what is copied: sealed and mapped */
	CUT_OFF, /* malformed */
	PROBE,
	THUMBNAIL,
	TOO_BIG, /* a header that declares too much */
	NO_FORMAT,
	OTHER_TYPE,
	EMPTY,
	TEXT,
	SLOW_PIPE,
	KINDS
};

struct sample {
	uint8_t *data;
	size_t size;
	uint32_t width, height, seed;
};

void load_make_samples(bool with_docx);
void load_free_samples(void);

/* The same numbers in every run. */
uint32_t load_random(uint32_t below);
enum kind load_pick_kind(void);
const char *load_kind_name(enum kind kind);
const struct sample *load_sample(enum kind kind);
void load_describe(enum kind kind, const struct sample *sample,
    struct gbx_input *input, struct gbx_job *job);
/* Fails the cmocka test if the answer is not the right one. */
void load_expect(
    enum kind kind, const struct sample *sample, const struct gbx_result *r);

#endif
