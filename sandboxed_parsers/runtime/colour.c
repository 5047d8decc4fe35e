/* SPDX-License-Identifier: ISC */
/*
 * Thumbnails in sRGB, for workers without shared libraries: Debian has no
 * static Little CMS, and a static worker starts in half the time. Primaries and
 * curves, which nearly all pictures on the net have; a profile of tables is
 * passed over. shared/colour.c takes this one's place where it is linked.
 * Side: hostile: the profile comes out of the input.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/runtime/hdr.h"
#include "sandboxed_parsers/runtime/icc.h"
#include "sandboxed_parsers/runtime/sink.h"

#define STEPS 16384 /* of light; one is a fifth of a tone at the dark end */

struct maker {
	bool gray;
	double to_srgb[3][3]; /* light to light */
	double light[3][256]; /* of each stored value */
	uint8_t tone[STEPS + 1];
};

/* XYZ of D50 to light in sRGB: the inverse of what icc.c has. */
static const double from_xyz[3][3] = {
    {3.1339, -1.6169, -0.4906},
    {-0.9788, 1.9161, 0.0335},
    {0.0719, -0.2290, 1.4052},
};

static double
stored(double light)
{
	return light <= 0.0031308 ? light * 12.92
				  : 1.055 * pow(light, 1 / 2.4) - 0.055;
}

static void
multiply(const double a[3][3], const double b[3][3], double ret[3][3])
{
	uint32_t i, k;

	for (i = 0; i < 3; i++)
		for (k = 0; k < 3; k++)
			ret[i][k] = a[i][0] * b[0][k] + a[i][1] * b[1][k] +
				    a[i][2] * b[2][k];
}

static struct maker *
make(const struct gbx_icc *icc)
{
	struct maker *m = calloc(1, sizeof(*m));
	uint32_t i, k;

	if (m == NULL)
		return NULL;
	m->gray = icc->gray;
	multiply(from_xyz, icc->to_xyz, m->to_srgb);
	for (i = 0; i < 3; i++)
		for (k = 0; k < 256; k++)
			m->light[i][k] =
			    gbx_icc_light(&icc->curve[i], k / 255.0);
	for (k = 0; k <= STEPS; k++)
		m->tone[k] = (uint8_t)lrint(stored((double)k / STEPS) * 255.0);
	return m;
}

/* What is outside of sRGB, or no number, goes to its edge. */
static uint8_t
tone(const struct maker *m, double light)
{
	if (!(light > 0))
		return 0;
	return m->tone[light < 1 ? (uint32_t)(light * STEPS + 0.5) : STEPS];
}

static bool
convert(void *profile, uint8_t *pixels, size_t n)
{
	const struct maker *m = profile;
	const double(*to)[3] = m->to_srgb;
	double r, g, b;
	size_t i;

	if (m->gray && !gbx_gray_pixels(pixels, n))
		return false;
	for (i = 0; i < n; i++, pixels += 4) {
		r = m->light[0][pixels[0]];
		if (m->gray) {
			pixels[0] = pixels[1] = pixels[2] = tone(m, r);
			continue;
		}
		g = m->light[1][pixels[1]];
		b = m->light[2][pixels[2]];
		pixels[0] = tone(m, to[0][0] * r + to[0][1] * g + to[0][2] * b);
		pixels[1] = tone(m, to[1][0] * r + to[1][1] * g + to[1][2] * b);
		pixels[2] = tone(m, to[2][0] * r + to[2][1] * g + to[2][2] * b);
	}
	return true;
}

static void
drop(void *profile)
{
	free(profile);
}

static void
set(struct gbx_sink *s, const struct gbx_icc *icc)
{
	if (s->colour.profile != NULL)
		s->colour.drop(s->colour.profile);
	s->colour.profile = make(icc);
	s->colour.convert = convert;
	s->colour.drop = drop;
}

void
gbx_sink_icc(struct gbx_sink *s, const uint8_t *profile, size_t length)
{
	struct gbx_icc icc;

	if (gbx_sink_colour(s, profile, length) &&
	    !gbx_hdr_set_icc(s, profile, length) &&
	    gbx_icc_read(profile, length, &icc))
		set(s, &icc);
}

/* Of the code points only those that have a name, and HDR. */
void
gbx_sink_cicp(struct gbx_sink *s, uint32_t colour_primaries, uint32_t transfer)
{
	struct gbx_icc icc;

	if (!gbx_sink_code_points(s, colour_primaries, transfer))
		return;
	if (gbx_is_hdr(transfer))
		gbx_hdr_set(s, colour_primaries, transfer);
	else if (gbx_icc_named(s->colour.found, &icc))
		set(s, &icc);
}

/* 1 / 2.2 is what sRGB says of itself to readers that know no more. */
#define NEAR_SRGB 0.002

void
gbx_sink_measured(struct gbx_sink *s, const double xy[8], double gamma)
{
	bool near = gamma <= 0 || fabs(gamma - 1 / 2.2) < NEAR_SRGB;
	struct gbx_icc icc;
	uint32_t i;

	if (!gbx_icc_named(GBX_WIRE_COLOUR_SRGB, &icc))
		return;
	if (xy != NULL && gbx_icc_primaries(xy, &icc) &&
	    gbx_icc_name_of(&icc) != GBX_WIRE_COLOUR_SRGB)
		near = gamma <= 0;
	for (i = 0; i < 3 && !near; i++)
		icc.curve[i] =
		    (struct gbx_icc_curve){.gamma = 1 / gamma, .a = 1};
	if (gbx_sink_named_colour(s, gbx_icc_name_of(&icc)))
		set(s, &icc);
}
