/* SPDX-License-Identifier: ISC */
/*
 * Validated pixels to PNG, with libpng. Side: caller.
 * Sees only pixels that passed the gate; never reads a PNG.
 */
#include <errno.h>
#include <png.h>
#include <stdbool.h>
#include <stdint.h>

#include "cmd/png_write.h"

/* Above this, speed counts for more than the last percent of size. */
#define LARGE_PIXELS (2u << 20)

struct writer {
	FILE *f;
	const struct gbx_block *pixels;
	int error;
};

/* png_error does not come back: it jumps to where setjmp was. */
static void
fail(png_structp png, png_const_charp message)
{
	struct writer *w = png_get_error_ptr(png);

	(void)message;
	if (w->error == 0)
		w->error = EINVAL;
	png_longjmp(png, 1);
}

static void
ignore(png_structp png, png_const_charp message)
{
	(void)png;
	(void)message;
}

static void
put(png_structp png, png_bytep data, size_t length)
{
	struct writer *w = png_get_io_ptr(png);

	if (fwrite(data, 1, length, w->f) == length)
		return;
	w->error = errno;
	png_error(png, "write");
}

static void
flush(png_structp png)
{
	(void)png;
}

static const uint8_t *
row_of(const struct gbx_block *pixels, uint32_t y)
{
	return (const uint8_t *)pixels->data + y * pixels->stride;
}

static bool
opaque(const struct gbx_block *pixels)
{
	uint8_t all = 0xff;

	for (uint32_t y = 0; y < pixels->height; y++) {
		const uint8_t *row = row_of(pixels, y);

		for (size_t x = 0; x < pixels->width; x++)
			all &= row[4 * x + 3];
		if (all != 0xff)
			return false;
	}
	return true;
}

static void
write_all(png_structp png, png_infop info, const struct gbx_block *pixels)
{
	bool rgb = opaque(pixels);
	uint64_t n = (uint64_t)pixels->width * pixels->height;

	/* libpng's own limit of a million a side is for reading strangers. */
	png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
	png_set_compression_level(png, n > LARGE_PIXELS ? 3 : 6);
	png_set_IHDR(png, info, pixels->width, pixels->height, 8,
	    rgb ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGB_ALPHA,
	    PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
	    PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	if (rgb) /* leave the fourth byte out */
		png_set_filler(png, 0, PNG_FILLER_AFTER);
	for (uint32_t y = 0; y < pixels->height; y++)
		png_write_row(png, row_of(pixels, y));
	png_write_end(png, info);
}

int
gbx_cmd_png_write(FILE *f, const struct gbx_block *pixels)
{
	struct writer w = {.f = f, .pixels = pixels};
	png_infop info = NULL;
	png_structp png =
	    png_create_write_struct(PNG_LIBPNG_VER_STRING, &w, fail, ignore);

	if (png)
		info = png_create_info_struct(png);
	if (!info) {
		png_destroy_write_struct(&png, NULL);
		return ENOMEM;
	}
	png_set_write_fn(png, &w, put, flush);
	if (setjmp(png_jmpbuf(png)) == 0)
		write_all(png, info, pixels);
	png_destroy_write_struct(&png, &info);
	return w.error;
}
