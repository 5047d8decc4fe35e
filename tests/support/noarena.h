/* SPDX-License-Identifier: ISC */
/* The note that tests may set in place of the arena's. Side: tests. */
#ifndef GBX_TESTS_NOARENA_H
#define GBX_TESTS_NOARENA_H

#include <stdbool.h>

extern bool gbx_test_arena_exhausted;

#endif
