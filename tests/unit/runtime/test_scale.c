/* SPDX-License-Identifier: ISC */
/*
 * The downscaler: constant pictures, edges, alpha, aspect, and its distance
 * from a plain reference in doubles. Side: tests.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sandboxed_parsers/runtime/scale.h"

static uint8_t *
grab(size_t size)
{
	uint8_t *p = malloc(size);

	assert_non_null(p);
	return p;
}

/* Scale a whole picture; the caller frees. Bytes around the result are
 * watched. */
static uint8_t *
scale(const uint8_t *in, uint32_t in_w, uint32_t in_h, uint32_t out_w,
    uint32_t out_h)
{
	size_t size = (size_t)out_w * out_h * 4;
	uint8_t *out = grab(size);
	struct gbx_scale_dst dst = {out, 4, (ptrdiff_t)out_w * 4};
	struct gbx_scale *s = gbx_scale_new(in_w, in_h, out_w, out_h, &dst);
	uint32_t y;

	assert_non_null(s);
	for (y = 0; y < in_h; y++) {
		assert_false(gbx_scale_done(s));
		gbx_scale_row(s, in + (size_t)y * in_w * 4);
	}
	assert_true(gbx_scale_done(s));
	gbx_scale_row(s, in);
	gbx_scale_free(s);
	return out;
}

static uint32_t
next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static uint8_t *
noise(size_t pixels, uint32_t seed)
{
	uint8_t *p = grab(pixels * 4);
	size_t i;

	for (i = 0; i < pixels * 4; i++)
		p[i] = (uint8_t)next(&seed);
	return p;
}

static const struct {
	uint32_t in_w, in_h, out_w, out_h;
} sizes[] = {
    {2, 2, 1, 1},
    {3, 3, 2, 2},
    {5, 7, 3, 4},
    {100, 100, 99, 99},
    {100, 100, 25, 25},
    {101, 67, 24, 16},
    {257, 129, 64, 32},
    {640, 480, 256, 192},
    {999, 333, 10, 3},
    {1, 1000, 1, 256},
    {1000, 1, 256, 1},
    {1, 1000, 1, 1},
    {3000, 2, 256, 1},
    {2, 3000, 1, 256},
    {100000, 1, 256, 1},
    {7, 50000, 1, 256},
    {256, 300, 256, 10},
    {300, 256, 10, 256},
};
#define N_SIZES (sizeof(sizes) / sizeof(sizes[0]))

static void
check_constant(size_t i, const uint8_t colour[4])
{
	static const uint8_t clear[4] = {0};
	size_t n = (size_t)sizes[i].in_w * sizes[i].in_h, p;
	const uint8_t *want = colour[3] ? colour : clear;
	uint8_t *in = grab(n * 4), *out;

	for (p = 0; p < n; p++)
		memcpy(in + p * 4, colour, 4);
	out = scale(
	    in, sizes[i].in_w, sizes[i].in_h, sizes[i].out_w, sizes[i].out_h);
	n = (size_t)sizes[i].out_w * sizes[i].out_h;
	for (p = 0; p < n; p++)
		assert_memory_equal(out + p * 4, want, 4);
	free(in);
	free(out);
}

/* One colour stays that colour, for every size, every level and every alpha;
 * what can't be seen becomes zero. */
static void
test_constant(void **state)
{
	uint8_t colour[4];
	unsigned int v;
	size_t i;

	(void)state;
	for (i = 0; i < N_SIZES; i++)
		for (v = 0; v < 256; v += 51) {
			uint8_t c[4] = {
			    (uint8_t)v, (uint8_t)(255 - v), 7, (uint8_t)v};

			check_constant(i, c);
		}
	for (v = 0; v < 256 * 256; v++) {
		colour[0] = colour[1] = (uint8_t)(v & 255);
		colour[2] = (uint8_t)(255 - (v & 255));
		colour[3] = (uint8_t)(v >> 8);
		check_constant(v % 3, colour);
	}
}

static void
test_identity(void **state)
{
	uint8_t *in = noise(97 * 31, 1), *out;

	(void)state;
	out = scale(in, 97, 31, 97, 31);
	assert_memory_equal(in, out, 97 * 31 * 4);
	free(in);
	free(out);
}

/* Opaque orange left, transparent green right: where anything can be seen it
 * is orange. */
