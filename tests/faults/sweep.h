/* SPDX-License-Identifier: ISC */
/* Every scene again and again, each time with another call that fails.
 * Side: tests. */
#ifndef GBX_TESTS_FAULTS_SWEEP_H
#define GBX_TESTS_FAULTS_SWEEP_H

#include <stdbool.h>

#include "tests/faults/scenes.h"

/* Prints TAP; the program's exit status. with_open: the opening of the broker
 * is part of it in the short form, too. worker_dir: NULL for the usual. */
int sweep_main(const char *name, const struct scene *scenes, bool with_open,
    const char *worker_dir);

#endif
