/* SPDX-License-Identifier: ISC */
/*
 * TIFF files in memory, by libtiff's own encoder. Side: tests.
 */
#ifndef GBX_TESTS_MKTIFF_H
#define GBX_TESTS_MKTIFF_H

#include <stddef.h>
#include <stdint.h>
#include <tiffio.h>

/* No such tag. */
#define MKTIFF_NO_PHOTOMETRIC 0xffff

struct mktiff {
	uint32_t width, height;
	uint16_t bits, per_pixel, photometric, compression;
	uint16_t format;      /* 0: unsigned */
	uint16_t extra;	      /* 0: none said; else of the last sample, + 1 */
	uint16_t planes;      /* 1: each sample by itself */
	uint16_t predictor;   /* 0: none */
	uint16_t orientation; /* 0: not said */
	uint16_t subsampling; /* of YCbCr; 0: not said */
	uint32_t tile;	      /* side of a tile; 0: strips */
	uint32_t rows;	      /* of a strip; 0: all */
	uint32_t pages;	      /* 0: one */
	const char *mode;     /* "w" if NULL */
	uint32_t below;	      /* photometric of a directory below; 0: none */
	const char *dng;      /* four bytes of DNGVersion, or NULL */
	uint16_t inks;	      /* NumberOfInks; 0: not said */
	int own_tables;	      /* of JPEG, in each strip */
	/* As they lie in memory: rows, or planes of rows; NULL: a pattern. */
	const uint8_t *samples;
	const uint8_t *icc;
	size_t icc_size;
};

/* Caller frees. Ends the program when libtiff refuses. */
uint8_t *mktiff(const struct mktiff *m, size_t *ret_size);

#endif
