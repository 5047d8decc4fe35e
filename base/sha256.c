/* SPDX-License-Identifier: ISC */
/*
 * SHA-256 (FIPS 180-4), plain and portable: for naming results, not for speed.
 * Side: both. Allocates nothing.
 */
#include <string.h>

#include "base/sha256.h"

/* FIPS 180-4, 4.2.2 */
static const uint32_t k[64] = {0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5,
    0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
    0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
    0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138,
    0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624,
    0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
    0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f,
    0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t
rotr(uint32_t x, unsigned int n)
{
	return x >> n | x << (32 - n);
}

static uint32_t
load(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static void
store(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static void
schedule(uint32_t w[64], const uint8_t *block)
{
	uint32_t s0, s1;
	int i;

	for (i = 0; i < 16; i++)
		w[i] = load(block + (ptrdiff_t)4 * i);
	for (; i < 64; i++) {
		s0 = rotr(w[i - 15], 7) ^ rotr(w[i - 15], 18) ^ w[i - 15] >> 3;
		s1 = rotr(w[i - 2], 17) ^ rotr(w[i - 2], 19) ^ w[i - 2] >> 10;
		w[i] = w[i - 16] + s0 + w[i - 7] + s1;
	}
}

/* One turn of 6.2.2, step 3; v is a, b, ..., h. */
static void
turn(uint32_t v[8], uint32_t add)
{
	uint32_t s1 = rotr(v[4], 6) ^ rotr(v[4], 11) ^ rotr(v[4], 25);
	uint32_t s0 = rotr(v[0], 2) ^ rotr(v[0], 13) ^ rotr(v[0], 22);
	uint32_t ch = (v[4] & v[5]) ^ (~v[4] & v[6]);
	uint32_t maj = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
	uint32_t t1 = v[7] + s1 + ch + add;

	memmove(v + 1, v, 7 * sizeof(*v));
	v[4] += t1;
	v[0] = t1 + s0 + maj;
}

static void
compress(uint32_t h[8], const uint8_t *block)
{
	uint32_t w[64], v[8];
	int i;

	schedule(w, block);
	memcpy(v, h, sizeof(v));
	for (i = 0; i < 64; i++)
		turn(v, k[i] + w[i]);
	for (i = 0; i < 8; i++)
		h[i] += v[i];
}

void
gbx_sha256_init(struct gbx_sha256 *s)
{
	static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372,
	    0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

	memcpy(s->h, start, sizeof(s->h));
	s->length = 0;
}

void
gbx_sha256_add(struct gbx_sha256 *s, const void *data, size_t size)
{
	size_t used = s->length % 64, part;
	const uint8_t *p = data;

	s->length += size;
	if (used > 0) {
		part = size < 64 - used ? size : 64 - used;
		memcpy(s->block + used, p, part);
		if (used + part < 64)
			return;
		compress(s->h, s->block);
		p += part;
		size -= part;
	}
	for (; size >= 64; p += 64, size -= 64)
		compress(s->h, p);
	if (size > 0)
		memcpy(s->block, p, size);
}

void
gbx_sha256_done(struct gbx_sha256 *s, uint8_t ret_digest[GBX_SHA256_LEN])
{
	static const uint8_t pad[64] = {0x80};
	uint64_t bits = s->length * 8;
	size_t used = s->length % 64;
	uint8_t tail[8];
	int i;

	store(tail, (uint32_t)(bits >> 32));
	store(tail + 4, (uint32_t)bits);
	gbx_sha256_add(s, pad, used < 56 ? 56 - used : 120 - used);
	gbx_sha256_add(s, tail, sizeof(tail));
	for (i = 0; i < 8; i++)
		store(ret_digest + (ptrdiff_t)4 * i, s->h[i]);
}

void
gbx_sha256_hex(const void *data, size_t size, char ret_hex[GBX_SHA256_HEX])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t digest[GBX_SHA256_LEN];
	struct gbx_sha256 s;
	int i;

	gbx_sha256_init(&s);
	gbx_sha256_add(&s, data, size);
	gbx_sha256_done(&s, digest);
	for (i = 0; i < GBX_SHA256_LEN; i++) {
		ret_hex[2 * i] = digits[digest[i] >> 4];
		ret_hex[2 * i + 1] = digits[digest[i] & 15];
	}
	ret_hex[2 * i] = '\0';
}
