/* SPDX-License-Identifier: ISC */
/*
 * How checked pixels go to an encoder: the input of the worker `encode`, which
 * the library writes (gbx_encode_input). Numbers are u32, little-endian.
 * Side: the wire. Holds no code.
 */
#ifndef GBX_SCHEMAS_PIXELS_H
#define GBX_SCHEMAS_PIXELS_H

#include <stdint.h>

#define GBX_PIXELS_MAGIC     "GBXPIX\x1a\x01"
#define GBX_PIXELS_MAGIC_LEN 8

/* Where each number stands; the rest of the header is zero. */
enum gbx_pixels_field {
	GBX_PIXELS_TARGET = 8, /* enum gbx_format: png, jpeg or webp */
	GBX_PIXELS_WIDTH = 12,
	GBX_PIXELS_HEIGHT = 16,
	GBX_PIXELS_QUALITY = 20, /* 1..100; 0: without loss, where there is */
	GBX_PIXELS_ORIENTATION = 24, /* EXIF 1..8 to write; 0: none */
	GBX_PIXELS_COLOUR = 28,	     /* enum gbx_wire_colour to name; 0: none */
};

/* Rows of straight RGBA, 8 bits, width x 4 bytes each, begin here. */
#define GBX_PIXELS_HEADER 64

#endif
