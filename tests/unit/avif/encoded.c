/* SPDX-License-Identifier: ISC */
/* See encoded.h. Side: tests. */
#include "tests/unit/avif/encoded.h"

#include <avif/avif.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
must(int held, const char *what)
{
	if (held)
		return;
	printf("Bail out! encoded: %s\n", what);
	exit(1);
}

/* By libavif's own conversion, but not libyuv's. */
static void
paint(avifImage *image, const struct encoded *m)
{
	uint16_t *pixels = malloc((size_t)m->width * m->height * 6), *p;
	avifRGBImage rgb;
	uint32_t x, y;

	must(pixels != NULL, "memory");
	for (p = pixels, y = 0; y < m->height; y++)
		for (x = 0; x < m->width; x++, p += 3)
			memcpy(p,
			    m->halves && x >= m->width / 2 ? m->right : m->rgb,
			    6);
	avifRGBImageSetDefaults(&rgb, image);
	rgb.format = AVIF_RGB_FORMAT_RGB;
	rgb.depth = 16;
	rgb.avoidLibYUV = AVIF_TRUE;
	rgb.pixels = (uint8_t *)pixels;
	rgb.rowBytes = m->width * 6;
	must(avifImageRGBToYUV(image, &rgb) == AVIF_RESULT_OK, "colours");
	free(pixels);
}

static void
set_clap(avifImage *image, const uint32_t *c)
{
	if (c[0] == 0)
		return;
	image->transformFlags |= AVIF_TRANSFORM_CLAP;
	image->clap = (avifCleanApertureBox){
	    c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]};
}

uint8_t *
encoded(const struct encoded *m, size_t *ret_size)
{
	avifImage *image = avifImageCreate(m->width, m->height, m->depth,
	    m->limited ? AVIF_PIXEL_FORMAT_YUV420 : AVIF_PIXEL_FORMAT_YUV444);
	avifEncoder *encoder = avifEncoderCreate();
	const avifImage *cells[2] = {image, image};
	avifRWData out = AVIF_DATA_EMPTY;
	uint8_t *data;

	must(image != NULL && encoder != NULL, "memory");
	image->yuvRange = m->limited ? AVIF_RANGE_LIMITED : AVIF_RANGE_FULL;
	image->colorPrimaries = 1;
	image->transferCharacteristics =
	    (avifTransferCharacteristics)(m->transfer ? m->transfer : 13);
	image->matrixCoefficients = m->limited ? 1 : 0;
	paint(image, m);
	set_clap(image, m->clap);
	encoder->minQuantizer = encoder->maxQuantizer = 0;
	encoder->speed = AVIF_SPEED_FASTEST;
	if (m->tiles)
		must(avifEncoderAddImageGrid(encoder, 1, 2, cells,
			 AVIF_ADD_IMAGE_FLAG_SINGLE) == AVIF_RESULT_OK &&
			 avifEncoderFinish(encoder, &out) == AVIF_RESULT_OK,
		    "grid");
	else
		must(avifEncoderWrite(encoder, image, &out) == AVIF_RESULT_OK,
		    "write");
	data = malloc(out.size);
	must(data != NULL, "memory");
	memcpy(data, out.data, out.size);
	*ret_size = out.size;
	avifRWDataFree(&out);
	avifEncoderDestroy(encoder);
	avifImageDestroy(image);
	return data;
}
