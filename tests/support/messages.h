/* SPDX-License-Identifier: ISC */
/*
 * The texts that a loaded library holds, for the tables of messages
 * (runtime/codes.h). Side: tests.
 */
#ifndef GBX_TESTS_MESSAGES_H
#define GBX_TESTS_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "sandboxed_parsers/runtime/codes.h"

struct messages {
	const char *const
	    *libraries; /* parts of their names, NULL at the end */
	const struct gbx_code *table;
	size_t rows;
	/* What a message holds that needs a row: NULL at the end. */
	const char *const *words;
};

/* Each row's text is in a library. */
void messages_are_said(const struct messages *m);
/* Each text with one of the words is in a row; at least `least` of them are
 * found. */
void messages_are_told(const struct messages *m, size_t least);

#endif
