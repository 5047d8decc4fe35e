/* SPDX-License-Identifier: ISC */
/*
 * malloc on one region that was mapped before lockdown.
 * Side: hostile. Makes no system call, ever; when it is empty malloc returns
 * NULL and gbx_arena_exhausted() says so.
 */
#ifndef GBX_RUNTIME_ARENA_H
#define GBX_RUNTIME_ARENA_H

#include <stdbool.h>
#include <stddef.h>

/* Map the region; called once, in the zygote. 0 or -errno. */
int gbx_arena_init(size_t size);
/* Give back to the kernel all past the first size bytes; before lockdown. */
int gbx_arena_trim(size_t size);
/* Has any allocation failed since the last reset of this note? */
bool gbx_arena_exhausted(void);
void gbx_arena_forget_exhausted(void);
/* The most bytes that were ever in use at once. */
size_t gbx_arena_peak(void);

#endif
