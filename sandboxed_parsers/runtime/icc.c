/* SPDX-License-Identifier: ISC */
/*
 * ICC profiles of primaries and curves, see icc.h.
 * Side: hostile. Reads inside [profile, profile + length) only; every offset
 * and count is held against that before it is used.
 */
#include <math.h>
#include <string.h>

#include "base/bytes.h"
#include "sandboxed_parsers/runtime/icc.h"
#include "sandboxed_parsers/runtime/utf8.h"
#include "schemas/limits.h"

#define HEADER	  128
#define TAG_ENTRY 12
#define TAGS_MAX  100 /* none has more than thirty */

struct range {
	const uint8_t *p;
	size_t n;
};

/* s15Fixed16Number (4.6). */
static double
fixed(const uint8_t *p)
{
	return (int32_t)gbx_be32(p) / 65536.0;
}

static bool
is_type(const struct range *r, const char *type, size_t least)
{
	return r->n >= least && memcmp(r->p, type, 4) == 0;
}

/* The tag table: a count, then signature, offset and size each (7.3). */
static bool
find_tag(const struct range *profile, const char *tag, struct range *ret)
{
	uint32_t n, i, offset, size;
	const uint8_t *entry;

	if (profile->n < HEADER + 4)
		return false;
	n = gbx_be32(profile->p + HEADER);
	if (n > TAGS_MAX || profile->n < HEADER + 4 + (size_t)n * TAG_ENTRY)
		return false;
	entry = profile->p + HEADER + 4;
	for (i = 0; i < n; i++, entry += TAG_ENTRY) {
		if (memcmp(entry, tag, 4) != 0)
			continue;
		offset = gbx_be32(entry + 4);
		size = gbx_be32(entry + 8);
		if (offset > profile->n || size > profile->n - offset)
			return false;
		*ret = (struct range){profile->p + offset, size};
		return true;
	}
	return false;
}

/* ---- curves ---------------------------------------------------------------
 */

/* curveType (10.5): nothing, a gamma in 8.8, or a table. */
static bool
read_curve_type(const struct range *r, struct gbx_icc_curve *ret)
{
	uint32_t n = gbx_be32(r->p + 8);

	if (n > (r->n - 12) / 2 || n > 65536)
		return false;
	*ret = (struct gbx_icc_curve){.gamma = 1, .a = 1};
	if (n == 1)
		ret->gamma = gbx_be16(r->p + 12) / 256.0;
	if (n > 1) {
		ret->table = r->p + 12;
		ret->n = n;
	}
	return ret->gamma > 0;
}

/* parametricCurveType (10.15): the longest form holds all others. */
static bool
read_parametric(const struct range *r, struct gbx_icc_curve *ret)
{
	static const uint32_t counts[] = {1, 3, 4, 5, 7};
	uint32_t kind = gbx_be16(r->p + 8), i;
	double p[7] = {0};

	if (kind > 4 || r->n < 12 + counts[kind] * (size_t)4)
		return false;
	for (i = 0; i < counts[kind]; i++)
		p[i] = fixed(r->p + 12 + (size_t)i * 4);
	*ret = (struct gbx_icc_curve){
	    p[0], p[1], p[2], p[3], p[4], p[5], p[6], NULL, 0};
	if (kind == 0)
		ret->a = 1;
	if (kind == 1 || kind == 2) {
		if (p[1] == 0)
			return false;
		ret->d = -p[2] / p[1];
		ret->c = 0;
		ret->e = ret->f = kind == 2 ? p[3] : 0;
	}
	return p[0] > 0;
}

static bool
read_curve(
    const struct range *profile, const char *tag, struct gbx_icc_curve *ret)
{
	struct range r;

	if (!find_tag(profile, tag, &r))
		return false;
	if (is_type(&r, "curv", 12))
		return read_curve_type(&r, ret);
	return is_type(&r, "para", 12) && read_parametric(&r, ret);
}

static double
from_table(const struct gbx_icc_curve *c, double x)
{
	double at = x * (c->n - 1);
	uint32_t low = (uint32_t)at;
	double share = at - low;
	const uint8_t *p = c->table + (size_t)low * 2;

	if (low + 1 >= c->n)
		return gbx_be16(c->table + (size_t)(c->n - 1) * 2) / 65535.0;
	return (gbx_be16(p) * (1 - share) + gbx_be16(p + 2) * share) / 65535.0;
}

double
gbx_icc_light(const struct gbx_icc_curve *c, double x)
{
	double base;

	if (c->table != NULL)
		return from_table(c, x);
	if (x < c->d)
		return c->c * x + c->f;
	base = c->a * x + c->b;
	return (base > 0 ? pow(base, c->gamma) : 0) + c->e;
}

