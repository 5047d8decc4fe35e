/* SPDX-License-Identifier: ISC */
/*
 * AVIF files in memory, by libavif's own encoder, lossless. Side: tests.
 */
#ifndef GBX_TESTS_ENCODED_H
#define GBX_TESTS_ENCODED_H

#include <stddef.h>
#include <stdint.h>

struct encoded {
	uint32_t width, height, depth;
	int limited;	   /* range; 4:2:0 then */
	uint32_t transfer; /* of H.273; 0: 13, sRGB */
	uint16_t rgb[3];   /* of 8 bits, or of depth; the right half is */
	uint16_t right[3]; /* this, if halves */
	int halves;
	int tiles;	  /* two of them, one above the other */
	uint32_t clap[8]; /* as the box has it; a first 0: none */
};

/* Freed by the caller. Ends the program when the library refuses. */
uint8_t *encoded(const struct encoded *m, size_t *ret_size);

#endif
