/* SPDX-License-Identifier: ISC */
/*
 * Geometry at and around every bound, against an oracle that counts without
 * bounds (GMP): more than a million cases for the check itself, and the same
 * corners again through a whole packed reply.
 * Fails if taken out: any gbx_mul_ok or gbx_add_ok, any comparison in pixels.c,
 * check_place in item.c.
 */
#include <gmp.h>
#include <stdio.h>
#include <string.h>

#include "broker/validate/check.h"
#include "tests/support/cmocka.h"
#include "tests/support/score.h"
#include "tests/unit/gate/model.h"

static const uint32_t sides[] = {0, 1, 2, 3, 59, 60, 61, 255, 256, 1000, 32767,
    65535, 65536, 65537, 250000, 500000, 999999, 1000000, 1000001, 1u << 24,
    1u << 30, 0x3fffffff, 0x40000000, 0x40000001, 0x7fffffff, 0x80000000,
    0xfffffffe, 0xffffffff};
#define N_SIDES (sizeof(sides) / sizeof(sides[0]))

static const uint64_t limits[] = {0, 1, 3600, 65535, 65536, 4294967295u,
    4294967296u, 500000000000u, 999999999999u, 1000000000000u, UINT64_MAX};
#define N_LIMITS (sizeof(limits) / sizeof(limits[0]))

/* Numbers without bounds, allotted once. */
static mpz_t area, stride, length, end, sum, other;

static void
set_up_numbers(void)
{
	mpz_inits(area, stride, length, end, sum, other, NULL);
}

/* mpz_set_ui takes a long, which has 64 bits on all that GBX runs on. */
_Static_assert(sizeof(unsigned long) == sizeof(uint64_t), "mpz takes 64 bits");

static bool
good(const struct gbx_gate_job *job, const struct gbx_gate_block *b)
{
	bool probe = job->op == GBX_WIRE_OP_PROBE;

	mpz_set_ui(area, b->width);
	mpz_mul_ui(area, area, b->height);
	mpz_set_ui(stride, b->width);
	mpz_mul_ui(stride, stride, probe ? 0 : 4);
	mpz_mul_ui(length, stride, b->height);
	if (job->op == GBX_WIRE_OP_THUMBNAIL &&
	    (b->width > job->box_w || b->height > job->box_h))
		return false;
	return b->width > 0 && b->height > 0 && b->width <= 1000000 &&
	       b->height <= 1000000 &&
	       mpz_cmp_ui(area, job->limit[GBX_WIRE_LIMIT_PIXELS]) <= 0 &&
	       mpz_cmp_ui(stride, b->stride) == 0 &&
	       mpz_cmp_ui(length, b->length) == 0 && b->layout == 1;
}

static uint64_t tried, accepted, differences;

static void
ask(const struct gbx_gate_job *job, const struct gbx_gate_block *b)
{
	bool got = gbx_gate_pixels_block(job, b) == GBX_FIELD_NONE;

	tried++;
	accepted += got;
	if (got == good(job, b))
		return;
	if (differences++ < 5)
		print_message("# op %u %ux%u stride %#llx length %#llx: %d\n",
		    job->op, b->width, b->height, (unsigned long long)b->stride,
		    (unsigned long long)b->length, got);
}

/* Near the honest stride and length, as they come out cut to 64 or 32 bits. */
static void
around(const struct gbx_gate_job *job, struct gbx_gate_block *b)
{
	static const int64_t nearby[] = {0, 1, -1, 4, -4, 64};
	bool probe = job->op == GBX_WIRE_OP_PROBE;
	uint64_t row = probe ? 0 : (uint64_t)b->width * 4;
	size_t i, k;

	for (i = 0; i < 6; i++)
		for (k = 0; k < 6; k++) {
			b->stride = row + (uint64_t)nearby[i];
			b->length = b->stride * b->height + (uint64_t)nearby[k];
			ask(job, b);
		}
	b->stride = (uint32_t)row;
	b->length = (uint32_t)(row * b->height);
	ask(job, b);
	b->length = row * b->height;
	ask(job, b);
	b->stride = (uint64_t)b->height * 4;
	ask(job, b);
}

