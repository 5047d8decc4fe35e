/* SPDX-License-Identifier: ISC */
/*
 * ICC profiles: every kind of curve, the names, what is out of range, what is
 * cut off, and descriptions. Side: tests.
 *
 * Fails if taken out: any comparison with the length in runtime/icc.c (under
 * ASan), the tolerance in either direction, A2B0 as a reason to pass it over.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sandboxed_parsers/runtime/icc.h"
#include "schemas/limits.h"

struct profile {
	uint8_t data[4096];
	size_t n;
	uint32_t tags;
};

static void
put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static void
begin(struct profile *p, const char *space)
{
	memset(p, 0, sizeof(*p));
	memcpy(p->data + 16, space, 4);
	memcpy(p->data + 20, "XYZ ", 4);
	memcpy(p->data + 36, "acsp", 4);
	p->n = 132 + 12 * 12;
}

static uint8_t *
add(struct profile *p, const char *tag, const char *type, size_t n)
{
	uint8_t *entry = p->data + 132 + (size_t)p->tags * 12;
	uint8_t *at = p->data + p->n;

	put32(p->data + 128, ++p->tags);
	memcpy(entry, tag, 4);
	put32(entry + 4, (uint32_t)p->n);
	put32(entry + 8, (uint32_t)n);
	memcpy(at, type, 4);
	p->n += n;
	return at;
}

static void
add_xyz(struct profile *p, const char *tag, double x, double y, double z)
{
	uint8_t *at = add(p, tag, "XYZ ", 20);

	put32(at + 8, (uint32_t)(int32_t)lrint(x * 65536));
	put32(at + 12, (uint32_t)(int32_t)lrint(y * 65536));
	put32(at + 16, (uint32_t)(int32_t)lrint(z * 65536));
}

static void
add_gamma(struct profile *p, const char *tag, double gamma)
{
	uint8_t *at = add(p, tag, "curv", 14);

	put32(at + 8, 1);
	at[12] = (uint8_t)((uint32_t)lrint(gamma * 256) >> 8);
	at[13] = (uint8_t)lrint(gamma * 256);
}

static const double srgb_curve[7] = {
    2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045, 0, 0};

static void
add_parametric(
    struct profile *p, const char *tag, uint32_t kind, const double v[7])
{
	static const uint32_t counts[] = {1, 3, 4, 5, 7};
	uint32_t i;
	uint8_t *at = add(p, tag, "para", 12 + (size_t)counts[kind] * 4);

	at[9] = (uint8_t)kind;
	for (i = 0; i < counts[kind]; i++)
		put32(at + 12 + (size_t)i * 4,
		    (uint32_t)(int32_t)lrint(v[i] * 65536));
}

static void
add_primaries(struct profile *p, const double xyz[9])
{
	add_xyz(p, "rXYZ", xyz[0], xyz[1], xyz[2]);
	add_xyz(p, "gXYZ", xyz[3], xyz[4], xyz[5]);
	add_xyz(p, "bXYZ", xyz[6], xyz[7], xyz[8]);
}

static const double srgb[9] = {0.43607, 0.22249, 0.01392, 0.38515, 0.71687,
    0.09708, 0.14307, 0.06061, 0.71410};
static const double p3[9] = {0.51512, 0.24120, -0.00105, 0.29198, 0.69225,
    0.04189, 0.15710, 0.06657, 0.78407};
static const double adobe[9] = {0.60974, 0.31111, 0.01947, 0.20528, 0.62567,
    0.06087, 0.14919, 0.06322, 0.74457};
static const double rec2020[9] = {0.67346, 0.27904, -0.00193, 0.16566, 0.67534,
    0.02998, 0.12505, 0.04561, 0.79686};
static const double prophoto[9] = {
    0.79767, 0.28804, 0, 0.13519, 0.71188, 0, 0.03134, 0.00009, 0.82491};

static void
make(struct profile *p, const double xyz[9], double gamma)
{
	static const char *const tags[] = {"rTRC", "gTRC", "bTRC"};
	uint32_t i;

	begin(p, "RGB ");
	add_primaries(p, xyz);
	for (i = 0; i < 3; i++)
		if (gamma > 0)
			add_gamma(p, tags[i], gamma);
		else
			add_parametric(p, tags[i], 3, srgb_curve);
}

static uint32_t
name_of(const struct profile *p)
{
	uint8_t *exact = malloc(p->n);
	uint32_t name;

	memcpy(exact, p->data, p->n);
	name = gbx_icc_name(exact, p->n);
	free(exact);
	return name;
}

static void
test_names(void **state)
{
	static const double rec2020_curve[7] = {
	    1 / 0.45, 1 / 1.0993, 0.0993 / 1.0993, 1 / 4.5, 0.0814, 0, 0};
	struct profile p;
	uint32_t i;

	(void)state;
	make(&p, srgb, 0);
	assert_int_equal(name_of(&p), GBX_WIRE_COLOUR_SRGB);
	make(&p, p3, 0);
	assert_int_equal(name_of(&p), GBX_WIRE_COLOUR_DISPLAY_P3);
	make(&p, adobe, 2.19921875);
	assert_int_equal(name_of(&p), GBX_WIRE_COLOUR_ADOBE_RGB);
	make(&p, prophoto, 1.80078125);
	assert_int_equal(name_of(&p), GBX_WIRE_COLOUR_PROPHOTO);
	begin(&p, "RGB ");
	add_primaries(&p, rec2020);
	for (i = 0; i < 3; i++)
		add_parametric(&p,
		    i == 0   ? "rTRC"
		    : i == 1 ? "gTRC"
			     : "bTRC",
		    3, rec2020_curve);
	assert_int_equal(name_of(&p), GBX_WIRE_COLOUR_REC2020);
	/* the primaries of one, the curve of another */
	make(&p, srgb, 1.8);
	assert_int_equal(name_of(&p), GBX_WIRE_COLOUR_OTHER);
	make(&p, adobe, 0);
	assert_int_equal(name_of(&p), GBX_WIRE_COLOUR_OTHER);
	make(&p, prophoto, 2.2);
	assert_int_equal(name_of(&p), GBX_WIRE_COLOUR_OTHER);
}

