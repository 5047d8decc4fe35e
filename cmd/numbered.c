/* SPDX-License-Identifier: ISC */
/*
 * Names of outputs with a number in them. Side: caller. The name comes from the
 * command line and is never a format of printf's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/numbered.h"

/* The next "%d" or "%0Nd", N of one digit. NULL if there is none. */
static const char *
find_place(const char *s, int *ret_width, size_t *ret_length)
{
	for (s = strchr(s, '%'); s; s = strchr(s + 1, '%')) {
		*ret_width = 0;
		*ret_length = 2;
		if (s[1] == 'd')
			return s;
		if (s[1] == '0' && s[2] >= '1' && s[2] <= '9' && s[3] == 'd') {
			*ret_width = s[2] - '0';
			*ret_length = 4;
			return s;
		}
	}
	return NULL;
}

bool
gbx_cmd_is_numbered(const char *name)
{
	const char *place;
	size_t length;
	int width;

	place = find_place(name, &width, &length);
	return place && !find_place(place + length, &width, &length);
}

char *
gbx_cmd_numbered(const char *name, uint32_t number)
{
	const char *place;
	size_t length = 0;
	int width = 0;
	char *out;

	place = find_place(name, &width, &length);
	if (!place)
		return strdup(name);
	if (asprintf(&out, "%.*s%0*u%s", (int)(place - name), name, width,
		number, place + length) < 0)
		return NULL;
	return out;
}
