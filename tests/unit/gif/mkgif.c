/* SPDX-License-Identifier: ISC */
/* See mkgif.h. Side: tests. */
#include "tests/unit/gif/mkgif.h"

#include <stdlib.h>
#include <string.h>

#define CLEAR	 256u
#define END	 257u
#define LITERALS 200 /* codes grow at 512, 254 after a clear */

/* Codes of nine bits, into sub-blocks. */
struct bits {
	struct bytes *m;
	uint32_t acc;
	int n, width;
	uint8_t block[256];
};

void
mkgif_colour(uint8_t i, uint8_t ret_rgba[4])
{
	ret_rgba[0] = i;
	ret_rgba[1] = (uint8_t)(255 - i);
	ret_rgba[2] = (uint8_t)(i * 3);
	ret_rgba[3] = 255;
}

static void
put_table(struct bytes *m)
{
	uint8_t rgba[4];
	int i;

	for (i = 0; i < 256; i++) {
		mkgif_colour((uint8_t)i, rgba);
		bytes_put(m, rgba, 3);
	}
}

void
mkgif_begin(struct bytes *m, uint32_t width, uint32_t height, bool table)
{
	m->size = 0;
	bytes_put(m, "GIF89a", 6);
	bytes_le(m, width, 2);
	bytes_le(m, height, 2);
	bytes_put(m, table ? "\xf7\0\0" : "\x70\0\0", 3);
	if (table)
		put_table(m);
}

void
mkgif_extension(struct bytes *m, uint8_t label, const void *data, uint8_t size)
{
	bytes_put(m, "!", 1);
	bytes_put(m, &label, 1);
	bytes_put(m, &size, 1);
	bytes_put(m, data, size);
	if (size > 0)
		bytes_put(m, "", 1);
}

void
mkgif_control(struct bytes *m, int disposal, int transparent)
{
	uint8_t block[4] = {(uint8_t)(disposal << 2)};

	if (transparent >= 0) {
		block[0] |= 1;
		block[3] = (uint8_t)transparent;
	}
	mkgif_extension(m, 0xf9, block, 4);
}

static void
flush(struct bits *b)
{
	if (b->block[0] > 0)
		bytes_put(b->m, b->block, (size_t)b->block[0] + 1);
	b->block[0] = 0;
}

static void
put_code(struct bits *b, uint32_t code)
{
	b->acc |= code << b->n;
	b->n += b->width;
	for (; b->n >= 8; b->n -= 8, b->acc >>= 8) {
		b->block[++b->block[0]] = (uint8_t)b->acc;
		if (b->block[0] == 255)
			flush(b);
	}
}

void
mkgif_frame(struct bytes *m, uint32_t x, uint32_t y, uint32_t width,
    uint32_t height, bool interlaced, bool own_table, size_t given,
    uint8_t first, uint8_t step)
{
	uint8_t flags =
	    (uint8_t)((interlaced ? 0x40 : 0) | (own_table ? 0x87 : 0));
	struct bits b = {.m = m, .width = 9};
	size_t i;

	bytes_put(m, ",", 1);
	bytes_le(m, x, 2);
	bytes_le(m, y, 2);
	bytes_le(m, width, 2);
	bytes_le(m, height, 2);
	bytes_put(m, &flags, 1);
	if (own_table)
		put_table(m);
	bytes_put(m, "\x08", 1);
	for (i = 0; i < given; i++) {
		if (i % LITERALS == 0)
			put_code(&b, CLEAR);
		put_code(&b, (uint8_t)(first + i * step));
	}
	put_code(&b, END);
	put_code(&b, 0); /* push out what is left */
	flush(&b);
	bytes_put(m, "", 1);
}

void
mkgif_full(struct bytes *m, uint32_t side, uint8_t step)
{
	struct bits b = {.m = m, .width = 9};
	uint32_t next = END + 1, i;

	bytes_put(m, ",\0\0\0\0", 5);
	bytes_le(m, side, 2);
	bytes_le(m, side, 2);
	bytes_put(m, "\0\x08", 2);
	put_code(&b, CLEAR);
	for (i = 0; i < side * side; i++) {
		put_code(&b, (uint8_t)(i * step));
		if (next == 1u << b.width && b.width < 12)
			b.width++;
		next++;
	}
	put_code(&b, END);
	put_code(&b, 0);
	flush(&b);
	bytes_put(m, "", 1);
}

void
mkgif_end(struct bytes *m)
{
	bytes_put(m, ";", 1);
}
