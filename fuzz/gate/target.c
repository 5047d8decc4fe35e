/* SPDX-License-Identifier: ISC */
/*
 * The gate: any job of a table, any reply, any data. The oracle
 * (tests/unit/gate/oracle.c) must say the same of envelope and data, and read
 * the same numbers: accepted implies every invariant, and repack == input.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "tests/unit/gate/case.h"

int
gbx_fuzz_one(const uint8_t *data, size_t size)
{
	static struct gbx_case c;
	const char *field, *why;

	case_make(data, size, &c);
	if (case_try(&c, &field, &why) == CASE_DISAGREE) {
		fprintf(stderr, "gate and oracle disagree: %s (gate: %s)\n",
		    why, field ? field : "accepted");
		abort();
	}
	return 0;
}
