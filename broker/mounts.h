/* SPDX-License-Identifier: ISC */
/* What can be known of a file without waiting for its server.
 * Side: trusted. */
#ifndef GBX_BROKER_MOUNTS_H
#define GBX_BROKER_MOUNTS_H

#include <stdbool.h>
#include <stdint.h>

struct gbx_broker;

struct gbx_file {
	uint32_t mode;
	uint64_t size;	/* as last known */
	uint64_t mount; /* 0: unknown */
};

/* 0 or -errno. */
int gbx_mounts_stat(int fd, struct gbx_file *ret);
bool gbx_mounts_never_hangs(
    struct gbx_broker *b, int fd, const struct gbx_file *file);

#endif
