/* SPDX-License-Identifier: ISC */
/*
 * A worker that runs out of stack or of memory says so, in place of a crash.
 * Side: setup, and hostile from the lock on.
 */
#ifndef GBX_RUNTIME_OVERFLOW_H
#define GBX_RUNTIME_OVERFLOW_H

#include <stdint.h>

/* In the zygote, for all its workers: a handler and a stack for it outlive a
 * fork (sigaltstack(2)). top: an address in the frame of main. 0 or -errno. */
int gbx_overflow_watch(uintptr_t top);

#endif
