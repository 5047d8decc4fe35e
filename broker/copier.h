/* SPDX-License-Identifier: ISC */
/* A process that reads one input. Side: trusted. */
#ifndef GBX_BROKER_COPIER_H
#define GBX_BROKER_COPIER_H

#include <stdint.h>

struct gbx_request;

/* In the middle of a FUSE request a killed process dies only when the server
 * answers (fs/fuse/dev.c, request_wait_answer). Nobody waits longer for it. */
#define GBX_COPIER_GRACE_MS 20

/* Start it: it reads `from` into job->in_fd. 0 or -errno. */
int gbx_copier_start(struct gbx_request *job, int from);
/* It may copy so many bytes in all. 0 or -errno. */
int gbx_copier_grant(struct gbx_request *job, uint64_t bytes);
/* Kill it, if it is there, and forget it. */
void gbx_copier_end(struct gbx_request *job);

#endif
