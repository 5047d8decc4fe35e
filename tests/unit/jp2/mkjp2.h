/* SPDX-License-Identifier: ISC */
/*
 * JPEG 2000 files in memory, by OpenJPEG's own encoder. Side: tests.
 */
#ifndef GBX_TESTS_MKJP2_H
#define GBX_TESTS_MKJP2_H

#include <openjpeg-2.5/openjpeg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mkjp2 {
	uint32_t width, height, components;
	uint32_t bits;	       /* 0: 8 */
	OPJ_COLOR_SPACE space; /* 0: not said */
	bool bare;	       /* a codestream without boxes */
	bool lossy;	       /* the 9-7 wavelet and quantised */
	bool is_signed, mixed; /* mixed: the components are transformed */
	uint32_t coarse;       /* step of components 1 and 2; 0: 1 */
	uint32_t alpha;	       /* number of that component; 0: none */
	uint16_t alpha_kind;   /* 1 straight, 2 premultiplied */
	uint32_t tile;	       /* side; 0: one tile */
	int levels;	       /* resolutions; 0: 3 */
	/* Of component c at (x, y); NULL: a smooth pattern. */
	int32_t (*sample)(uint32_t x, uint32_t y, uint32_t c);
	const uint8_t *icc;
	size_t icc_size;
};

/* Caller frees. Ends the program when the library refuses. */
uint8_t *mkjp2(const struct mkjp2 *m, size_t *ret_size);
/* The pattern: 0 to 255. */
int32_t mkjp2_sample(uint32_t x, uint32_t y, uint32_t c);

#endif
