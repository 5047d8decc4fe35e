/* SPDX-License-Identifier: ISC */
/*
 * Stands in for runtime/arena.c where parsers run in-process, on libc's malloc:
 * unit tests, sanitizers, fuzzing. Side: tests.
 *
 * Tests may say that the arena was exhausted; they then see what a worker with
 * an empty arena would answer.
 */
#include "tests/support/noarena.h"
#include "sandboxed_parsers/runtime/arena.h"

bool gbx_test_arena_exhausted;

int
gbx_arena_init(size_t size)
{
	(void)size;
	return 0;
}

int
gbx_arena_trim(size_t size)
{
	(void)size;
	return 0;
}

bool
gbx_arena_exhausted(void)
{
	return gbx_test_arena_exhausted;
}

void
gbx_arena_forget_exhausted(void)
{
	gbx_test_arena_exhausted = false;
}

size_t
gbx_arena_peak(void)
{
	return 0;
}
