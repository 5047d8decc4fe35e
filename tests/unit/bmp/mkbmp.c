/* SPDX-License-Identifier: ISC */
/* See mkbmp.h. Side: tests. */
#include "tests/unit/bmp/mkbmp.h"

#include <string.h>

#define FILE_HEADER 14

void
mkbmp_colour(uint32_t i, uint8_t ret_rgba[4])
{
	ret_rgba[0] = (uint8_t)(i * 7 + 1);
	ret_rgba[1] = (uint8_t)(200 - i);
	ret_rgba[2] = (uint8_t)(i * 31);
	ret_rgba[3] = 255;
}

static void
put_palette(struct bytes *b, const struct mkbmp *m)
{
	uint8_t rgba[4];
	uint32_t i;

	for (i = 0; i < m->colours; i++) {
		mkbmp_colour(i, rgba);
		bytes_le(b, rgba[2], 1);
		bytes_le(b, rgba[1], 1);
		bytes_le(b, rgba[0], 1);
		if (m->header != 12)
			bytes_le(b, 0, 1);
	}
}

static void
put_long(struct bytes *b, const struct mkbmp *m)
{
	size_t start = b->size;
	int c;

	bytes_le(b, m->header, 4);
	bytes_le(b, m->width, 4);
	bytes_le(b, m->height, 4);
	bytes_le(b, 1, 2);
	bytes_le(b, m->bits, 2);
	bytes_le(b, m->compression, 4);
	bytes_fill(b, 0, 12);
	bytes_le(b, m->colours, 4);
	bytes_le(b, 0, 4);
	for (c = 0; c < 4; c++)
		bytes_le(b, m->mask[c], 4);
	if (m->header > 56)
		bytes_fill(b, 0, m->header - 56);
	b->size = start + m->header;
	if (m->header == 40 && m->compression == 3)
		b->size += 12;
	if (m->header == 40 && m->compression == 6)
		b->size += 16;
}

void
mkbmp_dib(struct bytes *b, const struct mkbmp *m)
{
	if (m->header == 12) {
		bytes_le(b, 12, 4);
		bytes_le(b, m->width, 2);
		bytes_le(b, m->height, 2);
		bytes_le(b, 1, 2);
		bytes_le(b, m->bits, 2);
	} else {
		put_long(b, m);
	}
	put_palette(b, m);
}

void
mkbmp_begin(struct bytes *b, const struct mkbmp *m)
{
	struct bytes at = {0};

	b->size = 0;
	bytes_put(b, "BM\0\0\0\0\0\0\0\0\0\0\0\0", FILE_HEADER);
	mkbmp_dib(b, m);
	bytes_le(&at, (uint32_t)b->size, 4);
	memcpy(b->data + 10, at.data, 4);
	bytes_free(&at);
}

void
mkbmp_row(struct bytes *b, const void *row, size_t n)
{
	bytes_put(b, row, n);
	bytes_fill(b, 0xee, (4 - n % 4) % 4);
}
