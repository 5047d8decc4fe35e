/* SPDX-License-Identifier: ISC */
/*
 * PQ and HLG as sRGB, see hdr.h. Side: hostile.
 *
 * The method: light as BT.2100 has it (table 4; table 5 with a display of
 * 1000 cd/m2), in units of 203 cd/m2, the white of graphics of Rec. ITU-R
 * BT.2408 (2.2); primaries to those of sRGB; then highlights are bent: up to
 * KNEE the largest channel stays, above it comes nearer and nearer to 1 and
 * takes the others with it, so that hues stay. 203 cd/m2 become 0.93, which
 * is 247 of 255, and 400 are white.
 */
#include "sandboxed_parsers/runtime/hdr.h"

#include <math.h>
#include <stdlib.h>

#include "sandboxed_parsers/runtime/icc.h"
#include "sandboxed_parsers/runtime/sink.h"

#define PQ	 16
#define HLG	 18
#define BT_2020	 9
#define WHITE	 203.0 /* cd/m2 */
#define HLG_PEAK 1000.0
#define KNEE	 0.8
#define STEPS	 16384

struct hdr {
	bool hlg;
	double light[256]; /* of a stored value; of HLG before its OOTF */
	double to_srgb[3][3];
	uint8_t tone[STEPS + 1];
};

/* XYZ of D50 to light in sRGB, as in colour.c. */
static const double from_xyz[3][3] = {
    {3.1339, -1.6169, -0.4906},
    {-0.9788, 1.9161, 0.0335},
    {0.0719, -0.2290, 1.4052},
};

bool
gbx_is_hdr(uint32_t transfer)
{
	return transfer == PQ || transfer == HLG;
}

/* BT.2100, table 4: in units of white. */
static double
light_of_pq(double v)
{
	double p = pow(v, 32 / 2523.0);
	double over = p - 3424 / 4096.0;

	if (over < 0)
		return 0;
	return 10000 / WHITE *
	       pow(over / (2413 / 128.0 - 2392 / 128.0 * p), 16384 / 2610.0);
}

/* Table 5: light of the scene, 0 to 1. */
static double
light_of_hlg(double v)
{
	const double a = 0.17883277, b = 0.28466892, c = 0.55991073;

	return v <= 0.5 ? v * v / 3 : (exp((v - c) / a) + b) / 12;
}

static double
stored(double light)
{
	return light <= 0.0031308 ? light * 12.92
				  : 1.055 * pow(light, 1 / 2.4) - 0.055;
}

/* What the scene's light is on a display: table 5, gamma 1.2. */
static void
show(double *rgb)
{
	double luma = 0.2627 * rgb[0] + 0.6780 * rgb[1] + 0.0593 * rgb[2];
	double gain = HLG_PEAK / WHITE * pow(luma, 0.2);
	int c;

	for (c = 0; c < 3; c++)
		rgb[c] *= gain;
}

/* By how much the largest channel, and all with it, are to be taken down. */
static double
bend(double most)
{
	double room = 1 - KNEE;

	if (most <= KNEE)
		return 1;
	return (KNEE + room * (1 - exp(-(most - KNEE) / room))) / most;
}

static void
convert_one(const struct hdr *h, uint8_t *pixel)
{
	double in[3], out[3], most = 0, gain;
	int c;

	for (c = 0; c < 3; c++)
		in[c] = h->light[pixel[c]];
	if (h->hlg)
		show(in);
	for (c = 0; c < 3; c++) {
		out[c] = h->to_srgb[c][0] * in[0] + h->to_srgb[c][1] * in[1] +
			 h->to_srgb[c][2] * in[2];
		out[c] = out[c] > 0 ? out[c] : 0;
		most = out[c] > most ? out[c] : most;
	}
	gain = bend(most) * STEPS;
	for (c = 0; c < 3; c++)
		pixel[c] = h->tone[(uint32_t)fmin(out[c] * gain + 0.5, STEPS)];
}

static bool
convert(void *profile, uint8_t *pixels, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		convert_one(profile, pixels + i * 4);
	return true;
}

static void
drop(void *profile)
{
	free(profile);
}

static void
fill(struct hdr *h, const struct gbx_icc *icc)
{
	uint32_t i, k;

	for (i = 0; i < 256; i++)
		h->light[i] =
		    h->hlg ? light_of_hlg(i / 255.0) : light_of_pq(i / 255.0);
	for (i = 0; i <= STEPS; i++)
		h->tone[i] = (uint8_t)lrint(stored((double)i / STEPS) * 255.0);
	for (i = 0; i < 3; i++)
		for (k = 0; k < 3; k++)
			h->to_srgb[i][k] = from_xyz[i][0] * icc->to_xyz[0][k] +
					   from_xyz[i][1] * icc->to_xyz[1][k] +
					   from_xyz[i][2] * icc->to_xyz[2][k];
}

bool
gbx_hdr_set(struct gbx_sink *s, uint32_t colour_primaries, uint32_t transfer)
{
	struct hdr *h = calloc(1, sizeof(*h));
	struct gbx_icc icc = {0};

	if (h == NULL || (!gbx_icc_code_primaries(colour_primaries, &icc) &&
			     !gbx_icc_code_primaries(BT_2020, &icc))) {
		free(h);
		return false;
	}
	h->hlg = transfer == HLG;
	fill(h, &icc);
	if (s->colour.profile != NULL)
		s->colour.drop(s->colour.profile);
	s->colour.profile = h;
	s->colour.convert = convert;
	s->colour.drop = drop;
	return true;
}

bool
gbx_hdr_set_icc(struct gbx_sink *s, const uint8_t *profile, size_t length)
{
	uint32_t colour_primaries, transfer;

	return gbx_icc_code_points(
		   profile, length, &colour_primaries, &transfer) &&
	       gbx_is_hdr(transfer) &&
	       gbx_hdr_set(s, colour_primaries, transfer);
}
