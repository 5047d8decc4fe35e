/* SPDX-License-Identifier: ISC */
/*
 * Primaries by their chromaticities, as PNG's cHRM has them, to columns of XYZ
 * as profiles have them: adapted to D50 by Bradford's matrix (ICC.1:2010,
 * annex E). Side: hostile: the numbers come out of the input.
 */
#include <math.h>
#include <string.h>

#include "sandboxed_parsers/runtime/icc.h"

/* Below this the three lie on one line. */
#define FLAT 1e-6

static const double bradford[3][3] = {
    {0.8951, 0.2664, -0.1614},
    {-0.7502, 1.7135, 0.0367},
    {0.0389, -0.0685, 1.0296},
};
static const double d50[3] = {0.9642, 1, 0.8249};

static void
times(const double m[3][3], const double v[3], double ret[3])
{
	uint32_t i;

	for (i = 0; i < 3; i++)
		ret[i] = m[i][0] * v[0] + m[i][1] * v[1] + m[i][2] * v[2];
}

/* Element i, k of the adjugate of m: its minor without row k and column i. */
static double
minor_of(const double m[3][3], uint32_t i, uint32_t k)
{
	uint32_t a = (k + 1) % 3, b = (k + 2) % 3, c = (i + 1) % 3,
		 d = (i + 2) % 3;

	return m[a][c] * m[b][d] - m[a][d] * m[b][c];
}

static bool
invert(const double m[3][3], double ret[3][3])
{
	double whole = 0;
	uint32_t i, k;

	for (i = 0; i < 3; i++)
		whole += m[0][i] * minor_of(m, i, 0);
	if (!(fabs(whole) > FLAT))
		return false;
	for (i = 0; i < 3; i++)
		for (k = 0; k < 3; k++)
			ret[i][k] = minor_of(m, i, k) / whole;
	return true;
}

/* XYZ of a chromaticity at Y = 1. False: none that light can have. */
static bool
xyz_of(const double xy[2], double ret[3])
{
	if (!(xy[0] >= 0 && xy[1] > 0 && xy[0] + xy[1] <= 1))
		return false;
	ret[0] = xy[0] / xy[1];
	ret[1] = 1;
	ret[2] = (1 - xy[0] - xy[1]) / xy[1];
	return true;
}

/* From what white is to what white is in a profile. */
static bool
adapt(const double white[3], double ret[3][3])
{
	double back[3][3], cone[3], wanted[3], column[3], moved[3];
	uint32_t i, k;

	times(bradford, white, cone);
	times(bradford, d50, wanted);
	if (!invert(bradford, back))
		return false;
	for (i = 0; i < 3; i++)
		if (!(cone[i] > FLAT))
			return false;
	for (k = 0; k < 3; k++) {
		for (i = 0; i < 3; i++)
			column[i] = bradford[i][k] * wanted[i] / cone[i];
		times(back, column, moved);
		for (i = 0; i < 3; i++)
			ret[i][k] = moved[i];
	}
	return true;
}

bool
gbx_icc_primaries(const double xy[8], struct gbx_icc *icc)
{
	double white[3], light[3][3], back[3][3], share[3], adapted[3][3];
	double column[3];
	uint32_t i, k;

	if (!xyz_of(xy, white))
		return false;
	for (k = 0; k < 3; k++) {
		if (!xyz_of(xy + 2 + (size_t)k * 2, column))
			return false;
		for (i = 0; i < 3; i++)
			light[i][k] = column[i];
	}
	if (!invert(light, back) || !adapt(white, adapted))
		return false;
	times(back, white, share);
	for (k = 0; k < 3; k++) {
		for (i = 0; i < 3; i++)
			column[i] = light[i][k] * share[k];
		times(adapted, column, white);
		for (i = 0; i < 3; i++)
			icc->to_xyz[i][k] = white[i];
	}
	return true;
}

#define D65 0.3127, 0.3290

bool
gbx_icc_code_primaries(uint32_t code, struct gbx_icc *icc)
{
	static const struct {
		uint32_t code;
		double xy[8];
	} table[] = {
	    {1, {D65, 0.640, 0.330, 0.300, 0.600, 0.150, 0.060}},
	    {4, {0.310, 0.316, 0.67, 0.33, 0.21, 0.71, 0.14, 0.08}},
	    {5, {D65, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06}},
	    {6, {D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070}},
	    {7, {D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070}},
	    {9, {D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046}},
	    {11, {0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060}},
	    {12, {D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060}},
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].code == code)
			return gbx_icc_primaries(table[i].xy, icc);
	return false;
}
