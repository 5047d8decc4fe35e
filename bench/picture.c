/* SPDX-License-Identifier: ISC */
/*
 * Photo-like pictures, and their decoding in this process: the other side of
 * every comparison. Side: none. The transforms are those of
 * sandboxed_parsers/png.
 */
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"

static uint32_t
next_random(uint32_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 17;
	*x ^= *x << 5;
	return *x;
}

/* Slow waves with the noise of a sensor on them. */
static void
fill_row(uint8_t *row, uint32_t y, uint32_t width, uint32_t *seed)
{
	uint32_t x, c, base;

	for (x = 0; x < width; x++)
		for (c = 0; c < 3; c++) {
			base = 128 + ((x * (c + 1) / 7 + y / 5) & 63) -
			       ((x / 11 + y * (3 - c) / 9) & 63);
			*row++ = (uint8_t)(base + next_random(seed) % 7);
		}
}

struct sink {
	uint8_t *data;
	size_t size, room;
};

static void
on_write(png_structp png, png_bytep data, size_t length)
{
	struct sink *s = png_get_io_ptr(png);

	if (length > s->room - s->size) {
		s->room = 2 * s->room + length;
		s->data = realloc(s->data, s->room);
		if (s->data == NULL)
			abort();
	}
	memcpy(s->data + s->size, data, length);
	s->size += length;
}

void
picture_make(
    struct picture *p, const char *name, uint32_t width, uint32_t height)
{
	png_structp png =
	    png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);
	struct sink s = {0};
	uint8_t *row = malloc((size_t)width * 3), *pixels;
	size_t size = (size_t)width * height * 4;
	uint32_t y, seed = 1;

	if (row == NULL || setjmp(png_jmpbuf(png)) != 0)
		abort();
	png_set_write_fn(png, &s, on_write, NULL);
	png_set_compression_level(png, 4);
	png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_RGB,
	    PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
	    PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	for (y = 0; y < height; y++) {
		fill_row(row, y, width, &seed);
		png_write_row(png, row);
	}
	png_write_end(png, NULL);
	png_destroy_write_struct(&png, &info);
	free(row);
	*p = (struct picture){name, width, height, s.data, s.size, 0};
	pixels = malloc(size);
	if (pixels == NULL)
		abort();
	picture_decode(p, pixels);
	p->sum = picture_sum(pixels, size);
	free(pixels);
}

void
picture_free(struct picture *p)
{
	free(p->png);
}

/* FNV-1a, eight bytes at a time. */
uint64_t
picture_sum(const uint8_t *pixels, size_t size)
{
	uint64_t sum = 0xcbf29ce484222325U, word;
	size_t i;

	for (i = 0; i + 8 <= size; i += 8) {
		memcpy(&word, pixels + i, 8);
		sum = (sum ^ word) * 0x100000001b3U;
	}
	return sum;
}

struct source {
	const struct picture *p;
	size_t at;
};

static void
on_read(png_structp png, png_bytep data, size_t length)
{
	struct source *s = png_get_io_ptr(png);

	if (length > s->p->size - s->at)
		png_error(png, "truncated");
	memcpy(data, s->p->png + s->at, length);
	s->at += length;
}

void
picture_decode(const struct picture *p, uint8_t *out)
{
	png_structp png =
	    png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_infop info = png_create_info_struct(png);
	struct source s = {p, 0};
	uint32_t y;

	if (setjmp(png_jmpbuf(png)) != 0)
		abort();
	png_set_read_fn(png, &s, on_read);
	png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
	png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
	png_read_info(png, info);
	png_set_expand(png);
	png_set_scale_16(png);
	png_set_gray_to_rgb(png);
	png_set_add_alpha(png, 0xff, PNG_FILLER_AFTER);
	(void)png_set_interlace_handling(png);
	png_read_update_info(png, info);
	for (y = 0; y < p->height; y++)
		png_read_row(png, out + (size_t)y * p->width * 4, NULL);
	png_read_end(png, NULL);
	png_destroy_read_struct(&png, &info, NULL);
}