/* Each primary moved by more than encoders round. */
static void
test_near(void **state)
{
	double xyz[9];
	struct profile p;
	uint32_t i;

	(void)state;
	for (i = 0; i < 9; i++) {
		memcpy(xyz, srgb, sizeof(xyz));
		xyz[i] += 0.002;
		make(&p, xyz, 0);
		assert_int_equal(name_of(&p), GBX_WIRE_COLOUR_SRGB);
		xyz[i] += 0.004;
		make(&p, xyz, 0);
		assert_int_equal(name_of(&p), GBX_WIRE_COLOUR_OTHER);
	}
}

static void
test_curves(void **state)
{
	static const double one[7] = {2};
	static const double two[7] = {2, 2, -1};
	static const double three[7] = {2, 1, 0, 0.25};
	static const double five[7] = {2, 1, 0, 0.5, 0.5, 0.125, 0.25};
	struct gbx_icc icc;
	struct profile p;
	uint8_t *at;

	(void)state;
	begin(&p, "RGB ");
	add_primaries(&p, srgb);
	at = add(&p, "rTRC", "curv", 12); /* none: as it is */
	put32(at + 8, 0);
	at = add(&p, "gTRC", "curv", 18); /* 0, 1/4, 1 */
	put32(at + 8, 3);
	at[14] = 0x40;
	at[16] = at[17] = 0xff;
	add_parametric(&p, "bTRC", 0, one);
	assert_true(gbx_icc_read(p.data, p.n, &icc));
	assert_false(icc.gray);
	assert_true(fabs(icc.to_xyz[2][1] - 0.09708) < 0.0001);
	assert_true(fabs(gbx_icc_light(&icc.curve[0], 0.3) - 0.3) < 1e-9);
	assert_true(fabs(gbx_icc_light(&icc.curve[1], 0.25) - 0.125) < 1e-4);
	assert_true(fabs(gbx_icc_light(&icc.curve[1], 0.75) - 0.625) < 1e-4);
	assert_true(fabs(gbx_icc_light(&icc.curve[1], 1) - 1) < 1e-9);
	assert_true(fabs(gbx_icc_light(&icc.curve[2], 0.5) - 0.25) < 1e-9);
	begin(&p, "RGB ");
	add_primaries(&p, srgb);
	add_parametric(&p, "rTRC", 1, two);
	add_parametric(&p, "gTRC", 2, three);
	add_parametric(&p, "bTRC", 4, five);
	assert_true(gbx_icc_read(p.data, p.n, &icc));
	assert_true(fabs(gbx_icc_light(&icc.curve[0], 0.25)) < 1e-9);
	assert_true(fabs(gbx_icc_light(&icc.curve[0], 0.75) - 0.25) < 1e-9);
	assert_true(fabs(gbx_icc_light(&icc.curve[1], 0.5) - 0.5) < 1e-9);
	assert_true(fabs(gbx_icc_light(&icc.curve[1], -1) - 0.25) < 1e-9);
	assert_true(fabs(gbx_icc_light(&icc.curve[2], 0.25) - 0.375) < 1e-9);
	assert_true(fabs(gbx_icc_light(&icc.curve[2], 0.5) - 0.375) < 1e-9);
}

