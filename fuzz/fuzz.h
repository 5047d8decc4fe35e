/* SPDX-License-Identifier: ISC */
/*
 * What a fuzz target is: fuzz/TARGET/target.c defines this one function.
 * A finding is a crash: a sanitizer's, or abort() when an oracle disagrees.
 */
#ifndef GBX_FUZZ_FUZZ_H
#define GBX_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Returns 0. Keeps nothing from call to call. */
int gbx_fuzz_one(const uint8_t *data, size_t size);

#endif
