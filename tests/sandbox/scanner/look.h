/* SPDX-License-Identifier: ISC */
/*
 * Looking through all memory of another process, page by page, by /proc/PID/mem
 * (proc(5)). Only root may. Side: tests; fails the cmocka test if it can't.
 */
#ifndef GBX_TESTS_SCANNER_LOOK_H
#define GBX_TESTS_SCANNER_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct look {
	size_t pages, hits;
};

/* /proc/PID/NAME, open for reading. */
int look_open(pid_t pid, const char *name);
/* How often these bytes, 64 at most, are in the pages that it has. */
void look_at(pid_t pid, const void *needle, size_t length, struct look *ret);

#endif