static void
test_gray(void **state)
{
	struct gbx_icc icc;
	struct profile p;

	(void)state;
	begin(&p, "GRAY");
	add_gamma(&p, "kTRC", 1);
	assert_true(gbx_icc_read(p.data, p.n, &icc));
	assert_true(icc.gray);
	assert_int_equal(name_of(&p), GBX_WIRE_COLOUR_OTHER);
	begin(&p, "GRAY");
	add_parametric(&p, "kTRC", 3, srgb_curve);
	assert_int_equal(name_of(&p), GBX_WIRE_COLOUR_SRGB);
	begin(&p, "CMYK");
	add_gamma(&p, "kTRC", 1);
	assert_false(gbx_icc_read(p.data, p.n, &icc));
}

/* With one thing wrong at a time it is none of ours. */
static void
test_refused(void **state)
{
	struct gbx_icc icc;
	struct profile p;

	(void)state;
	make(&p, srgb, 2.2);
	assert_true(gbx_icc_read(p.data, p.n, &icc));
	p.data[36] = 'x';
	assert_false(gbx_icc_read(p.data, p.n, &icc));
	make(&p, srgb, 2.2);
	memcpy(p.data + 20, "Lab ", 4);
	assert_false(gbx_icc_read(p.data, p.n, &icc));
	make(&p, srgb, 2.2);
	add(&p, "A2B0", "mAB ", 32);
	assert_false(gbx_icc_read(p.data, p.n, &icc));
	make(&p, srgb, 2.2);
	put32(p.data + 128, 101);
	assert_false(gbx_icc_read(p.data, p.n, &icc));
	make(&p, srgb, 2.2);
	put32(p.data + 132 + 4, 0xffffffff);
	assert_false(gbx_icc_read(p.data, p.n, &icc));
	make(&p, srgb, 2.2);
	put32(p.data + 132 + 8, 0xffffffff);
	assert_false(gbx_icc_read(p.data, p.n, &icc));
	make(&p, srgb, 2.2);
	put32(p.data + 132 + 8, 19);
	assert_false(gbx_icc_read(p.data, p.n, &icc));
	/* a table of more entries than there are bytes */
	begin(&p, "GRAY");
	put32(add(&p, "kTRC", "curv", 20) + 8, 5);
	assert_false(gbx_icc_read(p.data, p.n, &icc));
	begin(&p, "GRAY");
	put32(add(&p, "kTRC", "curv", 20) + 8, 0x80000002);
	assert_false(gbx_icc_read(p.data, p.n, &icc));
	begin(&p, "GRAY");
	add(&p, "kTRC", "para", 20)[9] = 4;
	assert_false(gbx_icc_read(p.data, p.n, &icc));
	begin(&p, "GRAY");
	add(&p, "kTRC", "para", 40)[9] = 5;
	assert_false(gbx_icc_read(p.data, p.n, &icc));
}

/* Cut off at every length, and each byte changed: nothing is read outside, and
 * what comes out is a number or none. */
