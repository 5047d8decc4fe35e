/* SPDX-License-Identifier: ISC */
/*
 * The streaming downscaler behind scale.h.
 * Side: hostile. Sizes were checked by the sink; nothing here trusts pixels,
 * and nothing here calls anything but malloc and libm.
 *
 * A row goes through three places: sums of boxes (exact integers), the
 * horizontal kernel (floats, out_w wide), and the accumulators of the few
 * output rows that it touches. An output row leaves with its last input row.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/runtime/scale.h"

/* Catmull-Rom reaches two output pixels to either side. */
#define RADIUS 2.0

/* Red, green, blue, alpha: a GCC vector, which clang has too. */
typedef float rgba __attribute__((vector_size(16)));

/* One direction: which boxes, with which weights, make an output pixel. */
struct axis {
	uint32_t in, out;
	uint32_t box;		 /* pixels averaged into one */
	uint32_t n_boxes;	 /* the last one may hold fewer pixels */
	uint32_t taps;		 /* weights kept for each output */
	uint32_t *first, *count; /* by output */
	float *weight;		 /* out x taps */
};

struct gbx_scale {
	struct axis x, y;
	struct gbx_scale_dst dst;
	bool copy;
	uint32_t rows_in, rows_out;
	uint32_t ring;	    /* output rows that are open at once, at most */
	uint64_t (*sum)[4]; /* of the boxes of this band of rows */
	rgba *boxes;  /* the same, averaged: alpha 0..255, colours 65535 x */
	rgba *narrow; /* after the horizontal kernel */
	rgba *acc;    /* ring x out_w */
};

/* ---- sRGB (IEC 61966-2-1) ----------------------------------------------- */

#define GUESSES 4096

/* Built at the first use, which is the warm-up's. */
static struct {
	bool ready;
	uint16_t linear[256];	/* of a code, 0..65535 */
	float from[257];	/* the least light that rounds to this code */
	uint8_t guess[GUESSES]; /* the code of n / (GUESSES - 1), at most */
} srgb;