static void
test_fringe(void **state)
{
	static const uint8_t orange[4] = {240, 130, 20, 255};
	static const uint8_t green[4] = {0, 255, 0, 0};
	uint8_t *in = grab(300 * 300 * 4), *out;
	uint32_t edge, size, x, y, i;

	(void)state;
	for (edge = 145; edge < 155; edge++) {
		for (y = 0; y < 300; y++)
			for (x = 0; x < 300; x++)
				memcpy(in + (y * 300 + x) * 4,
				    x + y / 7 < edge ? orange : green, 4);
		size = 300 - edge; /* factors from 1.9 to 2.1 */
		out = scale(in, 300, 300, size, size);
		for (i = 0; i < size * size; i++)
			if (out[i * 4 + 3] > 0)
				assert_memory_equal(out + i * 4, orange, 3);
		free(out);
		out = scale(in, 300, 300, 37, 37);
		for (i = 0; i < 37 * 37; i++)
			if (out[i * 4 + 3] > 0)
				assert_memory_equal(out + i * 4, orange, 3);
		free(out);
	}
	free(in);
}

/* Black and white pixels in turn are half the light: 188 in sRGB, not 128. */
static void
test_checkerboard(void **state)
{
	static const uint32_t to[] = {64, 32, 16, 8, 50, 37};
	uint8_t *in = grab(128 * 128 * 4), *out;
	uint32_t i, n, x, y;

	(void)state;
	for (y = 0; y < 128; y++)
		for (x = 0; x < 128; x++) {
			memset(
			    in + (y * 128 + x) * 4, (x + y) & 1 ? 255 : 0, 3);
			in[(y * 128 + x) * 4 + 3] = 255;
		}
	for (n = 0; n < sizeof(to) / sizeof(to[0]); n++) {
		uint32_t t = to[n];

		out = scale(in, 128, 128, t, t);
		for (y = 1; y + 1 < t; y++)
			for (x = 1; x + 1 < t; x++) {
				i = (y * t + x) * 4;
				assert_in_range(out[i], 186, 190);
				assert_int_equal(out[i + 3], 255);
			}
		free(out);
	}
	free(in);
}

static void
test_gradient(void **state)
{
	static const uint32_t to[] = {999, 700, 500, 499, 300, 256, 100, 31, 3};
	uint8_t *in = grab(1000 * 4), *out;
	uint32_t n, x;

	(void)state;
	for (x = 0; x < 1000; x++) {
		memset(in + x * 4, (int)(x * 256 / 1000), 3);
		in[x * 4 + 3] = 255;
	}
	for (n = 0; n < sizeof(to) / sizeof(to[0]); n++) {
		out = scale(in, 1000, 1, to[n], 1);
		for (x = 1; x < to[n]; x++)
			assert_true(out[x * 4] >= out[x * 4 - 4]);
		assert_true(out[0] < 90);
		assert_true(out[(to[n] - 1) * 4] > 200);
		free(out);
	}
	free(in);
}

/* ---- against a reference ------------------------------------------------ */

static double
to_light(uint8_t v)
{
	double f = v / 255.0;

	return f <= 0.04045 ? f / 12.92 : pow((f + 0.055) / 1.055, 2.4);
}

static double
to_code(double f)
{
	f = f < 0 ? 0 : f > 1 ? 1 : f;
	return 255 *
	       (f <= 0.0031308 ? f * 12.92 : 1.055 * pow(f, 1 / 2.4) - 0.055);
}

static double
cubic(double x)
{
	x = fabs(x);
	if (x < 1)
		return 1.5 * x * x * x - 2.5 * x * x + 1;
	return x < 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 : 0;
}

/* One output pixel straight from the definition: the kernel, stretched, over
 * every input pixel. */
static void
reference(const uint8_t *in, uint32_t in_w, uint32_t in_h, double cx, double cy,
    double sx, double sy, double ret[4])
{
	double sum = 0, c[4] = {0}, w, a;
	uint32_t x, y, k;

	for (y = 0; y < in_h; y++) {
		double wy = cubic((y + 0.5 - cy) / sy);

		if (fabs(y + 0.5 - cy) >= 2 * sy)
			continue;
		for (x = 0; x < in_w; x++) {
			const uint8_t *p = in + ((size_t)y * in_w + x) * 4;

			w = wy * cubic((x + 0.5 - cx) / sx);
			a = w * p[3] / 255.0;
			sum += w;
			for (k = 0; k < 3; k++)
				c[k] += a * to_light(p[k]);
			c[3] += a;
		}
	}
	for (k = 0; k < 3; k++)
		ret[k] = c[3] > 0 ? to_code(c[k] / c[3]) : 0;
	a = c[3] / sum;
	ret[3] = 255 * (a < 0 ? 0 : a > 1 ? 1 : a);
}

