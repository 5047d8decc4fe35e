/* SPDX-License-Identifier: ISC */
/*
 * Structs of glovebox.h that begin with their size, so that a program and a
 * library of different versions understand each other (as extensible
 * arguments of system calls do: copy_struct_from_user in the kernel's
 * Documentation/process/adding-syscalls.rst).
 *
 * A struct only ever grows at its end, by whole members, and never into its
 * padding. One that is shorter than ours is of an older program: what it lacks
 * has its default. One that is longer is of a newer program: what we don't know
 * must be zero, for it would be asked for in vain.
 * Side: trusted. Static inline only.
 */
#ifndef GBX_BROKER_VERSIONED_H
#define GBX_BROKER_VERSIONED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* sizeof() of a struct as version 0.1 had it, which ended with that member: the
 * least that a caller may have. */
#define GBX_SIZE_0_1(type, member) \
	((offsetof(type, member) + sizeof(((type *)0)->member) + \
	     _Alignof(type) - 1) / \
	    _Alignof(type) * _Alignof(type))

/* More is no size, but a struct that nobody initialised. */
#define GBX_STRUCT_MAX 4096

/* From a caller into *to, which has size bytes and holds the defaults; its own
 * size is set. False: not such a struct. */
static inline bool
gbx_struct_in(void *to, size_t size, size_t least, const void *from)
{
	const uint8_t *bytes = from;
	size_t theirs, i;

	if (from == NULL)
		return false;
	memcpy(&theirs, from, sizeof(theirs));
	if (theirs < least || theirs > GBX_STRUCT_MAX)
		return false;
	for (i = size; i < theirs; i++)
		if (bytes[i] != 0)
			return false;
	memcpy(to, from, theirs < size ? theirs : size);
	memcpy(to, &size, sizeof(size));
	return true;
}

/* Room for an answer of ours? */
static inline bool
gbx_struct_fits(const void *to, size_t least)
{
	size_t theirs;

	if (to == NULL)
		return false;
	memcpy(&theirs, to, sizeof(theirs));
	return theirs >= least && theirs <= GBX_STRUCT_MAX;
}

/* To a caller whose struct fits: as much as it knows of, the rest zero. */
static inline void
gbx_struct_out(void *to, const void *from, size_t size)
{
	size_t theirs;

	memcpy(&theirs, to, sizeof(theirs));
	memset(to, 0, theirs);
	memcpy(to, from, theirs < size ? theirs : size);
	memcpy(to, &theirs, sizeof(theirs));
}

#endif
