/* SPDX-License-Identifier: ISC */
/*
 * Samples of every depth and kind to bytes, bytes to straight RGBA; see page.h.
 * Side: hostile. Libtiff hands out whole bytes of 16 bits and more in the
 * machine's order, and anything else as it lies in the file: packed, the most
 * significant bit first, rows padded to bytes.
 *
 * One rule for all depths: v * 255 / (2^bits - 1), rounded. Signed samples
 * count from the least there is; floating point from 0 to 1.
 */
#include <string.h>

#include "sandboxed_parsers/tiff/page.h"

static uint8_t
reduce(uint64_t v, uint64_t most)
{
	return (uint8_t)((v * 255 + most / 2) / most);
}

static uint8_t
reduce_float(double v)
{
	if (!(v > 0)) /* NaN, too */
		return 0;
	return v < 1 ? (uint8_t)(v * 255 + 0.5) : 255;
}

/* ---- whole numbers ------------------------------------------------------ */

static uint64_t
load(const uint8_t *from, unsigned bytes)
{
	uint64_t v = 0;
	unsigned i;

	for (i = 0; i < bytes; i++) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		v |= (uint64_t)from[i] << i * 8;
#else
		v = v << 8 | from[i];
#endif
	}
	return v;
}

static void
unpack_bytes(
    const struct gbx_tiff_page *p, const uint8_t *from, uint8_t *to, size_t n)
{
	unsigned bytes = p->bits / 8u, drop = p->bits == 64 ? 32 : 0;
	uint64_t most = ((uint64_t)1 << (p->bits - drop)) - 1;
	uint64_t flip = 0;
	size_t i;

	if (p->format == SAMPLEFORMAT_INT)
		flip = (uint64_t)1 << (p->bits - 1);
	for (i = 0; i < n; i++)
		to[i] = reduce(
		    (load(from + i * bytes, bytes) ^ flip) >> drop, most);
}

static void
unpack_sixteen(
    const struct gbx_tiff_page *p, const uint8_t *from, uint8_t *to, size_t n)
{
	uint16_t flip = p->format == SAMPLEFORMAT_INT ? 0x8000 : 0, v;
	size_t i;

	for (i = 0; i < n; i++) {
		memcpy(&v, from + i * 2, 2);
		v ^= flip;
		to[i] = (uint8_t)((v * 255u + 32767) / 65535);
	}
}

static void
unpack_packed(
    const struct gbx_tiff_page *p, const uint8_t *from, uint8_t *to, size_t n)
{
	uint64_t most = ((uint64_t)1 << p->bits) - 1, bits = 0, v;
	unsigned have = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		for (; have < p->bits; have += 8)
			bits = bits << 8 | *from++;
		have -= p->bits;
		v = bits >> have & most;
		to[i] = p->bits <= 8 ? p->reduce[v] : reduce(v, most);
	}
}

/* ---- floating point ----------------------------------------------------- */

/* 16 bits are IEEE 754's; 24 have 7 of exponent and 16 of mantissa (Adobe
 * Photoshop TIFF Technical Note 3). */
static double
small_float(uint32_t v, unsigned exponent_bits, unsigned mantissa_bits)
{
	uint32_t mantissa = v & ((1u << mantissa_bits) - 1);
	int exponent = (int)(v >> mantissa_bits & ((1u << exponent_bits) - 1));
	int bias = (1 << (exponent_bits - 1)) - 1;
	double f = (double)mantissa / (double)(1u << mantissa_bits);
	int power = (exponent == 0 ? 1 : exponent) - bias;

	if (v >> (exponent_bits + mantissa_bits) & 1)
		return 0; /* below zero */
	if (exponent == 2 * bias + 1 && mantissa != 0)
		return 0; /* not a number */
	if (exponent != 0)
		f += 1;
	for (; power < 0; power++)
		f /= 2;
	return power > 0 ? 2 * f : f; /* enough to be past 1 */
}

static double
float_at(const uint8_t *from, uint16_t bits)
{
	double d;
	float f;

	switch (bits) {
	case 16:
		return small_float((uint32_t)load(from, 2), 5, 10);
	case 24:
		return small_float((uint32_t)load(from, 3), 7, 16);
	case 32:
		memcpy(&f, from, sizeof(f));
		return (double)f;
	default:
		memcpy(&d, from, sizeof(d));
		return d;
	}
}

static void
unpack_floats(
    const struct gbx_tiff_page *p, const uint8_t *from, uint8_t *to, size_t n)
{
	size_t i, bytes = p->bits / 8u;

	for (i = 0; i < n; i++)
		to[i] = reduce_float(float_at(from + i * bytes, p->bits));
}

void
gbx_tiff_unpack(
    const struct gbx_tiff_page *p, const uint8_t *from, uint8_t *to, size_t n)
{
	if (p->format == SAMPLEFORMAT_IEEEFP)
		unpack_floats(p, from, to, n);
	else if (p->bits == 16)
		unpack_sixteen(p, from, to, n);
	else if (p->bits == 24 || p->bits == 32 || p->bits == 64 ||
		 p->format == SAMPLEFORMAT_INT)
		unpack_bytes(p, from, to, n);
	else
		unpack_packed(p, from, to, n);
}

/* ---- pixels ------------------------------------------------------------- */

/* v * w / 255, rounded. */
static uint8_t
times(unsigned v, unsigned w)
{
	return (uint8_t)((v * w + 127) / 255);
}

static void
paint_one(const struct gbx_tiff_page *p, const uint8_t *in, uint8_t *to)
{
	switch (p->photometric) {
	case PHOTOMETRIC_MINISWHITE:
		to[0] = to[1] = to[2] = (uint8_t)(255 - in[0]);
		break;
	case PHOTOMETRIC_PALETTE:
		memcpy(to, p->palette[in[0]], 3);
		break;
	case PHOTOMETRIC_RGB:
		memcpy(to, in, 3);
		break;
	case PHOTOMETRIC_SEPARATED:
		to[0] = times(255u - in[0], 255u - in[3]);
		to[1] = times(255u - in[1], 255u - in[3]);
		to[2] = times(255u - in[2], 255u - in[3]);
		break;
	default:
		to[0] = to[1] = to[2] = in[0];
	}
}

static void
make_straight(uint8_t *pixel)
{
	unsigned a = pixel[3], v, c;

	for (c = 0; c < 3; c++) {
		v = a > 0 ? (pixel[c] * 255u + a / 2) / a : 0;
		pixel[c] = (uint8_t)(v > 255 ? 255 : v);
	}
}

void
gbx_tiff_paint(const struct gbx_tiff_page *p, const uint8_t *const *from,
    size_t step, uint8_t *to, uint32_t n)
{
	uint8_t in[TIFF_CHANNELS_MAX] = {0};
	uint32_t x;
	unsigned c;

	for (x = 0; x < n; x++, to += 4) {
		for (c = 0; c < p->n_channels; c++)
			in[c] = from[c][x * step];
		paint_one(p, in, to);
		to[3] = 255;
		if (p->n_channels > p->n_colours) {
			to[3] = in[p->n_colours];
			if (p->premultiplied)
				make_straight(to);
		}
	}
}
