/* SPDX-License-Identifier: ISC */
/* JPEG XL files for tests, by the library's own encoder. Side: tests. */
#ifndef GBX_TESTS_MKJXL_H
#define GBX_TESTS_MKJXL_H

#include <stddef.h>
#include <stdint.h>

struct mkjxl {
	uint32_t width, height;
	uint32_t frames; /* 0: no animation */
	/* Ticks per second, 10/1 if 0; frame n is shown n + 1 times so many
	 * ticks, 1 if 0. */
	uint32_t per_second, denominator, ticks;
	uint32_t orientation; /* EXIF's 1..8; 0: 1 */
	int lossless;
	int black; /* an extra channel of ink, all 0 */
	/* Of ITU-T H.273, with the primaries of BT.2100; 0: sRGB. Then every
	 * sample is this value. */
	uint32_t transfer;
	uint8_t value;
};

/* RGB, from left and top; frame n is n shades bluer. malloc'd. */
uint8_t *mkjxl(const struct mkjxl *m, size_t *ret_size);
uint8_t mkjxl_sample(
    const struct mkjxl *m, uint32_t x, uint32_t y, uint32_t frame, int c);

#endif
