/* SPDX-License-Identifier: ISC */
/*
 * GIF files, block by block. Pixels are LZW codes of nine bits, each a literal:
 * a clear code comes before the code would grow. Side: tests.
 */
#ifndef GBX_TESTS_MKGIF_H
#define GBX_TESTS_MKGIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/support/bytes.h"

/* Colour i of the table, which has 256. */
void mkgif_colour(uint8_t i, uint8_t ret_rgba[4]);

/* Signature, screen descriptor, and a table of colours or none. */
void mkgif_begin(struct bytes *m, uint32_t width, uint32_t height, bool table);
/* Graphic control extension; transparent -1: none. */
void mkgif_control(struct bytes *m, int disposal, int transparent);
/* Any extension, in one sub-block. */
void mkgif_extension(
    struct bytes *m, uint8_t label, const void *data, uint8_t size);
/* The first `given` of width x height pixels, in the order of the file; all
 * the same if step is 0, else pixel i is (first + i * step) mod 256. */
void mkgif_frame(struct bytes *m, uint32_t x, uint32_t y, uint32_t width,
    uint32_t height, bool interlaced, bool own_table, size_t given,
    uint8_t first, uint8_t step);
/* A square whose table of codes becomes full and stays so: all are literals,
 * pixel i is i * step mod 256, and no clear code comes. */
void mkgif_full(struct bytes *m, uint32_t side, uint8_t step);
void mkgif_end(struct bytes *m);

#endif