static void
test_damaged(void **state)
{
	struct gbx_icc icc;
	struct profile p;
	uint8_t *exact;
	char text[64];
	size_t n;
	uint32_t i;

	(void)state;
	make(&p, p3, 0);
	memcpy(add(&p, "desc", "desc", 20) + 12, "name", 5);
	for (n = 0; n <= p.n; n++) {
		exact = malloc(n > 0 ? n : 1);
		memcpy(exact, p.data, n);
		(void)gbx_icc_name(exact, n);
		(void)gbx_icc_description(exact, n, text, sizeof(text));
		for (i = 0; i < 256 && n == p.n; i++) {
			exact[132 + i % 200] ^= (uint8_t)(1 + i);
			(void)gbx_icc_name(exact, n);
			if (gbx_icc_read(exact, n, &icc))
				(void)gbx_icc_light(&icc.curve[i % 3], 1);
			(void)gbx_icc_description(exact, n, text, 5);
		}
		free(exact);
	}
}

static void
test_description(void **state)
{
	struct profile p;
	char text[16];
	uint8_t *at;

	(void)state;
	make(&p, srgb, 2.2);
	assert_false(gbx_icc_description(p.data, p.n, text, sizeof(text)));
	at = add(&p, "desc", "desc", 40);
	put32(at + 8, 6);
	memcpy(at + 12, "Camera", 6);
	assert_true(gbx_icc_description(p.data, p.n, text, sizeof(text)));
	assert_string_equal(text, "Camera");
	assert_true(gbx_icc_description(p.data, p.n, text, 4));
	assert_string_equal(text, "Cam");
	put32(at + 8, 29);
	assert_false(gbx_icc_description(p.data, p.n, text, sizeof(text)));
	make(&p, srgb, 2.2);
	at = add(&p, "desc", "mluc", 44);
	put32(at + 8, 1);
	put32(at + 12, 12);
	put32(at + 20, 10);
	put32(at + 24, 28);
	memcpy(at + 28, "\0M\0\xfc\xd8\x3d\xde\x00\xdc\x00", 10);
	assert_true(gbx_icc_description(p.data, p.n, text, sizeof(text)));
	assert_string_equal(text, "M\xc3\xbc\xf0\x9f\x98\x80\xef\xbf\xbd");
	put32(at + 24, 35);
	assert_false(gbx_icc_description(p.data, p.n, text, sizeof(text)));
}

/* cicpTag, ICC.1:2022. Fails if taken out: each condition of
 * gbx_icc_code_points. */
static void
test_code_points(void **state)
{
	uint32_t primaries = 0, transfer = 0;
	struct profile p;
	uint8_t *tag;

	(void)state;
	make(&p, srgb, 2.2);
	assert_false(gbx_icc_code_points(p.data, p.n, &primaries, &transfer));
	tag = add(&p, "cicp", "cicp", 12);
	tag[8] = 9;
	tag[9] = 16;
	assert_true(gbx_icc_code_points(p.data, p.n, &primaries, &transfer));
	assert_int_equal(primaries, 9);
	assert_int_equal(transfer, 16);
	assert_false(
	    gbx_icc_code_points(p.data, p.n - 1, &primaries, &transfer));
	assert_false(gbx_icc_code_points(p.data, 100, &primaries, &transfer));
	tag[0] = 'x';
	assert_false(gbx_icc_code_points(p.data, p.n, &primaries, &transfer));
	tag[0] = 'c';
	p.data[36] = 'x';
	assert_false(gbx_icc_code_points(p.data, p.n, &primaries, &transfer));
	p.data[36] = 'a';
	memcpy(p.data + 16, "GRAY", 4);
	assert_false(gbx_icc_code_points(p.data, p.n, &primaries, &transfer));
	make(&p, srgb, 2.2);
	add(&p, "cicp", "cicp", 11);
	assert_false(gbx_icc_code_points(p.data, p.n, &primaries, &transfer));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_near),
	    cmocka_unit_test(test_curves),
	    cmocka_unit_test(test_gray),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_damaged),
	    cmocka_unit_test(test_description),
	    cmocka_unit_test(test_code_points),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
