/* SPDX-License-Identifier: ISC */
/* See mkico.h. Side: tests. */
#include "tests/unit/ico/mkico.h"

#include <zlib.h>

#define HEADER 6
#define ENTRY  16

void
mkico(struct bytes *b, uint32_t kind, const struct bytes *pictures, uint32_t n)
{
	uint32_t at = HEADER + ENTRY * n, i;

	b->size = 0;
	bytes_le(b, 0, 2);
	bytes_le(b, kind, 2);
	bytes_le(b, n, 2);
	for (i = 0; i < n; i++) {
		bytes_fill(b, 0, 8); /* sizes that nobody believes */
		bytes_le(b, (uint32_t)pictures[i].size, 4);
		bytes_le(b, at, 4);
		at += (uint32_t)pictures[i].size;
	}
	for (i = 0; i < n; i++)
		bytes_put(b, pictures[i].data, pictures[i].size);
}

uint32_t
mkico_value(uint32_t i, uint32_t bits)
{
	return bits < 32 ? i * 5 & ((1u << bits) - 1)
			 : i * 0x01050301 + 0x80102030;
}

/* Rows are padded to four bytes; bits is a power of two, or 24. */
static void
put_rows(struct bytes *b, uint32_t width, uint32_t height, uint32_t bits,
    uint32_t (*value)(uint32_t i, uint32_t bits))
{
	uint32_t x, y, acc, n;
	size_t start;

	for (y = height; y-- > 0;) {
		start = b->size;
		for (x = 0, acc = 0, n = 0; x < width; x++) {
			if (bits >= 8) {
				bytes_le(b, value(y * width + x, bits),
				    (int)bits / 8);
				continue;
			}
			acc = acc << bits | value(y * width + x, bits);
			n += bits;
			if (n == 8 || x == width - 1) {
				bytes_le(b, acc << (8 - n), 1);
				n = acc = 0;
			}
		}
		bytes_fill(b, 0, (4 - (b->size - start) % 4) % 4);
	}
}

static uint32_t
hidden(uint32_t i, uint32_t bits)
{
	(void)bits;
	return i % 3 == 2;
}

void
mkico_bitmap(struct bytes *b, uint32_t width, uint32_t height, uint32_t bits)
{
	uint32_t i;

	b->size = 0;
	bytes_le(b, 40, 4);
	bytes_le(b, width, 4);
	bytes_le(b, height * 2, 4);
	bytes_le(b, 1, 2);
	bytes_le(b, bits, 2);
	bytes_fill(b, 0, 24);
	for (i = 0; bits <= 8 && i < 1u << bits; i++)
		bytes_le(b, i * 0x010203, 4);
	put_rows(b, width, height, bits, mkico_value);
	put_rows(b, width, height, 1, hidden);
}

static void
put_chunk(struct bytes *b, const char *type, const void *data, size_t size)
{
	size_t start;

	bytes_be(b, (uint32_t)size, 4);
	start = b->size;
	bytes_put(b, type, 4);
	bytes_put(b, data, size);
	bytes_be(
	    b, (uint32_t)crc32(0, b->data + start, (uInt)(b->size - start)), 4);
}

void
mkico_png(struct bytes *b, uint32_t width, uint32_t height)
{
	struct bytes head = {0}, rows = {0}, packed = {0};
	uLongf length;
	uint32_t x, y;

	for (y = 0; y < height; y++) {
		bytes_le(&rows, 0, 1);
		for (x = 0; x < width; x++)
			bytes_be(&rows, 0x01020304, 4);
	}
	length = compressBound((uLong)rows.size);
	bytes_fill(&packed, 0, length);
	compress(packed.data, &length, rows.data, (uLong)rows.size);
	bytes_be(&head, width, 4);
	bytes_be(&head, height, 4);
	bytes_be(&head, 0x08060000, 4);
	bytes_be(&head, 0, 1);
	b->size = 0;
	bytes_put(b, "\x89PNG\r\n\x1a\n", 8);
	put_chunk(b, "IHDR", head.data, head.size);
	put_chunk(b, "IDAT", packed.data, length);
	put_chunk(b, "IEND", NULL, 0);
	bytes_free(&head);
	bytes_free(&rows);
	bytes_free(&packed);
}
