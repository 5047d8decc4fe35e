/* SPDX-License-Identifier: ISC */
/*
 * Sorting without memory of its own: glibc's qsort asks malloc, and sysinfo(2)
 * the first time. Side: hostile.
 */
#ifndef GBX_RUNTIME_SORT_H
#define GBX_RUNTIME_SORT_H

#include <stddef.h>
#include <stdint.h>

/* The widest thing that gbx_heapsort moves. */
#define GBX_SORT_WIDTH 64

/* Sort n things of width bytes each by a 64-bit key. Not stable. */
void gbx_heapsort(
    void *base, size_t n, size_t width, uint64_t (*key)(const void *thing));

#endif