static double
srgb_decode(double v)
{
	return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static void
srgb_init(void)
{
	int i, code = 0;

	if (srgb.ready)
		return;
	for (i = 0; i < 256; i++) {
		srgb.linear[i] =
		    (uint16_t)lround(srgb_decode(i / 255.0) * 65535);
		srgb.from[i] =
		    i == 0 ? 0 : (float)srgb_decode((i - 0.5) / 255.0);
	}
	srgb.from[256] = 2; /* never reached: light is at most 1 */
	for (i = 0; i < GUESSES; i++) {
		while ((float)i / (GUESSES - 1) >= srgb.from[code + 1])
			code++;
		/* One less, so that rounding of the index can't overshoot. */
		srgb.guess[i] = (uint8_t)(code > 0 ? code - 1 : 0);
	}
	srgb.ready = true;
}

static uint8_t
srgb_encode(float light)
{
	unsigned int code;

	if (!(light > 0))
		return 0;
	if (light >= 1)
		return 255;
	code = srgb.guess[(unsigned int)(light * (GUESSES - 1))];
	while (light >= srgb.from[code + 1])
		code++;
	return (uint8_t)code;
}

/* ---- weights ------------------------------------------------------------ */

static double
catmull_rom(double x)
{
	x = fabs(x);
	if (x < 1)
		return (1.5 * x - 2.5) * x * x + 1;
	if (x < 2)
		return ((-0.5 * x + 2.5) * x - 4) * x + 2;
	return 0;
}

static uint32_t
box_width(const struct axis *a, uint32_t i)
{
	uint32_t left = a->in - i * a->box;

	return left < a->box ? left : a->box;
}

/* The weights of one output: the kernel at each box's centre, times the pixels
 * in the box, made to sum up to 1 so that edges don't darken. */
static void
axis_weights(struct axis *a, uint32_t o)
{
	double scale = (double)a->in / a->out, centre = (o + 0.5) * scale;
	double low = (centre - RADIUS * scale) / a->box - 0.5;
	float *w = a->weight + (size_t)o * a->taps;
	double sum = 0, v;
	uint32_t i, n;

	a->first[o] = low <= 0 ? 0 : (uint32_t)low;
	n = a->n_boxes - a->first[o];
	a->count[o] = n < a->taps ? n : a->taps;
	for (n = 0; n < a->count[o]; n++) {
		i = a->first[o] + n;
		v = (double)i * a->box + box_width(a, i) / 2.0;
		v = catmull_rom((v - centre) / scale) * box_width(a, i);
		w[n] = (float)v;
		sum += v;
	}
	for (n = 0; n < a->count[o]; n++)
		w[n] = (float)(w[n] / sum);
}

static bool
axis_init(struct axis *a, uint32_t in, uint32_t out)
{
	double scale = (double)in / out;
	uint32_t o;

	a->in = in;
	a->out = out;
	a->box = in / out / 2 ? in / out / 2 : 1;
	a->n_boxes = in / a->box + (in % a->box != 0);
	a->taps = (uint32_t)(2 * RADIUS * scale / a->box) + 2;
	a->first = calloc(out, sizeof(*a->first));
	a->count = calloc(out, sizeof(*a->count));
	a->weight = calloc((size_t)out * a->taps, sizeof(*a->weight));
	if (a->first == NULL || a->count == NULL || a->weight == NULL)
		return false;
	for (o = 0; o < out; o++)
		axis_weights(a, o);
	return true;
}

static void
axis_done(struct axis *a)
{
	free(a->first);
	free(a->count);
	free(a->weight);
}

static uint32_t
axis_last(const struct axis *a, uint32_t o)
{
	return a->first[o] + a->count[o] - 1;
}

/* Outputs that one box can touch: first and last only ever grow. */
static uint32_t
axis_overlap(const struct axis *a)
{
	uint32_t o, open = 0, most = 1;

	for (o = 0; o < a->out; o++) {
		while (axis_last(a, open) < a->first[o])
			open++;
		if (o - open + 1 > most)
			most = o - open + 1;
	}
	return most;
}

/* ---- rows --------------------------------------------------------------- */

/* Add n pixels to a box: at most 2^24 each for 10^12 pixels, so 64 bits do. */
static void
add_pixels(uint64_t sum[4], const uint8_t *p, uint32_t n)
{
	uint64_t r = 0, g = 0, b = 0, a = 0;

	for (; n > 0; n--, p += 4) {
		uint64_t alpha = p[3];

		r += srgb.linear[p[0]] * alpha;
		g += srgb.linear[p[1]] * alpha;
		b += srgb.linear[p[2]] * alpha;
		a += alpha;
	}
	sum[0] += r;
	sum[1] += g;
	sum[2] += b;
	sum[3] += a;
}

static void
add_row(struct gbx_scale *s, const uint8_t *row)
{
	uint32_t i, n;

	for (i = 0; i < s->x.n_boxes; i++) {
		n = box_width(&s->x, i);
		add_pixels(s->sum[i], row, n);
		row += (size_t)n * 4;
	}
}

/* Sums of a band of rows become averages; the sums start again. */
static void
average(struct gbx_scale *s, uint32_t band)
{
	double rows = box_width(&s->y, band);
	uint32_t i, c;

	for (i = 0; i < s->x.n_boxes; i++) {
		double part = 1 / (rows * box_width(&s->x, i));

		for (c = 0; c < 4; c++)
			s->boxes[i][c] = (float)((double)s->sum[i][c] * part);
	}
	memset(s->sum, 0, s->x.n_boxes * sizeof(*s->sum));
}

/* Where a box is one pixel there is nothing to add up. */
static void
spread_row(struct gbx_scale *s, const uint8_t *row)
{
	uint32_t x;

	for (x = 0; x < s->x.in; x++, row += 4) {
		rgba light = {srgb.linear[row[0]], srgb.linear[row[1]],
		    srgb.linear[row[2]], 1};

		s->boxes[x] = light * row[3];
	}
}

/* Box up a row; true when its band is whole. */
static bool
take_row(struct gbx_scale *s, const uint8_t *row, uint32_t band)
{
	if (s->x.box == 1 && s->y.box == 1) {
		spread_row(s, row);
		return true;
	}
	add_row(s, row);
	if (s->rows_in % s->y.box != 0 && s->rows_in != s->y.in)
		return false;
	average(s, band);
	return true;
}

static void
horizontal(struct gbx_scale *s)
{
	uint32_t o, n;

	for (o = 0; o < s->x.out; o++) {
		const float *w = s->x.weight + (size_t)o * s->x.taps;
		const rgba *p = s->boxes + s->x.first[o];
		rgba v = {0, 0, 0, 0};

		for (n = 0; n < s->x.count[o]; n++)
			v += w[n] * p[n];
		s->narrow[o] = v;
	}
}

/* Back to straight 8-bit sRGB. Lobes may leave a value out of range, alpha and
 * colour by the same factor: so alpha is cut only after the division. */
static void
put_pixel(uint8_t *p, rgba v)
{
	float alpha = v[3];
	int c;

	if (!(alpha >= 0.5f)) {
		memset(p, 0, 4);
		return;
	}
	for (c = 0; c < 3; c++)
		p[c] = srgb_encode(v[c] / (alpha * 65535));
	p[3] = alpha >= 255 ? 255 : (uint8_t)(alpha + 0.5f);
}

static rgba *
acc_row(struct gbx_scale *s, uint32_t o)
{
	return s->acc + (size_t)(o % s->ring) * s->x.out;
}

static uint8_t *
dst_row(const struct gbx_scale *s, uint32_t y)
{
	return s->dst.origin + (ptrdiff_t)y * s->dst.step_y;
}

static void
put_row(struct gbx_scale *s, uint32_t o)
{
	rgba *v = acc_row(s, o);
	uint8_t *p = dst_row(s, o);
	uint32_t x;

	for (x = 0; x < s->x.out; x++, p += s->dst.step_x)
		put_pixel(p, v[x]);
	memset(v, 0, s->x.out * sizeof(*v));
}

/* A whole band: to every output row that it touches. */
static void
vertical(struct gbx_scale *s, uint32_t band)
{
	const struct axis *a = &s->y;
	uint32_t o, x;

	for (o = s->rows_out; o < a->out && a->first[o] <= band; o++) {
		float w = a->weight[(size_t)o * a->taps + band - a->first[o]];
		rgba *v = acc_row(s, o);

		for (x = 0; x < s->x.out; x++)
			v[x] += w * s->narrow[x];
	}
	while (s->rows_out < a->out && axis_last(a, s->rows_out) == band)
		put_row(s, s->rows_out++);
}

static void
copy_row(struct gbx_scale *s, const uint8_t *row)
{
	uint8_t *p = dst_row(s, s->rows_out++);
	uint32_t x;

	for (x = 0; x < s->x.out; x++, p += s->dst.step_x, row += 4)
		memcpy(p, row, 4);
}

void
gbx_scale_row(struct gbx_scale *s, const uint8_t *row)
{
	uint32_t band = s->rows_in / s->y.box;

	if (s->rows_in == s->y.in)
		return;
	s->rows_in++;
	if (s->copy) {
		copy_row(s, row);
		return;
	}
	if (!take_row(s, row, band))
		return;
	horizontal(s);
	vertical(s, band);
}

bool
gbx_scale_done(const struct gbx_scale *s)
{
	return s->rows_out == s->y.out;
}

/* ---- life --------------------------------------------------------------- */

static bool
scale_init(struct gbx_scale *s, uint32_t in_w, uint32_t in_h, uint32_t out_w,
    uint32_t out_h)
{
	srgb_init();
	if (!axis_init(&s->x, in_w, out_w) || !axis_init(&s->y, in_h, out_h))
		return false;
	s->ring = axis_overlap(&s->y);
	s->sum = calloc(s->x.n_boxes, sizeof(*s->sum));
	s->boxes = calloc(s->x.n_boxes, sizeof(*s->boxes));
	s->narrow = calloc(out_w, sizeof(*s->narrow));
	s->acc = calloc((size_t)s->ring * out_w, sizeof(*s->acc));
	return s->sum != NULL && s->boxes != NULL && s->narrow != NULL &&
	       s->acc != NULL;
}

struct gbx_scale *
gbx_scale_new(uint32_t in_w, uint32_t in_h, uint32_t out_w, uint32_t out_h,
    const struct gbx_scale_dst *dst)
{
	struct gbx_scale *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->dst = *dst;
	s->copy = in_w == out_w && in_h == out_h;
	if (s->copy) {
		s->x.out = out_w;
		s->y.in = s->y.out = out_h;
		s->y.box = 1;
	} else if (!scale_init(s, in_w, in_h, out_w, out_h)) {
		gbx_scale_free(s);
		return NULL;
	}
	return s;
}

void
gbx_scale_free(struct gbx_scale *s)
{
	if (s == NULL)
		return;
	axis_done(&s->x);
	axis_done(&s->y);
	free(s->sum);
	free(s->boxes);
	free(s->narrow);
	free(s->acc);
	free(s);
}
