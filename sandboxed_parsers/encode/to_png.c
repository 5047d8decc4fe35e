/* SPDX-License-Identifier: ISC */
/*
 * PNG, through libpng; RGB where nothing is transparent. Side: hostile.
 */
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>

#include "sandboxed_parsers/encode/encode.h"
#include "sandboxed_parsers/encode/labels.h"

/* zlib's own default costs twice the time for a few percent. */
#define LEVEL 3

static void
on_write(png_structp png, png_bytep data, size_t length)
{
	if (!gbx_sink_bytes(png_get_io_ptr(png), data, length))
		png_error(png, "full");
}

static void
on_flush(png_structp png)
{
	(void)png;
}

static _Noreturn void
on_error(png_structp png, png_const_charp text)
{
	(void)text;
	png_longjmp(png, 1);
}

static void
on_warning(png_structp png, png_const_charp text)
{
	(void)png;
	(void)text;
}

static bool
is_opaque(const struct gbx_encode_picture *p)
{
	size_t i, n = (size_t)p->width * p->height;

	for (i = 0; i < n; i++)
		if (p->rgba[i * 4 + 3] != 255)
			return false;
	return true;
}

static void
set_labels(png_structp png, png_infop info, const struct gbx_encode_picture *p)
{
	uint8_t exif[GBX_ENCODE_EXIF_LEN];
	size_t length;
	const uint8_t *profile = gbx_encode_profile(p->colour, &length);

	if (profile != NULL)
		png_set_iCCP(png, info, "icc", PNG_COMPRESSION_TYPE_BASE,
		    profile, (png_uint_32)length);
	else if (p->colour == GBX_WIRE_COLOUR_SRGB)
		png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
	if (p->orientation == 0)
		return;
	gbx_encode_exif(p->orientation, exif);
	png_set_eXIf_1(png, info, sizeof(exif), exif);
}

static void
write_all(png_structp png, png_infop info, const struct gbx_encode_picture *p)
{
	bool opaque = is_opaque(p);
	uint32_t y;

	png_set_compression_level(png, LEVEL);
	png_set_IHDR(png, info, p->width, p->height, 8,
	    opaque ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGB_ALPHA,
	    PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
	    PNG_FILTER_TYPE_DEFAULT);
	set_labels(png, info, p);
	png_write_info(png, info);
	if (opaque)
		png_set_filler(png, 0, PNG_FILLER_AFTER);
	for (y = 0; y < p->height; y++)
		png_write_row(png, p->rgba + (size_t)y * p->width * 4);
	png_write_end(png, info);
}

/* Alone with setjmp, so that no local is touched between it and the jump. */
static bool
write_guarded(
    png_structp png, png_infop info, const struct gbx_encode_picture *p)
{
	if (setjmp(png_jmpbuf(png)) != 0)
		return false;
	write_all(png, info, p);
	return true;
}

bool
gbx_encode_png(const struct gbx_encode_picture *picture, struct gbx_sink *sink)
{
	png_structp png = png_create_write_struct(
	    PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
	png_infop info = png != NULL ? png_create_info_struct(png) : NULL;
	bool good = false;

	if (info != NULL) {
		png_set_write_fn(png, sink, on_write, on_flush);
		png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
		good = write_guarded(png, info, picture);
	}
	png_destroy_write_struct(&png, &info);
	return good;
}
