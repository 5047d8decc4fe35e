/* SPDX-License-Identifier: ISC */
/* Which wall is held by which layer alone; the claim that test_walls proves.
 * Side: tests. */
#ifndef GBX_TESTS_WALLS_TABLE_H
#define GBX_TESTS_WALLS_TABLE_H

#include <stddef.h>

#include "tests/sandbox/walls/host.h"

struct walls_wall {
	const char *probe;
	enum walls_sign sign;
	/* Layers in force anyway, without which the wall means nothing; with
	 * them alone the probe gets through. */
	uint32_t base;
	/* Each of these holds it, alone beside the base. No other does. */
	uint32_t held_by;
	/* Landlock, where it is one: from this ABI on. */
	uint32_t abi;
	/* What may hold it, on some kernels. */
	uint32_t perhaps;
	/* Only root, in the first user namespace, has it to lose. */
	bool root;
	/* Why a host may refuse it to everybody; then there is nothing to
	 * show. NULL: none does. */
	const char *unless;
};

extern const struct walls_wall walls_table[];
extern const size_t walls_table_length;

#endif
