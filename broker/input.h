/* SPDX-License-Identifier: ISC */
/* Taking an input into memory that nobody can change. Side: trusted. */
#ifndef GBX_BROKER_INPUT_H
#define GBX_BROKER_INPUT_H

#include <stddef.h>

struct gbx_input;
struct gbx_request;

/* Inputs up to this size wait as bytes: they hold no descriptor, and may travel
 * in a batch. */
#define GBX_INPUT_BYTES_MAX 65536

/* Into bytes of ours; all of it, or what there is. 0 or -errno. */
int gbx_input_read(struct gbx_request *job, int from, size_t most);
/* The ways BYTES to SEALED: take it in. Touches the job alone, and needs no
 * lock. 0 or -errno. */
int gbx_input_take(struct gbx_request *job, const struct gbx_input *input);
/* Forget it, and end the copier that fills it, if there is one. */
void gbx_input_free(struct gbx_request *job);

#endif
