/* SPDX-License-Identifier: ISC */
/*
 * Orientation and colour space, as files have them; see labels.h.
 * Side: setup for the profiles, hostile for the rest.
 */
#include <lcms2.h>
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/encode/labels.h"
#include "schemas/limits.h"

/* Exif 2.32, 4.5: a TIFF header, a directory of one entry, the end. */
void
gbx_encode_exif(uint32_t orientation, uint8_t ret[GBX_ENCODE_EXIF_LEN])
{
	static const uint8_t block[GBX_ENCODE_EXIF_LEN] = {
	    'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1};

	memcpy(ret, block, sizeof(block));
	ret[19] = (uint8_t)orientation;
}

/* ---- profiles -------------------------------------------------------------
 */

#define D65 \
	{ \
		0.3127, 0.3290, 1 \
	}
#define D50 \
	{ \
		0.345704, 0.358540, 1 \
	}

/* parametricCurveType 3 (ICC.1:2010, 10.16); a lone gamma where a is 0. */
static const struct space {
	uint32_t colour;
	const char *name;
	cmsCIExyY white;
	cmsCIExyYTRIPLE xyY;
	double curve[5]; /* gamma, a, b, c, d */
} spaces[] = {
    {GBX_WIRE_COLOUR_DISPLAY_P3, "Display P3", D65,
	{{0.680, 0.320, 1}, {0.265, 0.690, 1}, {0.150, 0.060, 1}},
	{2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045}},
    {GBX_WIRE_COLOUR_ADOBE_RGB, "Adobe RGB (1998) compatible", D65,
	{{0.640, 0.330, 1}, {0.210, 0.710, 1}, {0.150, 0.060, 1}},
	{563 / 256.0, 0, 0, 0, 0}},
    {GBX_WIRE_COLOUR_REC2020, "ITU-R BT.2020", D65,
	{{0.708, 0.292, 1}, {0.170, 0.797, 1}, {0.131, 0.046, 1}},
	{1 / 0.45, 1 / 1.0993, 0.0993 / 1.0993, 1 / 4.5, 0.0814}},
    {GBX_WIRE_COLOUR_PROPHOTO, "ROMM RGB", D50,
	{{0.734699, 0.265301, 1}, {0.159597, 0.840403, 1},
	    {0.036598, 0.000105, 1}},
	{1.8, 0, 0, 0, 0}},
};

#define N_SPACES (sizeof(spaces) / sizeof(spaces[0]))

static struct {
	uint8_t *data;
	size_t length;
} made[N_SPACES];

static void
set_text(cmsHPROFILE profile, cmsTagSignature tag, const char *text)
{
	cmsMLU *mlu = cmsMLUalloc(NULL, 1);

	if (mlu == NULL)
		return;
	if (cmsMLUsetASCII(mlu, "en", "US", text))
		cmsWriteTag(profile, tag, mlu);
	cmsMLUfree(mlu);
}

static cmsHPROFILE
build(const struct space *s)
{
	cmsToneCurve *curve =
	    s->curve[1] > 0 ? cmsBuildParametricToneCurve(NULL, 4, s->curve)
			    : cmsBuildGamma(NULL, s->curve[0]);
	cmsToneCurve *three[3] = {curve, curve, curve};
	cmsHPROFILE profile = NULL;

	if (curve != NULL)
		profile = cmsCreateRGBProfile(&s->white, &s->xyY, three);
	cmsFreeToneCurve(curve);
	if (profile != NULL) {
		set_text(profile, cmsSigProfileDescriptionTag, s->name);
		set_text(profile, cmsSigCopyrightTag, "CC0");
	}
	return profile;
}

/* dateTimeNumber (ICC.1:2010, 4.2), at byte 24: the same in every file. */
static void
set_date(uint8_t *profile)
{
	static const uint8_t date[12] = {0x07, 0xd0, 0, 1, 0, 1};

	memcpy(profile + 24, date, sizeof(date));
}

void
gbx_encode_make_profiles(void)
{
	cmsUInt32Number length;
	cmsHPROFILE profile;
	size_t i;

	for (i = 0; i < N_SPACES; i++) {
		profile = build(&spaces[i]);
		if (profile == NULL)
			continue;
		length = 0;
		if (cmsSaveProfileToMem(profile, NULL, &length) &&
		    length > 128 && (made[i].data = malloc(length)) != NULL &&
		    cmsSaveProfileToMem(profile, made[i].data, &length)) {
			made[i].length = length;
			set_date(made[i].data);
		}
		cmsCloseProfile(profile);
	}
}

const uint8_t *
gbx_encode_profile(uint32_t colour, size_t *ret_length)
{
	size_t i;

	for (i = 0; i < N_SPACES; i++) {
		if (spaces[i].colour != colour || made[i].length == 0)
			continue;
		*ret_length = made[i].length;
		return made[i].data;
	}
	return NULL;
}
