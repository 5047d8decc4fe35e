/* SPDX-License-Identifier: ISC */
/* See paint.h. Side: hostile. */
#include <string.h>

#include "sandboxed_parsers/jp2/paint.h"

#define CHANNELS_MAX 5 /* four inks and alpha */

/* ---- which component is what -------------------------------------------- */

/* By the header of the profile (ICC.1:2010, 7.2.6). */
static bool
has_four_inks(const opj_image_t *image)
{
	if (image->icc_profile_buf != NULL && image->icc_profile_len >= 20)
		return memcmp(image->icc_profile_buf + 16, "CMYK", 4) == 0;
	return image->color_space == OPJ_CLRSPC_CMYK;
}

/* The channel definition box (ISO/IEC 15444-1, I.5.3.6): type 1 is opacity,
 * 2 premultiplied opacity; the library leaves it in `alpha`. Without that box,
 * and in a codestream by itself, the last of two or of four is taken for
 * opacity, as others do, where the colours are not four. */
static bool
is_alpha(const opj_image_t *image, uint32_t i, bool boxed)
{
	uint32_t n = image->numcomps, k;

	for (k = 0; boxed && k < n; k++)
		if (image->comps[k].alpha != 0)
			return image->comps[i].alpha == 1 ||
			       image->comps[i].alpha == 2;
	if (i != n - 1 || (n != 2 && n != 4))
		return false;
	return n == 2 || !boxed || !has_four_inks(image);
}

static bool
is_subsampled(const struct gbx_jp2_paint *p)
{
	return p->channel[1]->dx > p->channel[0]->dx ||
	       p->channel[1]->dy > p->channel[0]->dy;
}

/* *ret_ycc: luma and two differences. Without a colour space, coarser second
 * and third components are taken for those, as opj_decompress does. */
static unsigned
count_colours(const opj_image_t *image, unsigned found,
    const struct gbx_jp2_paint *p, bool *ret_ycc)
{
	*ret_ycc = false;
	switch (image->color_space) {
	case OPJ_CLRSPC_GRAY:
		return found >= 1 ? 1 : 0;
	case OPJ_CLRSPC_SRGB:
		return found >= 3 ? 3 : 0;
	case OPJ_CLRSPC_SYCC:
	case OPJ_CLRSPC_EYCC:
		*ret_ycc = true;
		return found >= 3 ? 3 : 0;
	case OPJ_CLRSPC_CMYK:
		return found >= 4 ? 4 : 0;
	default:
		*ret_ycc = found >= 3 && is_subsampled(p);
		return found >= 3 ? 3 : found > 0 ? 1 : 0;
	}
}

void
gbx_jp2_measure(
    const opj_image_t *image, uint32_t *ret_width, uint32_t *ret_height)
{
	uint32_t i, w = 0, h = 0;

	for (i = 0; i < image->numcomps && i < CHANNELS_MAX; i++) {
		w = image->comps[i].w > w ? image->comps[i].w : w;
		h = image->comps[i].h > h ? image->comps[i].h : h;
	}
	*ret_width = w;
	*ret_height = h;
}

static bool
is_readable(const opj_image_comp_t *comp)
{
	return comp->w > 0 && comp->h > 0 && comp->prec >= 1 &&
	       comp->prec <= 31;
}

bool
gbx_jp2_paint_open(
    struct gbx_jp2_paint *p, const opj_image_t *image, bool boxed)
{
	unsigned found = 0;
	uint32_t i;

	memset(p, 0, sizeof(*p));
	for (i = 0; i < image->numcomps; i++) {
		const opj_image_comp_t *comp = &image->comps[i];

		if (!is_alpha(image, i, boxed)) {
			if (found < 4)
				p->channel[found++] = comp;
		} else if (p->alpha == NULL) {
			p->alpha = comp;
			p->premultiplied = boxed && comp->alpha == 2;
		}
	}
	/* CIE L*a*b* leaves its parameters as a profile of no length. */
	if (image->icc_profile_buf != NULL && image->icc_profile_len == 0)
		return false;
	p->n_colours = count_colours(image, found, p, &p->ycc);
	for (i = 0; i < p->n_colours; i++)
		if (!is_readable(p->channel[i]))
			return false;
	gbx_jp2_measure(image, &p->width, &p->height);
	return p->n_colours > 0 && (p->alpha == NULL || is_readable(p->alpha));
}

