/* SPDX-License-Identifier: ISC */
/*
 * How many frames a GIF has, without unpacking one. Side: hostile.
 */
#ifndef GBX_GIF_FRAMES_H
#define GBX_GIF_FRAMES_H

#include <stddef.h>
#include <stdint.h>

/* Up to the trailer, or as far as the data go; never more than most + 1. */
uint32_t gbx_gif_count_frames(const uint8_t *data, size_t size, uint64_t most);

#endif
