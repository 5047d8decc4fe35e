/* SPDX-License-Identifier: ISC */
/*
 * ICC profiles as far as three primaries and three curves tell all: read,
 * recognised by name, described (ICC.1:2010, v2 and v4; icc.c), or made of
 * chromaticities (primaries.c).
 * Side: hostile: the profile comes out of the input.
 */
#ifndef GBX_RUNTIME_ICC_H
#define GBX_RUNTIME_ICC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A tone curve: from what is stored to light, 0..1 both. */
struct gbx_icc_curve {
	double gamma, a, b, c, d, e, f; /* parametricCurveType 4 */
	const uint8_t *table;		/* NULL, or n numbers of 16 bits */
	uint32_t n;
};

/* Borrows from the profile. */
struct gbx_icc {
	bool gray;
	double to_xyz[3][3]; /* of D50; columns are red, green, blue */
	struct gbx_icc_curve curve[3];
};

/* False: not a profile, or one that has no such form. */
bool gbx_icc_read(
    const uint8_t *profile, size_t length, struct gbx_icc *ret_icc);

double gbx_icc_light(const struct gbx_icc_curve *curve, double stored);

/* Which it is, within what encoders round: enum gbx_wire_colour, OTHER for any
 * that has no name here, and for what can't be read. */
uint32_t gbx_icc_name(const uint8_t *profile, size_t length);

/* The same of one that is read. */
uint32_t gbx_icc_name_of(const struct gbx_icc *icc);

/* The primaries of xy: x and y of white, red, green and blue. False: they are
 * none, and icc is as it was. */
bool gbx_icc_primaries(const double xy[8], struct gbx_icc *icc);

/* The same by the code point of ITU-T H.273, table 2. */
bool gbx_icc_code_primaries(uint32_t code, struct gbx_icc *icc);

/* Primaries and curve of a named one; red, green and blue are alike. */
bool gbx_icc_named(uint32_t colour, struct gbx_icc *ret_icc);

/* profileDescriptionTag as UTF-8, NUL-terminated, cut to room. False: it has
 * none that can be read. */
bool gbx_icc_description(
    const uint8_t *profile, size_t length, char *out, size_t room);

/* The code points of ITU-T H.273 that a profile of RGB names besides (cicpTag
 * of ICC.1:2022, 9.2.17). False: it names none. */
bool gbx_icc_code_points(const uint8_t *profile, size_t length,
    uint32_t *ret_primaries, uint32_t *ret_transfer);

#endif
