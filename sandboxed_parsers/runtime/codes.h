/* SPDX-License-Identifier: ISC */
/*
 * What a library's own codes and messages mean for a file. Each format has the
 * table of its library in its folder (codes.def), and a test that holds the
 * table against the library's header: a code that is in no row is a failure.
 * Of a library that has messages and no codes, the table has each message that
 * speaks of a kind that it does not read, or of memory; the test finds those in
 * the library itself. Another error is malformed, another warning is damage.
 * Side: hostile.
 */
#ifndef GBX_RUNTIME_CODES_H
#define GBX_RUNTIME_CODES_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "schemas/limits.h"

enum gbx_means {
	GBX_MEANS_NOTHING, /* in no table */

	/* It ends there. */
	GBX_MEANS_MALFORMED,
	GBX_MEANS_UNSUPPORTED,
	GBX_MEANS_LIMIT, /* of memory: the sink asks the arena */
	GBX_MEANS_NEVER, /* can't come from a byte range, as we call it */

	/* It goes on. */
	GBX_MEANS_DAMAGE,   /* pixels may be wrong or missing */
	GBX_MEANS_HARMLESS, /* they are not */
	GBX_MEANS_DEPENDS,  /* the format's own code looks further */
};

struct gbx_code {
	int code;
	enum gbx_means means;
	/* The code's name, or how the message begins; what stands behind a `*'
	 * may stand anywhere in it. */
	const char *text;
};

static inline enum gbx_means
gbx_means_of_code(const struct gbx_code *table, size_t n, int code)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (table[i].code == code)
			return table[i].means;
	return GBX_MEANS_NOTHING;
}

static inline bool
gbx_code_is_text(const struct gbx_code *row, const char *text)
{
	if (row->text[0] == '*')
		return strstr(text, row->text + 1) != NULL;
	return strncmp(text, row->text, strlen(row->text)) == 0;
}

/* By the first row that it is. */
static inline enum gbx_means
gbx_means_of_text(const struct gbx_code *table, size_t n, const char *text)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (gbx_code_is_text(&table[i], text))
			return table[i].means;
	return GBX_MEANS_NOTHING;
}

static inline enum gbx_wire_status
gbx_means_status(enum gbx_means means)
{
	return means == GBX_MEANS_UNSUPPORTED ? GBX_WIRE_UNSUPPORTED
					      : GBX_WIRE_MALFORMED;
}

#endif
