/* SPDX-License-Identifier: ISC */
/*
 * A hash that the author of a file can't steer: SipHash-2-4 under the job's
 * salt. Side: hostile.
 */
#ifndef GBX_RUNTIME_HASH_H
#define GBX_RUNTIME_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "schemas/limits.h"

uint64_t gbx_siphash(
    const uint8_t salt[GBX_SALT_LEN], const void *data, size_t n);

#endif
