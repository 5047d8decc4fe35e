/* SPDX-License-Identifier: ISC */
/*
 * WebP files: frames by the library's encoder, chunks by hand.
 * Side: tests.
 */
#ifndef GBX_TESTS_MKWEBP_H
#define GBX_TESTS_MKWEBP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/support/bytes.h"

/* Smooth, of the kind that lossy encoders keep; alpha from opaque down. */
uint8_t mkwebp_sample(uint32_t x, uint32_t y, int c);

/* A simple file. */
void mkwebp_still(struct bytes *m, uint32_t width, uint32_t height,
    bool lossless, bool alpha);

/* The same, lossy: a red disc on what is transparent, and cyan below that. */
void mkwebp_disc(struct bytes *m, uint32_t side);

/* An extended one: begin, chunks, end. */
enum {
	MKWEBP_ANIMATION = 0x02,
	MKWEBP_XMP = 0x04,
	MKWEBP_EXIF = 0x08,
	MKWEBP_ALPHA = 0x10,
	MKWEBP_ICC = 0x20
};
void mkwebp_begin(
    struct bytes *m, uint8_t flags, uint32_t width, uint32_t height);
void mkwebp_chunk(
    struct bytes *m, const char *type, const void *data, size_t size);
/* The chunks of a still image. */
void mkwebp_image(struct bytes *m, uint32_t width, uint32_t height,
    bool lossless, bool alpha);
/* One colour all over; dispose: to transparent, afterwards. x and y are
 * even. */
void mkwebp_frame(struct bytes *m, uint32_t x, uint32_t y, uint32_t width,
    uint32_t height, const uint8_t rgba[4], bool dispose);
void mkwebp_end(struct bytes *m);

#endif
