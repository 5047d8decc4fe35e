/* SPDX-License-Identifier: ISC */
/* Which layers this prober is to have. Side: tests; runs before main. */
#include <stdlib.h>

#include "tests/sandbox/walls/layers.h"

static uint32_t layers = WALLS_OUTER;
static char *argument;

/* glibc hands the arguments of main to constructors, in a static program
 * too. */
__attribute__((constructor)) static void
read_argument(int argc, char **argv)
{
	if (argc < 2)
		return;
	argument = argv[argc - 1]; /* init has another one before it */
	layers = (uint32_t)strtoul(argument, NULL, 0);
}

bool
walls_has(enum walls_layer layer)
{
	return (layers & (uint32_t)layer) != 0;
}

char *
walls_argument(void)
{
	return argument;
}
