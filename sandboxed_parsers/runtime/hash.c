/* SPDX-License-Identifier: ISC */
/*
 * SipHash-2-4 (Aumasson, Bernstein: "SipHash", 2012).
 * Side: hostile. Memory only.
 */
#include <string.h>

#include "sandboxed_parsers/runtime/hash.h"

static uint64_t
load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v)); /* any byte order serves a private hash */
	return v;
}

static uint64_t
rotate(uint64_t v, unsigned int by)
{
	return v << by | v >> (64 - by);
}

static void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static void
sip_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	sip_round(v);
	v[0] ^= word;
}

uint64_t
gbx_siphash(const uint8_t salt[GBX_SALT_LEN], const void *data, size_t n)
{
	uint64_t k0 = load64(salt), k1 = load64(salt + 8);
	uint64_t v[4] = {k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d,
	    k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573};
	const uint8_t *p = data;
	uint8_t tail[8] = {0};
	size_t i, left = n & 7;

	for (i = 0; i + 8 <= n; i += 8)
		sip_word(v, load64(p + i));
	if (left > 0)
		memcpy(tail, p + i, left);
	tail[7] = (uint8_t)n;
	sip_word(v, load64(tail));
	v[2] ^= 0xff;
	for (i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
