/* SPDX-License-Identifier: ISC */
/*
 * BMP files of every kind of header. Side: tests.
 */
#ifndef GBX_TESTS_MKBMP_H
#define GBX_TESTS_MKBMP_H

#include "tests/support/bytes.h"

struct mkbmp {
	uint32_t header;	/* its size: 12, 16..64, 40, 52, 56, 108, 124 */
	uint32_t width, height; /* height may be negative, as unsigned */
	uint32_t bits, compression;
	uint32_t colours; /* in the palette, and declared if not 2^bits */
	uint32_t mask[4]; /* written where the header has room, or after it */
};

/* Colour i: red, green, blue. */
void mkbmp_colour(uint32_t i, uint8_t ret_rgba[4]);
/* The header and what follows, up to the pixels; nothing is cleared. */
void mkbmp_dib(struct bytes *b, const struct mkbmp *m);
/* The same with a file header before it, from a cleared start. */
void mkbmp_begin(struct bytes *b, const struct mkbmp *m);
/* A row of n bytes, padded. */
void mkbmp_row(struct bytes *b, const void *row, size_t n);

#endif
