/* SPDX-License-Identifier: ISC */
/*
 * The blocks of a GIF without unpacking one: how many frames, which extensions.
 * Side: hostile.
 */
#ifndef GBX_GIF_FRAMES_H
#define GBX_GIF_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed but for data and size. */
struct gbx_gif_walk {
	const uint8_t *data;
	size_t size, pos;
	bool begun;
	uint8_t label; /* of an extension */
	size_t blocks; /* where its sub-blocks begin */
	size_t image;  /* where an image's descriptor begins */
};

enum gbx_gif_block {
	GBX_GIF_END = 0, /* the trailer, or the end of what there is */
	GBX_GIF_IMAGE,
	GBX_GIF_EXTENSION,
};

enum gbx_gif_block gbx_gif_next(struct gbx_gif_walk *w);

/* As far as the first image reaches to the right and down. False: none. */
bool gbx_gif_first_extent(const uint8_t *data, size_t size, uint32_t *ret_width,
    uint32_t *ret_height);

/* Up to the trailer, or as far as the data go; never more than most + 1. */
uint32_t gbx_gif_count_frames(const uint8_t *data, size_t size, uint64_t most);

#endif
