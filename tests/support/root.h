/* SPDX-License-Identifier: ISC */
/*
 * What only root can try, and the files of the kernel that it takes.
 * Side: tests.
 */
#ifndef GBX_TESTS_ROOT_H
#define GBX_TESTS_ROOT_H

#include <stdbool.h>

/* In a cmocka test: skips it, with the reason, unless we are root. */
void need_root(void);
/* All of text in one write(2), as files of /proc want it. */
bool write_text(const char *path, const char *text);

#endif
