/* SPDX-License-Identifier: ISC */
/*
 * The job message as a worker reads it. Side: setup; its sender is trusted,
 * and it is fuzzed all the same.
 */
#ifndef GBX_RUNTIME_JOBMSG_H
#define GBX_RUNTIME_JOBMSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schemas/formats.h"
#include "schemas/limits.h"

struct gbx_jobmsg {
	uint8_t nonce[GBX_NONCE_LEN];
	uint8_t salt[GBX_SALT_LEN];
	uint32_t worker, op, lockdown;
	uint64_t in_size, out_size;
	uint64_t limit[GBX_LIMIT_COUNT];
	uint32_t first, count, box_w, box_h, dpi, want;
	uint32_t n_inputs;
	struct {
		uint64_t offset, length;
	} input[GBX_BATCH_MAX];
};

/* True when the message is whole and everything in it is in range: spans lie
 * inside in_size, out_size is whole pages, numbers are known. */
bool gbx_jobmsg_read(
    const uint8_t *wire, size_t length, struct gbx_jobmsg *ret_job);

#endif
