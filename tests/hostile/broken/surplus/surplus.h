/* SPDX-License-Identifier: ISC */
/* A zygote one of whose messages comes with other descriptors than belong to
 * it: which message, and how many come. Linked with --wrap (ld(1)).
 * Side: tests. */
#ifndef GBX_TESTS_HOSTILE_BROKEN_SURPLUS_H
#define GBX_TESTS_HOSTILE_BROKEN_SURPLUS_H

#include <stddef.h>
#include <stdint.h>

struct surplus {
	uint8_t letter; /* of the message (ipc/control.h) */
	size_t n_fds;
	/* If not 0, an error message is sent in its place. */
	uint32_t error;
};

extern const struct surplus surplus;

#endif