bool
gbx_jp2_paint_whole(const struct gbx_jp2_paint *p)
{
	unsigned c;

	for (c = 0; c < p->n_colours; c++)
		if (p->channel[c]->data == NULL)
			return false;
	return p->alpha == NULL || p->alpha->data != NULL;
}

/* ---- samples ------------------------------------------------------------ */

static uint32_t
share(uint32_t at, uint32_t n, uint32_t of)
{
	return n == of ? at : (uint32_t)((uint64_t)at * n / of);
}

/* As a byte, rounded: v * 255 / (2^prec - 1). Signed samples count from the
 * least there is. The library clamps what the wavelet overshoots; that is not
 * relied on. */
static uint8_t
to_byte(const opj_image_comp_t *comp, int32_t sample)
{
	int64_t most = ((int64_t)1 << comp->prec) - 1, v = sample;

	if (comp->sgnd)
		v += (int64_t)1 << (comp->prec - 1);
	if (v <= 0)
		return 0;
	if (v >= most)
		return 255;
	if (comp->prec == 8)
		return (uint8_t)v;
	if (comp->prec <= 16)
		return (uint8_t)(((uint32_t)v * 255 + (uint32_t)most / 2) /
				 (uint32_t)most);
	return (uint8_t)((v * 255 + most / 2) / most);
}

static const OPJ_INT32 *
row_of(const struct gbx_jp2_paint *p, const opj_image_comp_t *comp, uint32_t y)
{
	return comp->data + (size_t)share(y, comp->h, p->height) * comp->w;
}

/* One component into every fourth byte. */
static void
spread(const struct gbx_jp2_paint *p, const opj_image_comp_t *comp, uint32_t y,
    uint8_t *to)
{
	const OPJ_INT32 *row = row_of(p, comp, y);
	uint32_t x;

	for (x = 0; x < p->width; x++, to += 4)
		*to = to_byte(comp, row[share(x, comp->w, p->width)]);
}

/* ---- colours ------------------------------------------------------------ */

static uint8_t
clamp(int32_t v)
{
	return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

/* sYCC, IEC 61966-2-1 amendment 1: as JFIF has it. 16 bits of fraction. */
static void
ycc_to_rgb(uint8_t *px)
{
	int32_t y = px[0] * 65536 + 32768, cb = px[1] - 128, cr = px[2] - 128;

	px[0] = clamp((y + 91881 * cr) >> 16);
	px[1] = clamp((y - 22554 * cb - 46802 * cr) >> 16);
	px[2] = clamp((y + 116130 * cb) >> 16);
}

/* v * w / 255, rounded. */
static uint8_t
times(unsigned v, unsigned w)
{
	return (uint8_t)((v * w + 127) / 255);
}

static void
cmyk_to_rgb(uint8_t *px)
{
	unsigned left = 255u - px[3], c;

	for (c = 0; c < 3; c++)
		px[c] = times(255u - px[c], left);
}

static void
make_straight(uint8_t *px)
{
	unsigned a = px[3], v, c;

	for (c = 0; c < 3; c++) {
		v = a > 0 ? (px[c] * 255u + a / 2) / a : 0;
		px[c] = (uint8_t)(v > 255 ? 255 : v);
	}
}

static void
convert(const struct gbx_jp2_paint *p, uint8_t *px)
{
	if (p->n_colours == 1)
		px[1] = px[2] = px[0];
	else if (p->n_colours == 4)
		cmyk_to_rgb(px);
	else if (p->ycc)
		ycc_to_rgb(px);
}

void
gbx_jp2_paint_row(const struct gbx_jp2_paint *p, uint32_t y, uint8_t *to)
{
	unsigned c;
	uint32_t x;

	for (c = 0; c < p->n_colours; c++)
		spread(p, p->channel[c], y, to + c);
	for (x = 0; x < p->width; x++) {
		convert(p, to + (size_t)x * 4);
		to[(size_t)x * 4 + 3] = 255;
	}
	if (p->alpha == NULL)
		return;
	spread(p, p->alpha, y, to + 3);
	for (x = 0; p->premultiplied && x < p->width; x++)
		make_straight(to + (size_t)x * 4);
}