/* ---- all of it ------------------------------------------------------------
 */

static bool
read_column(const struct range *profile, const char *tag, struct gbx_icc *icc,
    uint32_t column)
{
	struct range r;
	uint32_t i;

	if (!find_tag(profile, tag, &r) || !is_type(&r, "XYZ ", 20))
		return false;
	for (i = 0; i < 3; i++)
		icc->to_xyz[i][column] = fixed(r.p + 8 + (size_t)i * 4);
	return true;
}

static bool
read_gray(const struct range *profile, struct gbx_icc *icc)
{
	icc->gray = true;
	if (!read_curve(profile, "kTRC", &icc->curve[0]))
		return false;
	icc->curve[1] = icc->curve[2] = icc->curve[0];
	return true;
}

/* A profile that has tables beside them means those (9.2). */
static bool
read_rgb(const struct range *profile, struct gbx_icc *icc)
{
	struct range r;

	return !find_tag(profile, "A2B0", &r) &&
	       read_column(profile, "rXYZ", icc, 0) &&
	       read_column(profile, "gXYZ", icc, 1) &&
	       read_column(profile, "bXYZ", icc, 2) &&
	       read_curve(profile, "rTRC", &icc->curve[0]) &&
	       read_curve(profile, "gTRC", &icc->curve[1]) &&
	       read_curve(profile, "bTRC", &icc->curve[2]);
}

bool
gbx_icc_read(const uint8_t *profile, size_t length, struct gbx_icc *ret_icc)
{
	struct range r = {profile, length};

	memset(ret_icc, 0, sizeof(*ret_icc));
	/* 7.2: the signature, and what the connection space is. */
	if (length < HEADER || memcmp(profile + 36, "acsp", 4) != 0 ||
	    memcmp(profile + 20, "XYZ ", 4) != 0)
		return false;
	if (memcmp(profile + 16, "GRAY", 4) == 0)
		return read_gray(&r, ret_icc);
	return memcmp(profile + 16, "RGB ", 4) == 0 && read_rgb(&r, ret_icc);
}

/* ---- by name --------------------------------------------------------------
 */

#define SRGB_CURVE \
	{ \
		2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045, 0, 0, NULL, \
		    0 \
	}
#define POWER(g) \
	{ \
		g, 1, 0, 0, 0, 0, 0, NULL, 0 \
	}
/* BT.2020, table 4, the other way round. */
#define REC2020_CURVE \
	{ \
		1 / 0.45, 1 / 1.0993, 0.0993 / 1.0993, 1 / 4.5, 0.0814, 0, 0, \
		    NULL, 0 \
	}

/* Adapted to D50 by Bradford's matrix, as profiles have them. */
static const struct {
	uint32_t colour;
	double to_xyz[3][3];
	struct gbx_icc_curve curve;
} named[] = {
    {GBX_WIRE_COLOUR_SRGB,
	{{0.4360, 0.3851, 0.1431}, {0.2225, 0.7169, 0.0606},
	    {0.0139, 0.0971, 0.7141}},
	SRGB_CURVE},
    {GBX_WIRE_COLOUR_DISPLAY_P3,
	{{0.5151, 0.2920, 0.1571}, {0.2412, 0.6922, 0.0666},
	    {-0.0011, 0.0419, 0.7841}},
	SRGB_CURVE},
    {GBX_WIRE_COLOUR_ADOBE_RGB,
	{{0.6097, 0.2053, 0.1492}, {0.3111, 0.6257, 0.0632},
	    {0.0195, 0.0609, 0.7446}},
	POWER(563 / 256.0)},
    {GBX_WIRE_COLOUR_REC2020,
	{{0.6735, 0.1657, 0.1251}, {0.2790, 0.6753, 0.0456},
	    {-0.0019, 0.0300, 0.7972}},
	REC2020_CURVE},
    {GBX_WIRE_COLOUR_PROPHOTO,
	{{0.7977, 0.1352, 0.0313}, {0.2880, 0.7119, 0.0001},
	    {0.0000, 0.0000, 0.8249}},
	POWER(1.8)},
};

/* A difference that no eye finds: of a primary, and of a tone from black to
 * white. */
#define NEAR_PRIMARY 0.003
#define NEAR_TONE    0.006
#define TONES	     64

static bool
same_primaries(const struct gbx_icc *icc, const double to_xyz[3][3])
{
	uint32_t i, k;

	for (i = 0; i < 3; i++)
		for (k = 0; k < 3; k++)
			if (!(fabs(icc->to_xyz[i][k] - to_xyz[i][k]) <
				NEAR_PRIMARY))
				return false;
	return true;
}

