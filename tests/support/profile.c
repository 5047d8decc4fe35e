/* SPDX-License-Identifier: ISC */
/* See profile.h. Side: tests. */
#include "tests/support/profile.h"

#include <lcms2.h>
#include <stdio.h>
#include <stdlib.h>

static void
must(int held)
{
	if (held)
		return;
	printf("Bail out! no profile\n");
	exit(1);
}

uint8_t *
profile_swapped(size_t *ret_size)
{
	const cmsCIExyYTRIPLE primaries = {
	    {0.30, 0.60, 1}, {0.64, 0.33, 1}, {0.15, 0.06, 1}};
	const cmsCIExyY white = {0.3127, 0.3290, 1};
	const double srgb[5] = {
	    2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
	cmsToneCurve *curve = cmsBuildParametricToneCurve(NULL, 4, srgb);
	cmsToneCurve *three[3] = {curve, curve, curve};
	cmsHPROFILE profile = cmsCreateRGBProfile(&white, &primaries, three);
	cmsUInt32Number size = 0;
	uint8_t *data;

	must(profile != NULL && cmsSaveProfileToMem(profile, NULL, &size));
	data = malloc(size);
	must(data != NULL && cmsSaveProfileToMem(profile, data, &size));
	cmsCloseProfile(profile);
	cmsFreeToneCurve(curve);
	*ret_size = size;
	return data;
}
