/* SPDX-License-Identifier: ISC */
/*
 * PNG files by hand, good and bad. Side: tests. Exits when memory is short.
 */
#ifndef GBX_TESTS_PNG_MKPNG_H
#define GBX_TESTS_PNG_MKPNG_H

#include <stddef.h>
#include <stdint.h>

struct mkpng {
	uint8_t *data;
	size_t size, room;
};

void mkpng_bytes(struct mkpng *m, const void *data, size_t size);
void mkpng_chunk(
    struct mkpng *m, const char *type, const void *data, size_t size);
/* Signature and IHDR; frees what was there. */
void mkpng_begin(struct mkpng *m, uint32_t width, uint32_t height,
    uint8_t depth, uint8_t colour, uint8_t interlaced);
/* rows of row_size bytes, each with filter 0 before it, in one IDAT. */
void mkpng_image(
    struct mkpng *m, const uint8_t *rows, size_t row_size, size_t n_rows);
/* data, compressed, in one chunk of any type. */
void mkpng_deflated(
    struct mkpng *m, const char *type, const uint8_t *data, size_t size);
/* The same as the data of a frame, split into chunks of at most `most` bytes;
 * its numbers are counted on. */
void mkpng_frame(struct mkpng *m, uint32_t *sequence, const uint8_t *rows,
    size_t row_size, size_t n_rows, size_t most);
/* acTL and fcTL as they stand there. */
void mkpng_animation(struct mkpng *m, uint32_t frames);
struct mkpng_control {
	uint32_t width, height, left, top;
	uint16_t delay, per;
	uint8_t dispose, blend;
};
void mkpng_control(
    struct mkpng *m, uint32_t *sequence, const struct mkpng_control *c);
void mkpng_end(struct mkpng *m);
/* eXIf with this orientation; big: Motorola byte order. */
void mkpng_exif(struct mkpng *m, uint8_t orientation, int big);
void mkpng_free(struct mkpng *m);

#endif
