/* SPDX-License-Identifier: ISC */
/* How slow is this machine? See slow.h. Side: tests. */
#include <stdlib.h>

#include "tests/support/slow.h"

#define BUSY 10 /* programs that want the processors, too */

unsigned int
slow_times(void)
{
	const char *text = getenv("GBX_SLOW");
	long n = text != NULL ? strtol(text, NULL, 10) : 1;

	return n >= 1 && n <= 100 ? (unsigned int)n : 1;
}

unsigned int
in_time(unsigned int ms)
{
	return ms * BUSY * slow_times();
}