/* Peak signal to noise over all four channels, colours weighed by alpha. */
static double
psnr(const uint8_t *in, uint32_t in_w, uint32_t in_h, uint32_t out_w,
    uint32_t out_h, double *ret_worst)
{
	uint8_t *out = scale(in, in_w, in_h, out_w, out_h);
	double sx = (double)in_w / out_w, sy = (double)in_h / out_h;
	double err = 0, d, want[4];
	uint32_t x, y, k;

	*ret_worst = 0;
	for (y = 0; y < out_h; y++)
		for (x = 0; x < out_w; x++) {
			const uint8_t *p = out + ((size_t)y * out_w + x) * 4;

			reference(in, in_w, in_h, (x + 0.5) * sx,
			    (y + 0.5) * sy, sx, sy, want);
			for (k = 0; k < 4; k++) {
				d = p[k] - want[k];
				if (k < 3)
					d *= want[3] / 255;
				err += d * d;
				if (fabs(d) > *ret_worst)
					*ret_worst = fabs(d);
			}
		}
	free(out);
	err /= (double)out_w * out_h * 4;
	return err > 0 ? 10 * log10(255.0 * 255.0 / err) : 99;
}

/* Something like a photograph: waves, an edge, a soft alpha. */
static uint8_t *
picture(uint32_t w, uint32_t h)
{
	uint8_t *p = grab((size_t)w * h * 4), *q = p;
	uint32_t x, y;

	for (y = 0; y < h; y++)
		for (x = 0; x < w; x++, q += 4) {
			q[0] = (uint8_t)(127 + 100 * sin(x * 0.11 + y * 0.03));
			q[1] = (uint8_t)(127 + 120 * cos(y * 0.07));
			q[2] = x * 2 > y * 3 ? 230 : 12;
			q[3] = (uint8_t)(255 - x * 128 / w);
		}
	return p;
}

/* Below a factor of four there are no boxes: only rounding may differ. Above,
 * boxes first cost little on pictures; noise is the worst there is. */
static void
test_reference(void **state)
{
	static const struct {
		uint32_t in_w, in_h, out_w, out_h;
		double least, least_noise;
	} cases[] = {
	    {60, 40, 45, 30, 50, 50},
	    {64, 64, 32, 32, 50, 50},
	    {97, 61, 31, 20, 50, 50},
	    {200, 150, 48, 36, 42, 30},
	    {256, 256, 32, 32, 40, 30},
	    {333, 211, 20, 13, 38, 30},
	    {600, 20, 32, 1, 38, 30},
	};
	double worst;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t w = cases[i].in_w, h = cases[i].in_h;
		uint8_t *a = picture(w, h), *b = noise((size_t)w * h, 7);
		double pa, pb;

		pa = psnr(a, w, h, cases[i].out_w, cases[i].out_h, &worst);
		pb = psnr(b, w, h, cases[i].out_w, cases[i].out_h, &worst);
		print_message("# %ux%u to %ux%u: picture %.1f dB, "
			      "noise %.1f dB\n",
		    w, h, cases[i].out_w, cases[i].out_h, pa, pb);
		assert_true(pa >= cases[i].least);
		assert_true(pb >= cases[i].least_noise);
		free(a);
		free(b);
	}
}

/* Every input pixel counts: one white pixel on black is seen wherever it
 * stands. */
static void
test_no_skipping(void **state)
{
	uint8_t *in = calloc(64 * 64, 4), *out;
	uint32_t i, k, lit, least = 255;

	(void)state;
	assert_non_null(in);
	for (i = 0; i < 64 * 64; i++)
		in[i * 4 + 3] = 255;
	for (i = 0; i < 64 * 64; i += 3) {
		memset(in + i * 4, 255, 3);
		out = scale(in, 64, 64, 9, 9);
		for (k = 0, lit = 0; k < 81; k++)
			lit += out[k * 4];
		least = lit < least ? lit : least;
		free(out);
		memset(in + i * 4, 0, 3);
	}
	print_message("# the dimmest: %u\n", least);
	assert_true(least >= 10);
	free(in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_constant),
	    cmocka_unit_test(test_identity),
	    cmocka_unit_test(test_fringe),
	    cmocka_unit_test(test_checkerboard),
	    cmocka_unit_test(test_gradient),
	    cmocka_unit_test(test_reference),
	    cmocka_unit_test(test_no_skipping),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
