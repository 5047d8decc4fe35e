/* SPDX-License-Identifier: ISC */
/*
 * As test_faults, with workers that lie, crash and spin: a fault on our side
 * must neither make a lie true nor be blamed on a worker.
 * Side: tests; see sweep.c.
 */
#include "tests/support/cmocka.h"

#include <stdlib.h>

#include "tests/faults/sweep.h"
#include "tests/support/liar.h"

int
main(void)
{
	char *dir = build_path("hostile/libexec");
	int r = sweep_main("faults, hostile", scenes_hostile, false, dir);

	free(dir);
	return r;
}
