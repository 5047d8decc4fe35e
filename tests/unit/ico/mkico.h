/* SPDX-License-Identifier: ISC */
/*
 * Icons out of pictures. Side: tests.
 */
#ifndef GBX_TESTS_MKICO_H
#define GBX_TESTS_MKICO_H

#include "tests/support/bytes.h"

/* Directory and pictures, from a cleared start; kind 1: icon, 2: cursor. */
void mkico(
    struct bytes *b, uint32_t kind, const struct bytes *pictures, uint32_t n);
/* A bitmap of that many bits with its mask: pixel i is colour i, as
 * mkico_colour() says, and the mask hides every third pixel. */
void mkico_bitmap(
    struct bytes *b, uint32_t width, uint32_t height, uint32_t bits);
/* The value that pixel i has in a bitmap: an index, or B, G, R, A. */
uint32_t mkico_value(uint32_t i, uint32_t bits);
/* width x height in RGBA, all pixels 1, 2, 3, 4. */
void mkico_png(struct bytes *b, uint32_t width, uint32_t height);

#endif