static void
test_check(void **state)
{
	struct gbx_gate_block b = {.kind = GBX_WIRE_PIXELS, .frames = 1};
	struct gbx_gate_job job = {.box_w = 0};
	size_t op, w, h, l;

	(void)state;
	for (op = GBX_WIRE_OP_PROBE; op <= GBX_WIRE_OP_THUMBNAIL; op++)
		for (w = 0; w < N_SIDES; w++)
			for (h = 0; h < N_SIDES; h++)
				for (l = 0; l < N_LIMITS; l++) {
					job.op = (uint32_t)op;
					b.stride = op == 1
						       ? 0
						       : (uint64_t)sides[w] * 4;
					b.length = b.stride * sides[h];
					job.limit[GBX_WIRE_LIMIT_PIXELS] =
					    limits[l];
					b.width = sides[w];
					b.height = sides[h];
					b.layout = GBX_WIRE_RGBA8;
					job.box_w = job.box_h = UINT32_MAX;
					ask(&job, &b);
					job.box_w = 60;
					job.box_h = 256;
					around(&job, &b);
					b.layout = (uint32_t)l;
					b.stride = (uint64_t)b.width * 4;
					b.length = b.stride * b.height;
					ask(&job, &b);
				}
	assert_true(tried >= 1000000);
	assert_true(accepted >= 1000);
	assert_int_equal(differences, 0);
	print_message("# %llu cases, %llu of them good\n",
	    (unsigned long long)tried, (unsigned long long)accepted);
}

/* A bound just below, at, or just above what is needed, cut to 64 bits as a
 * careless program would. */
static uint64_t
near(mpz_t needed, size_t k)
{
	mpz_set(other, needed);
	mpz_fdiv_r_2exp(other, other, 64);
	return mpz_get_ui(other) + k - 1;
}

/* Two images in one item: output and data area bound them too, and the two add
 * up. */
static void
ask_wire(size_t w, size_t h, size_t l)
{
	static struct gbx_gate_reply reply;
	static struct model m;
	Gbx__Wire__Item *item;
	bool want;

	mpz_set_ui(area, sides[w]);
	mpz_mul_ui(area, area, sides[h]);
	mpz_mul_ui(area, area, 4);
	mpz_add_ui(sum, area, 24);
	mpz_cdiv_q_ui(end, area, 64);
	mpz_mul_ui(end, end, 64);
	mpz_add_ui(end, end, 24);
	model_init(&m, BASE_DECODE);
	m.job.count = 2;
	m.job.limit[GBX_WIRE_LIMIT_PIXELS] = UINT64_MAX;
	m.job.limit[GBX_WIRE_LIMIT_OUTPUT] = UINT64_MAX;
	m.job.out_size = UINT64_MAX;
	if (l / 3 == 0)
		m.job.out_size = near(end, l % 3);
	else if (l / 3 == 1)
		m.job.limit[GBX_WIRE_LIMIT_OUTPUT] = near(sum, l % 3);
	else
		m.job.out_size = limits[l / 3];
	m.reply.n_items = 0;
	m.n_blocks = 0;
	m.end = 0;
	item = model_item(&m, GBX_WIRE_OK, GBX_FORMAT_PNG);
	model_pixels(&m, item, sides[w], sides[h]);
	model_pixels(&m, item, 3, 2);
	model_pack(&m);
	want = sides[w] <= 1000000 && sides[h] <= 1000000 &&
	       mpz_cmp_ui(end, m.job.out_size) <= 0 &&
	       mpz_cmp_ui(sum, m.job.limit[GBX_WIRE_LIMIT_OUTPUT]) <= 0;
	tried++;
	differences +=
	    (gbx_gate_open(&m.job, m.wire, m.length, &reply) == NULL) != want;
}

static void
test_wire(void **state)
{
	size_t w, h, l;

	(void)state;
	for (w = 1; w < N_SIDES; w++)
		for (h = 1; h < N_SIDES; h++)
			for (l = 0; l < N_LIMITS * 3; l++)
				ask_wire(w, h, l);
#if !defined(__SANITIZE_ADDRESS__)
	score("geometry-tried", tried, ">=1000000");
	score("geometry-differences", differences, "==0");
#endif
	assert_int_equal(differences, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_check),
	    cmocka_unit_test(test_wire),
	};

	set_up_numbers();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
