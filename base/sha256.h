/* SPDX-License-Identifier: ISC */
/* SHA-256 (FIPS 180-4). Side: both. */
#ifndef GBX_BASE_SHA256_H
#define GBX_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define GBX_SHA256_LEN 32
#define GBX_SHA256_HEX (2 * GBX_SHA256_LEN + 1)

struct gbx_sha256 {
	uint32_t h[8];
	uint64_t length; /* bytes so far */
	uint8_t block[64];
};

void gbx_sha256_init(struct gbx_sha256 *s);
void gbx_sha256_add(struct gbx_sha256 *s, const void *data, size_t size);
void gbx_sha256_done(struct gbx_sha256 *s, uint8_t ret_digest[GBX_SHA256_LEN]);

/* In one call, as lower-case hex with a NUL. */
void gbx_sha256_hex(
    const void *data, size_t size, char ret_hex[GBX_SHA256_HEX]);

#endif
