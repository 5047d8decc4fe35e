/* SPDX-License-Identifier: ISC */
/*
 * What a program starts with that was exec'd out of somebody else's process
 * (broker/spawn.c): its own descriptors, and for a moment all of the host's.
 * Side: setup.
 */
#ifndef GBX_INIT_INHERIT_H
#define GBX_INIT_INHERIT_H

#include "ipc/control.h"

/* list: GBX_INHERIT_FDS decimal numbers with commas between, -1 for none. The
 * descriptors with these numbers become 0, 1, 2, ...; all others are closed,
 * and if closing one hangs (a FUSE server that does not answer FLUSH), it hangs
 * in a child that is left to itself. Single-threaded programs only. 0 or
 * -errno. */
int gbx_inherit(const char *list);

#endif
