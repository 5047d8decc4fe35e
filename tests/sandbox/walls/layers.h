/* SPDX-License-Identifier: ISC */
/* Which layers this prober is to have. Side: tests. */
#ifndef GBX_TESTS_WALLS_LAYERS_H
#define GBX_TESTS_WALLS_LAYERS_H

#include <stdbool.h>

#include "tests/sandbox/walls/walls.h"

/* layers.c: from the first argument, a number; without one all the outer. */
bool walls_has(enum walls_layer layer);
/* The argument to hand on to a zygote; NULL without one. */
char *walls_argument(void);

#endif
