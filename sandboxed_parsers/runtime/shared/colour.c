/* SPDX-License-Identifier: ISC */
/*
 * Thumbnails in sRGB, through Little CMS.
 * Side: hostile: the profile comes out of the input. Only parsers that call
 * gbx_sink_icc or gbx_sink_cicp link this, and the library.
 *
 * The small picture is converted, not the large one: cheap, and the scaler,
 * which takes every picture for sRGB, is hardly wrong, since nearly all
 * transfer curves are close to that one.
 */
#include <lcms2.h>
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/runtime/hdr.h"
#include "sandboxed_parsers/runtime/sink.h"
#include "sandboxed_parsers/runtime/worker.h"

#define PROFILE_MAX ((size_t)8 << 20)

static cmsHPROFILE
open_profile(const uint8_t *data, size_t length)
{
	if (length == 0 || length > PROFILE_MAX)
		return NULL;
	return cmsOpenProfileFromMem(data, (cmsUInt32Number)length);
}

/* Alpha is the fourth channel on both sides and stays. */
static bool
convert_rgb(cmsHPROFILE from, cmsHPROFILE srgb, uint8_t *pixels, size_t n)
{
	cmsHTRANSFORM t = cmsCreateTransform(from, TYPE_RGBA_8, srgb,
	    TYPE_RGBA_8, INTENT_PERCEPTUAL, cmsFLAGS_COPY_ALPHA);

	if (t == NULL)
		return false;
	cmsDoTransform(t, pixels, pixels, (cmsUInt32Number)n);
	cmsDeleteTransform(t);
	return true;
}

/* Red, green and blue are the same: the first is read. */
static bool
convert_gray(cmsHPROFILE from, cmsHPROFILE srgb, uint8_t *pixels, size_t n)
{
	const cmsUInt32Number first_of_four =
	    COLORSPACE_SH(PT_GRAY) | CHANNELS_SH(1) | EXTRA_SH(3) | BYTES_SH(1);
	cmsHTRANSFORM t = cmsCreateTransform(
	    from, first_of_four, srgb, TYPE_RGB_8, INTENT_PERCEPTUAL, 0);
	uint8_t rgb[3];
	size_t i;

	if (t == NULL)
		return false;
	for (i = 0; i < n; i++, pixels += 4) {
		cmsDoTransform(t, pixels, rgb, 1);
		memcpy(pixels, rgb, sizeof(rgb));
	}
	cmsDeleteTransform(t);
	return true;
}

static bool
convert(void *profile, uint8_t *pixels, size_t n)
{
	cmsHPROFILE srgb = cmsCreate_sRGBProfile();
	bool done = false;

	if (srgb == NULL)
		return false;
	switch (cmsGetColorSpace(profile)) {
	case cmsSigRgbData:
		done = convert_rgb(profile, srgb, pixels, n);
		break;
	case cmsSigGrayData:
		done = gbx_gray_pixels(pixels, n) &&
		       convert_gray(profile, srgb, pixels, n);
		break;
	default: /* not these pixels' */
		break;
	}
	cmsCloseProfile(srgb);
	return done;
}

static void
drop(void *profile)
{
	cmsCloseProfile(profile);
}

static void
set_profile(struct gbx_sink *s, cmsHPROFILE profile)
{
	if (profile == NULL)
		return;
	if (s->colour.profile != NULL)
		s->colour.drop(s->colour.profile);
	s->colour.profile = profile;
	s->colour.convert = convert;
	s->colour.drop = drop;
}

void
gbx_sink_icc(struct gbx_sink *s, const uint8_t *profile, size_t length)
{
	if (gbx_sink_colour(s, profile, length) &&
	    !gbx_hdr_set_icc(s, profile, length))
		set_profile(s, open_profile(profile, length));
}

/* ---- code points of ITU-T H.273 ------------------------------------------ */

struct primaries {
	uint32_t code;
	cmsCIExyYTRIPLE xyY;
	cmsCIExyY white;
};
#define D65 \
	{ \
		0.3127, 0.3290, 1.0 \
	}
