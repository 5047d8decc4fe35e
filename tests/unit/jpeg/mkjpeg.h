/* SPDX-License-Identifier: ISC */
/*
 * JPEG files of every kind that the library can write, made in memory.
 * Side: tests.
 */
#ifndef GBX_TESTS_MKJPEG_H
#define GBX_TESTS_MKJPEG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mkjpeg_colours {
	MKJPEG_GRAY,
	MKJPEG_YCC,
	MKJPEG_RGB,
	MKJPEG_CMYK, /* with Adobe's marker, inverted as Adobe does */
	MKJPEG_YCCK
};

struct mkjpeg {
	uint32_t width, height;
	enum mkjpeg_colours colours;
	int h, v; /* sampling of luma: 1 or 2; 0: 1 */
	bool progressive;
	unsigned int restart; /* in MCU rows; 0: none */
	int quality;	      /* 1..100; 0: 90 */
	uint32_t orientation; /* EXIF, 0: none */
	bool arithmetic;      /* in place of Huffman's code */
};

/* A smooth picture: the sample of pixel (x, y) in channel c. */
uint8_t mkjpeg_sample(const struct mkjpeg *m, uint32_t x, uint32_t y, int c);
/* The caller frees what is returned. Ends the program without memory. */
uint8_t *mkjpeg(const struct mkjpeg *m, size_t *ret_size);

#endif
