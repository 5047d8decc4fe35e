/* SPDX-License-Identifier: ISC */
/* ICC profiles for tests of workers that link Little CMS. Side: tests. */
#ifndef GBX_TESTS_PROFILE_H
#define GBX_TESTS_PROFILE_H

#include <stddef.h>
#include <stdint.h>

/* sRGB with the primaries of red and green exchanged: what is stored as red is
 * to be seen as green. Caller frees. */
uint8_t *profile_swapped(size_t *ret_size);

#endif
