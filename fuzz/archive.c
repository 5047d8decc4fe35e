/* SPDX-License-Identifier: ISC */
/* CRCs and sizes of a ZIP archive's members made right, see archive.h. */
#include <stdbool.h>
#include <string.h>
#include <zlib.h>

#include "fuzz/archive.h"

#define UNPACKED (1 << 16)

static uint32_t
get(const uint8_t *p, size_t width)
{
	uint32_t value = 0;

	while (width-- > 0)
		value = value << 8 | p[width];
	return value;
}

static void
put32(uint8_t *p, uint32_t v)
{
	size_t i;

	for (i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

/* What the member's bytes unpack to: its CRC and size. */
static bool
unpack(const uint8_t *data, size_t n, uint32_t method, uint32_t *crc,
    uint32_t *size)
{
	static uint8_t plain[UNPACKED];
	z_stream z = {0};
	int err;

	if (method == 0) {
		*crc = (uint32_t)crc32(0, data, (uInt)n);
		*size = (uint32_t)n;
		return true;
	}
	if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
		return false;
	z.next_in = (z_const Bytef *)data;
	z.avail_in = (uInt)n;
	z.next_out = plain;
	z.avail_out = sizeof(plain);
	err = inflate(&z, Z_FINISH);
	*size = (uint32_t)z.total_out;
	*crc = (uint32_t)crc32(0, plain, *size);
	inflateEnd(&z);
	return err == Z_STREAM_END;
}

/* dir: a directory record. Both headers get what is true. */
static void
repair_member(uint8_t *data, size_t size, uint8_t *dir)
{
	uint32_t at = get(dir + 42, 4), packed = get(dir + 20, 4), crc, plain;
	size_t start;

	if (at > size || size - at < 30)
		return;
	start = at + 30 + get(data + at + 26, 2) + get(data + at + 28, 2);
	if (start > size || packed > size - start)
		return;
	if (!unpack(data + start, packed, get(dir + 10, 2), &crc, &plain))
		return;
	put32(dir + 16, crc);
	put32(dir + 24, plain);
	memmove(data + at + 14, dir + 16, 12); /* they may overlap */
}

void
gbx_fuzz_repair(uint8_t *data, size_t size)
{
	size_t i;

	for (i = 0; size >= 46 && i <= size - 46; i++)
		if (memcmp(data + i, "PK\1\2", 4) == 0)
			repair_member(data, size, data + i);
}
