/* SPDX-License-Identifier: ISC */
/*
 * PNGs whose pixels are known, for tests. Side: none.
 * Needs zlib at link time. No bounds on what it is asked for: tests ask well.
 */
#ifndef GBX_TESTS_SUPPORT_PICTURE_H
#define GBX_TESTS_SUPPORT_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An RGBA PNG of width x height. The caller frees it; NULL: no memory. */
uint8_t *test_picture(
    uint32_t width, uint32_t height, uint32_t seed, size_t *ret_size);
/* Only a signature and an IHDR, of any dimensions. */
uint8_t *test_header(uint32_t width, uint32_t height, size_t *ret_size);
/* Are these the pixels of test_picture(width, height, seed)? */
bool test_pixels(const uint8_t *pixels, size_t stride, uint32_t width,
    uint32_t height, uint32_t seed);

#endif
