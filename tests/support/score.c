/* SPDX-License-Identifier: ISC */
/*
 * Scoreboard lines; see score.h. Side: tests.
 */
#include "tests/support/score.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
score(const char *name, unsigned long long value, const char *target)
{
	printf("# score %s %llu %s\n", name, value, target);
	fflush(stdout);
}

_Bool
score_long_form(void)
{
	const char *soak = getenv("GBX_SOAK");

	return soak != NULL && strcmp(soak, "1") == 0;
}
