/* SPDX-License-Identifier: ISC */
/*
 * Pictures of 16 x 16 that warm the encoders up: each opaque and with alpha,
 * with loss and, where there is, without.
 * Side: setup. Included by encode.c alone.
 */
#ifndef GBX_ENCODE_SAMPLES_H
#define GBX_ENCODE_SAMPLES_H

#include "sandboxed_parsers/runtime/parser.h"
#include "schemas/pixels.h"

#define SAMPLE_SIZE (GBX_PIXELS_HEADER + 16 * 16 * 4)
/* clang-format off */
#define SAMPLE(target, quality, level) {                                  \
	'G', 'B', 'X', 'P', 'I', 'X', 0x1a, 1,                             \
	[GBX_PIXELS_TARGET] = (target), [GBX_PIXELS_WIDTH] = 16,           \
	[GBX_PIXELS_HEIGHT] = 16, [GBX_PIXELS_QUALITY] = (quality),        \
	[GBX_PIXELS_HEADER ... SAMPLE_SIZE - 1] = (level) }

static const uint8_t sample_png[SAMPLE_SIZE] = SAMPLE(GBX_FORMAT_PNG, 0, 255);
static const uint8_t sample_png_alpha[SAMPLE_SIZE] = SAMPLE(GBX_FORMAT_PNG, 0, 99);
static const uint8_t sample_jpeg[SAMPLE_SIZE] = SAMPLE(GBX_FORMAT_JPEG, 80, 99);
static const uint8_t sample_webp[SAMPLE_SIZE] = SAMPLE(GBX_FORMAT_WEBP, 80, 255);
static const uint8_t sample_webp_alpha[SAMPLE_SIZE] = SAMPLE(GBX_FORMAT_WEBP, 80, 99);
static const uint8_t sample_webp_whole[SAMPLE_SIZE] = SAMPLE(GBX_FORMAT_WEBP, 0, 99);

/* Two halves, two alphas: the plane of alpha is packed by itself. */
static const uint8_t sample_webp_halves[SAMPLE_SIZE] = {
	'G', 'B', 'X', 'P', 'I', 'X', 0x1a, 1,
	[GBX_PIXELS_TARGET] = GBX_FORMAT_WEBP, [GBX_PIXELS_WIDTH] = 16,
	[GBX_PIXELS_HEIGHT] = 16, [GBX_PIXELS_QUALITY] = 80,
	[GBX_PIXELS_HEADER ... GBX_PIXELS_HEADER + 511] = 30,
	[GBX_PIXELS_HEADER + 512 ... SAMPLE_SIZE - 1] = 200 };

static const struct gbx_sample samples[] = {
    {"png", sample_png, SAMPLE_SIZE, GBX_WIRE_OP_ENCODE},
    {"png_alpha", sample_png_alpha, SAMPLE_SIZE, GBX_WIRE_OP_ENCODE},
    {"jpeg", sample_jpeg, SAMPLE_SIZE, GBX_WIRE_OP_ENCODE},
    {"webp", sample_webp, SAMPLE_SIZE, GBX_WIRE_OP_ENCODE},
    {"webp_alpha", sample_webp_alpha, SAMPLE_SIZE, GBX_WIRE_OP_ENCODE},
    {"webp_halves", sample_webp_halves, SAMPLE_SIZE, GBX_WIRE_OP_ENCODE},
    {"webp_whole", sample_webp_whole, SAMPLE_SIZE, GBX_WIRE_OP_ENCODE},
};
/* clang-format on */

#endif
