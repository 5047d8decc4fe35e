/* SPDX-License-Identifier: ISC */
/* See mkwebp.h. Side: tests. */
#include "tests/unit/webp/mkwebp.h"

#include <stdlib.h>
#include <string.h>

#include <webp/encode.h>

#define RIFF_LEN 12 /* before the first chunk of a file */

static void *
must(void *p)
{
	if (p == NULL)
		abort();
	return p;
}

static void
put_le(uint8_t *to, uint32_t v, int bytes)
{
	for (; bytes > 0; bytes--, v >>= 8)
		*to++ = (uint8_t)v;
}

uint8_t
mkwebp_sample(uint32_t x, uint32_t y, int c)
{
	switch (c) {
	case 0:
		return (uint8_t)(30 + x % 200);
	case 1:
		return (uint8_t)(230 - y % 200);
	case 2:
		return (uint8_t)(40 + (x + y) / 2 % 200);
	default:
		return (uint8_t)(255 - x % 16);
	}
}

/* ---- frames ------------------------------------------------------------- */

static uint8_t *
smooth(uint32_t width, uint32_t height, bool alpha)
{
	uint8_t *rgba = must(malloc((size_t)width * height * 4)), *p = rgba;
	uint32_t x, y;
	int c;

	for (y = 0; y < height; y++)
		for (x = 0; x < width; x++) {
			for (c = 0; c < 4; c++)
				*p++ = mkwebp_sample(x, y, c);
			if (!alpha)
				p[-1] = 255;
		}
	return rgba;
}

/* A whole simple or extended file; the caller frees. */
static uint8_t *
encode(const uint8_t *rgba, uint32_t width, uint32_t height, bool lossless,
    size_t *ret_size)
{
	int w = (int)width, h = (int)height;
	WebPConfig config;
	WebPPicture picture;
	WebPMemoryWriter out;

	if (!WebPConfigInit(&config) || !WebPPictureInit(&picture))
		abort();
	config.lossless = lossless;
	config.exact = 1;
	config.quality = 95;
	picture.use_argb = lossless;
	picture.width = w;
	picture.height = h;
	WebPMemoryWriterInit(&out);
	picture.writer = WebPMemoryWrite;
	picture.custom_ptr = &out;
	if (!WebPPictureImportRGBA(&picture, rgba, w * 4) ||
	    !WebPEncode(&config, &picture))
		abort();
	WebPPictureFree(&picture);
	*ret_size = out.size;
	return out.mem;
}

void
mkwebp_still(
    struct bytes *m, uint32_t width, uint32_t height, bool lossless, bool alpha)
{
	uint8_t *rgba = smooth(width, height, alpha), *file;
	size_t size;

	file = encode(rgba, width, height, lossless, &size);
	m->size = 0;
	bytes_put(m, file, size);
	WebPFree(file);
	free(rgba);
}

void
mkwebp_disc(struct bytes *m, uint32_t side)
{
	uint8_t *rgba = must(calloc(side, (size_t)side * 4)), *p = rgba, *file;
	uint32_t x, y, dx, dy;
	size_t size;

	for (y = 0; y < side; y++)
		for (x = 0; x < side; x++, p += 4) {
			dx = x * 2 < side ? side - x * 2 : x * 2 - side;
			dy = y * 2 < side ? side - y * 2 : y * 2 - side;
			if (dx * dx + dy * dy < side * side)
				p[0] = p[3] = 255;
			else
				p[1] = p[2] = 255;
		}
	file = encode(rgba, side, side, false, &size);
	m->size = 0;
	bytes_put(m, file, size);
	WebPFree(file);
	free(rgba);
}

/* ---- chunks ------------------------------------------------------------- */

void
mkwebp_chunk(struct bytes *m, const char *type, const void *data, size_t size)
{
	bytes_put(m, type, 4);
	bytes_le(m, (uint32_t)size, 4);
	bytes_put(m, data, size);
	if (size & 1)
		bytes_put(m, "", 1);
}

void
mkwebp_begin(struct bytes *m, uint8_t flags, uint32_t width, uint32_t height)
{
	m->size = 0;
	bytes_put(m, "RIFF\0\0\0\0WEBP", RIFF_LEN);
	bytes_put(m, "VP8X\x0a\0\0", 8);
	bytes_le(m, flags, 4);
	bytes_le(m, width - 1, 3);
	bytes_le(m, height - 1, 3);
	if (flags & MKWEBP_ANIMATION)
		mkwebp_chunk(m, "ANIM", "\0\0\0\0\0", 6);
}

/* The chunks of a file that are an image's: ALPH, VP8 and VP8L. */
static void
copy_image(struct bytes *m, const uint8_t *file, size_t size)
{
	size_t pos = RIFF_LEN, n;

	while (size - pos >= 8) {
		n = (size_t)file[pos + 4] | (size_t)file[pos + 5] << 8 |
		    (size_t)file[pos + 6] << 16;
		if (memcmp(file + pos, "VP8X", 4) != 0)
			bytes_put(m, file + pos, 8 + n + (n & 1));
		pos += 8 + n + (n & 1);
	}
}

void
mkwebp_image(
    struct bytes *m, uint32_t width, uint32_t height, bool lossless, bool alpha)
{
	uint8_t *rgba = smooth(width, height, alpha), *file;
	size_t size;

	file = encode(rgba, width, height, lossless, &size);
	copy_image(m, file, size);
	WebPFree(file);
	free(rgba);
}

void
mkwebp_frame(struct bytes *m, uint32_t x, uint32_t y, uint32_t width,
    uint32_t height, const uint8_t rgba[4], bool dispose)
{
	uint8_t *pixels = must(malloc((size_t)width * height * 4)), *file;
	struct bytes inner = {0};
	size_t size, i;

	for (i = 0; i < (size_t)width * height; i++)
		memcpy(pixels + i * 4, rgba, 4);
	file = encode(pixels, width, height, true, &size);
	bytes_le(&inner, x / 2, 3);
	bytes_le(&inner, y / 2, 3);
	bytes_le(&inner, width - 1, 3);
	bytes_le(&inner, height - 1, 3);
	bytes_le(&inner, 100, 3);
	bytes_le(&inner, dispose, 1);
	copy_image(&inner, file, size);
	mkwebp_chunk(m, "ANMF", inner.data, inner.size);
	bytes_free(&inner);
	WebPFree(file);
	free(pixels);
}

void
mkwebp_end(struct bytes *m)
{
	put_le(m->data + 4, (uint32_t)m->size - 8, 4);
}