static bool
same_curve(const struct gbx_icc_curve *a, const struct gbx_icc_curve *b)
{
	double x;
	uint32_t i;

	for (i = 0; i <= TONES; i++) {
		x = (double)i / TONES;
		if (!(fabs(gbx_icc_light(a, x) - gbx_icc_light(b, x)) <
			NEAR_TONE))
			return false;
	}
	return true;
}

uint32_t
gbx_icc_name(const uint8_t *profile, size_t length)
{
	struct gbx_icc icc;

	return gbx_icc_read(profile, length, &icc) ? gbx_icc_name_of(&icc)
						   : GBX_WIRE_COLOUR_OTHER;
}

uint32_t
gbx_icc_name_of(const struct gbx_icc *icc)
{
	size_t i, k;

	/* Gray has no primaries; with sRGB's curve it looks as it is. */
	if (icc->gray)
		return same_curve(&icc->curve[0], &named[0].curve)
			   ? GBX_WIRE_COLOUR_SRGB
			   : GBX_WIRE_COLOUR_OTHER;
	for (i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		if (!same_primaries(icc, named[i].to_xyz))
			continue;
		for (k = 0; k < 3; k++)
			if (!same_curve(&icc->curve[k], &named[i].curve))
				break;
		if (k == 3)
			return named[i].colour;
	}
	return GBX_WIRE_COLOUR_OTHER;
}

bool
gbx_icc_named(uint32_t colour, struct gbx_icc *ret_icc)
{
	size_t i;

	for (i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		if (named[i].colour != colour)
			continue;
		memset(ret_icc, 0, sizeof(*ret_icc));
		memcpy(
		    ret_icc->to_xyz, named[i].to_xyz, sizeof(ret_icc->to_xyz));
		ret_icc->curve[0] = ret_icc->curve[1] = ret_icc->curve[2] =
		    named[i].curve;
		return true;
	}
	return false;
}

/* ---- its own words --------------------------------------------------------
 */

/* textDescriptionType of v2 (ICC.1:2001-04, 6.5.17): ASCII with its NUL. */
static bool
ascii(const struct range *r, char *out, size_t room)
{
	size_t n = gbx_be32(r->p + 8);

	if (n > r->n - 12)
		return false;
	if (n >= room)
		n = room - 1;
	memcpy(out, r->p + 12, n);
	out[n] = '\0';
	return true;
}

/* multiLocalizedUnicodeType (10.13): the first record, UTF-16BE. */
static bool
localized(const struct range *r, char *out, size_t room)
{
	size_t length, offset, i, used = 0;
	uint8_t bytes[4];
	uint32_t c, low;

	if (gbx_be32(r->p + 8) == 0 || r->n < 28)
		return false;
	length = gbx_be32(r->p + 20);
	offset = gbx_be32(r->p + 24);
	if (offset > r->n || length > r->n - offset)
		return false;
	for (i = 0; i + 2 <= length; i += 2) {
		c = gbx_be16(r->p + offset + i);
		if (c >= 0xd800 && c < 0xdc00 && i + 4 <= length) {
			low = gbx_be16(r->p + offset + i + 2);
			c = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
			i += 2;
		}
		if (c >= 0xd800 && c < 0xe000)
			c = GBX_UTF8_REPLACEMENT;
		if (c == 0 || used + 5 > room)
			break;
		low = (uint32_t)gbx_utf8_put(c, bytes);
		memcpy(out + used, bytes, low);
		used += low;
	}
	out[used] = '\0';
	return true;
}

bool
gbx_icc_description(
    const uint8_t *profile, size_t length, char *out, size_t room)
{
	struct range all = {profile, length}, r;

	if (room == 0 || length < HEADER ||
	    memcmp(profile + 36, "acsp", 4) != 0 || !find_tag(&all, "desc", &r))
		return false;
	if (is_type(&r, "desc", 12))
		return ascii(&r, out, room);
	return is_type(&r, "mluc", 16) && localized(&r, out, room);
}

/* ---- code points ----------------------------------------------------------
 */

bool
gbx_icc_code_points(const uint8_t *profile, size_t length,
    uint32_t *ret_primaries, uint32_t *ret_transfer)
{
	struct range all = {profile, length}, r;

	if (length < HEADER || memcmp(profile + 16, "RGB ", 4) != 0 ||
	    memcmp(profile + 36, "acsp", 4) != 0 ||
	    !find_tag(&all, "cicp", &r) || !is_type(&r, "cicp", 12))
		return false;
	*ret_primaries = r.p[8];
	*ret_transfer = r.p[9];
	return true;
}
