/* SPDX-License-Identifier: ISC */
/*
 * From one chunk of a PNG to the next (PNG, third edition, 5.3), inside of a
 * byte range. Side: hostile.
 */
#ifndef GBX_PNG_WALK_H
#define GBX_PNG_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GBX_PNG_SIGNATURE_LEN 8
#define GBX_PNG_CHUNK_EXTRA   12 /* length, type and CRC around the data */
#define GBX_PNG_NUMBER_MAX    0x7fffffffu

/* In the range itself: the type stands between length and data. */
struct gbx_png_chunk {
	const uint8_t *type, *data;
	size_t length;
};

/* The next one; *pos moves behind it, from GBX_PNG_SIGNATURE_LEN on. False: no
 * more, or cut off. */
bool gbx_png_next_chunk(
    const uint8_t *data, size_t size, size_t *pos, struct gbx_png_chunk *ret);
bool gbx_png_is(const struct gbx_png_chunk *c, const char *type);
bool gbx_png_crc_fits(const struct gbx_png_chunk *c);

/* The first of its type before the image data, of at least that many bytes and
 * whole: one whose CRC is wrong is not there. */
bool gbx_png_find(const uint8_t *data, size_t size, const char *type,
    size_t least, struct gbx_png_chunk *ret);
/* The same up to the end of the file. */
bool gbx_png_find_anywhere(const uint8_t *data, size_t size, const char *type,
    size_t least, struct gbx_png_chunk *ret);

#endif
