/* SPDX-License-Identifier: ISC */
/*
 * The PNG parser on the real sink. The input is a file with the byte of
 * gbx_fuzz_image at its end, of which bit 7 says: leave CRCs and the numbers of
 * an animation's chunks as they are; else they are made right, or no change
 * would get past them.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/bytes.h"
#include "fuzz/fuzz.h"
#include "fuzz/image.h"

#define CHUNK_EXTRA 12

static void
repair_chunk(uint8_t *chunk, size_t length, uint32_t *sequence)
{
	if ((memcmp(chunk + 4, "fcTL", 4) == 0 ||
		memcmp(chunk + 4, "fdAT", 4) == 0) &&
	    length >= 4)
		gbx_put_be32(chunk + 8, (*sequence)++);
	gbx_put_be32(chunk + 8 + length,
	    (uint32_t)crc32(0, chunk + 4, (uInt)length + 4));
}

static void
repair(uint8_t *data, size_t size)
{
	size_t pos = 8, length;
	uint32_t sequence = 0;

	while (size >= 20 && pos <= size - CHUNK_EXTRA) {
		length = gbx_be32(data + pos);
		if (length > size - pos - CHUNK_EXTRA)
			return;
		repair_chunk(data + pos, length, &sequence);
		pos += length + CHUNK_EXTRA;
	}
}

int
gbx_fuzz_one(const uint8_t *data, size_t size)
{
	uint8_t *copy;
	int ret;

	if (size < 1)
		return 0;
	copy = malloc(size);
	if (copy == NULL)
		return 0;
	memcpy(copy, data, size);
	if (!(data[size - 1] & 0x80))
		repair(copy, size - 1);
	ret = gbx_fuzz_image(copy, size);
	free(copy);
	return ret;
}
