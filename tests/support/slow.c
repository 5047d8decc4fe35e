/* SPDX-License-Identifier: ISC */
/* How slow is this machine? See slow.h. Side: tests. */
#include <stdlib.h>

#include "tests/support/slow.h"

unsigned int
slow_times(void)
{
	const char *text = getenv("GBX_SLOW");
	long n = text != NULL ? strtol(text, NULL, 10) : 1;

	return n >= 1 && n <= 100 ? (unsigned int)n : 1;
}
