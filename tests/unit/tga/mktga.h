/* SPDX-License-Identifier: ISC */
/*
 * TGA headers. Side: tests.
 */
#ifndef GBX_TESTS_MKTGA_H
#define GBX_TESTS_MKTGA_H

#include "tests/support/bytes.h"

struct mktga {
	uint8_t kind; /* 1, 2, 3; 9, 10, 11 in packets */
	uint32_t width, height;
	uint8_t bits, descriptor;
	uint32_t map_first, map_length;
	uint8_t map_bits; /* 0: no map */
};

/* From a cleared start, up to the pixels; a map is written, entry i of bytes
 * i, i + 1, i + 2, and so on. */
void mktga_begin(struct bytes *b, const struct mktga *m);

#endif
