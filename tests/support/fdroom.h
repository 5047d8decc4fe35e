/* SPDX-License-Identifier: ISC */
/* A process that is short of descriptors. Side: tests. One at a time. */
#ifndef GBX_TESTS_SUPPORT_FDROOM_H
#define GBX_TESTS_SUPPORT_FDROOM_H

#include <stdbool.h>

/* Room for so many more descriptors and not one more: the gaps are filled. */
bool fdroom_leave(int room);
/* As it was before. */
bool fdroom_give(void);

#endif
