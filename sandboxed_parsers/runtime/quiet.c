/* SPDX-License-Identifier: ISC */
/*
 * stdout and stderr that swallow everything; see quiet.h. A worker has no
 * descriptor to write to, and write(2) would be a violation.
 * Side: setup. glibc's stdout and stderr are variables (stdio(3) calls them
 * that), so that a library sees the new ones, too.
 */
#include <stdio.h>
#include <stdlib.h>

#include "sandboxed_parsers/runtime/quiet.h"

static ssize_t
swallow(void *cookie, const char *text, size_t length)
{
	(void)cookie;
	(void)text;
	return (ssize_t)length;
}

void
gbx_quiet_stdio(void)
{
	static const cookie_io_functions_t nowhere = {.write = swallow};
	FILE *file = fopencookie(NULL, "w", nowhere);

	if (file == NULL)
		abort();
	stdout = file;
	stderr = file;
}
