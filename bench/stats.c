/* SPDX-License-Identifier: ISC */
/* Times and their quantiles. Side: none, see bench.h. */
#include <stdlib.h>
#include <time.h>

#include "bench/bench.h"

double
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

void
series_add(struct series *s, double us)
{
	if (s->n == s->room) {
		s->room = s->room == 0 ? 256 : 2 * s->room;
		s->us = realloc(s->us, s->room * sizeof(*s->us));
		if (s->us == NULL)
			abort();
	}
	s->us[s->n++] = us;
}

static int
compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

double
series_at(struct series *s, double q)
{
	size_t rank;

	if (s->n == 0)
		return 0;
	qsort(s->us, s->n, sizeof(*s->us), compare);
	rank = (size_t)(q * (double)s->n);
	return s->us[rank < s->n ? rank : s->n - 1];
}

void
series_free(struct series *s)
{
	free(s->us);
	*s = (struct series){0};
}
