/* SPDX-License-Identifier: ISC */
/* PNGs whose pixels are known. Side: none, see picture.h. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "tests/support/picture.h"

static const uint8_t signature[8] = {137, 80, 78, 71, 13, 10, 26, 10};

static void
pixel(uint32_t x, uint32_t y, uint32_t seed, uint8_t ret[4])
{
	uint32_t h = (x * 0x9e3779b1U) ^ (y * 0x85ebca6bU) ^ seed;

	h ^= h >> 15;
	ret[0] = (uint8_t)(x + seed);
	ret[1] = (uint8_t)(y * 3 + seed);
	ret[2] = (uint8_t)(h >> 4 & 15);
	ret[3] = (uint8_t)(255 - (h >> 8 & 7));
}

static uint8_t *
put32(uint8_t *p, uint32_t v)
{
	*p++ = (uint8_t)(v >> 24);
	*p++ = (uint8_t)(v >> 16);
	*p++ = (uint8_t)(v >> 8);
	*p++ = (uint8_t)v;
	return p;
}

/* PNG specification, 5.3: length, type, data, CRC of the last two. */
static uint8_t *
put_chunk(uint8_t *p, const char *type, const uint8_t *data, size_t length)
{
	uint8_t *start = put32(p, (uint32_t)length);

	memcpy(start, type, 4);
	if (length > 0)
		memcpy(start + 4, data, length);
	return put32(
	    start + 4 + length, (uint32_t)crc32(0, start, (uInt)length + 4));
}

static uint8_t *
put_start(uint8_t *p, uint32_t width, uint32_t height)
{
	uint8_t ihdr[13] = {[8] = 8, [9] = 6};

	put32(ihdr, width);
	put32(ihdr + 4, height);
	memcpy(p, signature, sizeof(signature));
	return put_chunk(p + sizeof(signature), "IHDR", ihdr, sizeof(ihdr));
}

static uint8_t *
raw_rows(uint32_t width, uint32_t height, uint32_t seed, size_t *ret_size)
{
	uint8_t *raw, *p;
	uint32_t x, y;

	*ret_size = (size_t)height * (1 + 4 * (size_t)width);
	raw = p = calloc(1, *ret_size);
	for (y = 0; raw != NULL && y < height; y++) {
		*p++ = 0; /* no filter */
		for (x = 0; x < width; x++, p += 4)
			pixel(x, y, seed, p);
	}
	return raw;
}

uint8_t *
test_picture(uint32_t width, uint32_t height, uint32_t seed, size_t *ret_size)
{
	size_t size;
	uint8_t *raw = raw_rows(width, height, seed, &size), *png, *p;
	uLongf packed = compressBound(size);
	uint8_t *idat = malloc(packed);

	png = malloc(packed + 100);
	if (raw == NULL || idat == NULL || png == NULL ||
	    compress2(idat, &packed, raw, size, 1) != Z_OK) {
		free(png);
		png = NULL;
	} else {
		p = put_start(png, width, height);
		p = put_chunk(p, "IDAT", idat, packed);
		p = put_chunk(p, "IEND", NULL, 0);
		*ret_size = (size_t)(p - png);
	}
	free(raw);
	free(idat);
	return png;
}

uint8_t *
test_header(uint32_t width, uint32_t height, size_t *ret_size)
{
	uint8_t *png = malloc(64), *p;

	if (png == NULL)
		return NULL;
	p = put_start(png, width, height);
	p = put_chunk(p, "IDAT", NULL, 0);
	*ret_size = (size_t)(p - png);
	return png;
}

bool
test_pixels(const uint8_t *pixels, size_t stride, uint32_t width,
    uint32_t height, uint32_t seed)
{
	uint8_t want[4];
	uint32_t x, y;

	for (y = 0; y < height; y++)
		for (x = 0; x < width; x++) {
			pixel(x, y, seed, want);
			if (memcmp(pixels + y * stride + 4 * (size_t)x, want,
				4) != 0)
				return false;
		}
	return true;
}
