/* SPDX-License-Identifier: ISC */
/*
 * A streaming downscaler: rows of straight RGBA in, a smaller picture out.
 * Side: hostile. Makes no system call; memory is a few rows, whatever the
 * height of the image.
 *
 * It filters in linear light with premultiplied alpha and looks at every
 * pixel: first whole boxes of pixels are averaged (never to less than twice
 * the size wanted), then a Catmull-Rom kernel does the rest.
 */
#ifndef GBX_RUNTIME_SCALE_H
#define GBX_RUNTIME_SCALE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gbx_scale;

/* Where pixel (x, y) of the small picture goes: origin + x * step_x +
 * y * step_y. That is enough for all eight EXIF orientations. */
struct gbx_scale_dst {
	uint8_t *origin;
	ptrdiff_t step_x, step_y;
};

/* Scale in_w x in_h to out_w x out_h; no side is 0 and none grows. Equal sizes
 * copy the bytes as they are. The memory behind dst is borrowed until
 * gbx_scale_free. NULL: no memory. */
struct gbx_scale *gbx_scale_new(uint32_t in_w, uint32_t in_h, uint32_t out_w,
    uint32_t out_h, const struct gbx_scale_dst *dst);
/* The next row, in_w x 4 bytes; rows past the last are ignored. */
void gbx_scale_row(struct gbx_scale *s, const uint8_t *row);
/* Were all rows given, so that every pixel is written? */
bool gbx_scale_done(const struct gbx_scale *s);
void gbx_scale_free(struct gbx_scale *s);

#endif