static const struct primaries primaries[] = {
    {1, {{0.640, 0.330, 1}, {0.300, 0.600, 1}, {0.150, 0.060, 1}}, D65},
    {4, {{0.67, 0.33, 1}, {0.21, 0.71, 1}, {0.14, 0.08, 1}}, {0.310, 0.316, 1}},
    {5, {{0.64, 0.33, 1}, {0.29, 0.60, 1}, {0.15, 0.06, 1}}, D65},
    {6, {{0.630, 0.340, 1}, {0.310, 0.595, 1}, {0.155, 0.070, 1}}, D65},
    {7, {{0.630, 0.340, 1}, {0.310, 0.595, 1}, {0.155, 0.070, 1}}, D65},
    {9, {{0.708, 0.292, 1}, {0.170, 0.797, 1}, {0.131, 0.046, 1}}, D65},
    {11, {{0.680, 0.320, 1}, {0.265, 0.690, 1}, {0.150, 0.060, 1}},
	{0.314, 0.351, 1}},
    {12, {{0.680, 0.320, 1}, {0.265, 0.690, 1}, {0.150, 0.060, 1}}, D65},
};

/* Both ends of one power law with a linear foot, as ICC writes it:
 * parametricCurveType 3 (ICC.1:2010, 10.16). */
static cmsToneCurve *
foot_and_power(double gamma, double a, double b, double c, double d)
{
	const double p[5] = {gamma, a, b, c, d};

	return cmsBuildParametricToneCurve(NULL, 4, p);
}

/* transfer: 13 is IEC 61966-2-1 (sRGB); those of video are shown as it is. */
static cmsToneCurve *
curve_of(uint32_t transfer)
{
	switch (transfer) {
	case 4:
		return cmsBuildGamma(NULL, 2.2);
	case 5:
		return cmsBuildGamma(NULL, 2.8);
	case 8:
		return cmsBuildGamma(NULL, 1.0);
	case 17:
		return cmsBuildGamma(NULL, 2.6);
	case 1:
	case 6:
	case 13:
	case 14:
	case 15:
		return foot_and_power(
		    2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045);
	default:
		return NULL;
	}
}

static cmsHPROFILE
profile_of(const struct primaries *p, uint32_t transfer)
{
	cmsToneCurve *curve = curve_of(transfer), *three[3];
	cmsHPROFILE profile;

	if (curve == NULL)
		return NULL;
	three[0] = three[1] = three[2] = curve;
	profile = cmsCreateRGBProfile(&p->white, &p->xyY, three);
	cmsFreeToneCurve(curve);
	return profile;
}

void
gbx_sink_cicp(struct gbx_sink *s, uint32_t colour_primaries, uint32_t transfer)
{
	const size_t n = sizeof(primaries) / sizeof(primaries[0]);
	size_t i;

	if (!gbx_sink_code_points(s, colour_primaries, transfer))
		return;
	if (gbx_is_hdr(transfer)) {
		gbx_hdr_set(s, colour_primaries, transfer);
		return;
	}
	for (i = 0; i < n; i++)
		if (primaries[i].code == colour_primaries)
			set_profile(s, profile_of(&primaries[i], transfer));
}

/* ---- before the lock ----------------------------------------------------- */

/* A profile as a file has it. NULL: no memory. */
static cmsHPROFILE
built_in_profile(void)
{
	cmsHPROFILE made = profile_of(&primaries[0], 4), read = NULL;
	cmsUInt32Number length = 0;
	void *data;

	if (made == NULL || !cmsSaveProfileToMem(made, NULL, &length))
		return NULL;
	data = malloc(length);
	if (data != NULL && cmsSaveProfileToMem(made, data, &length))
		read = cmsOpenProfileFromMem(data, length);
	free(data); /* the library has its own copy */
	cmsCloseProfile(made);
	return read;
}

/* A profile that is made is dated, and the first date of a process reads the
 * time zone: gmtime(3), with TZ set or not. */
bool
gbx_colour_warm_up(void)
{
	uint8_t pixel[4] = {1, 2, 3, 4};
	cmsHPROFILE profile = built_in_profile();

	if (profile == NULL)
		return false;
	convert(profile, pixel, 1);
	cmsCloseProfile(profile);
	return true;
}
