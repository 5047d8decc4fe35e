/* SPDX-License-Identifier: ISC */
/*
 * Geometry at and around every bound, against an oracle that counts in 128
 * bits: more than a million cases for the check itself, and the same corners
 * again through a whole packed reply.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "broker/validate/check.h"
#include "tests/unit/gate/model.h"

typedef unsigned __int128 wide;

static const uint32_t sides[] = {0, 1, 2, 3, 59, 60, 61, 255, 256, 1000, 32767,
    65535, 65536, 65537, 250000, 500000, 999999, 1000000, 1000001, 1u << 24,
    1u << 30, 0x3fffffff, 0x40000000, 0x40000001, 0x7fffffff, 0x80000000,
    0xfffffffe, 0xffffffff};
#define N_SIDES (sizeof(sides) / sizeof(sides[0]))

static const uint64_t limits[] = {0, 1, 3600, 65535, 65536, 4294967295u,
    4294967296u, 500000000000u, 999999999999u, 1000000000000u, UINT64_MAX};
#define N_LIMITS (sizeof(limits) / sizeof(limits[0]))

static bool
good(const struct gbx_gate_job *job, const struct gbx_gate_block *b)
{
	wide area = (wide)b->width * b->height;
	wide stride = (wide)b->width * 4, length = stride * b->height;

	if (job->op == GBX_WIRE_OP_PROBE)
		stride = length = 0;
	if (job->op == GBX_WIRE_OP_THUMBNAIL &&
	    (b->width > job->box_w || b->height > job->box_h))
		return false;
	return b->width > 0 && b->height > 0 && b->width <= 1000000 &&
	       b->height <= 1000000 &&
	       area <= job->limit[GBX_WIRE_LIMIT_PIXELS] &&
	       b->stride == stride && b->length == length && b->layout == 1;
}

static uint64_t tried, accepted;

static void
ask(const struct gbx_gate_job *job, const struct gbx_gate_block *b)
{
	bool got = gbx_gate_pixels_block(job, b) == GBX_FIELD_NONE;

	tried++;
	accepted += got;
	if (got != good(job, b))
		fail_msg("op %u %ux%u stride %#llx length %#llx: %d", job->op,
		    b->width, b->height, (unsigned long long)b->stride,
		    (unsigned long long)b->length, got);
}

/* Near the honest stride and length, as they come out cut to 64 or 32 bits. */
static void
around(const struct gbx_gate_job *job, struct gbx_gate_block *b)
{
	static const int64_t near[] = {0, 1, -1, 4, -4, 64};
	bool probe = job->op == GBX_WIRE_OP_PROBE;
	uint64_t stride = probe ? 0 : (uint64_t)b->width * 4;
	size_t i, k;

	for (i = 0; i < 6; i++)
		for (k = 0; k < 6; k++) {
			b->stride = stride + (uint64_t)near[i];
			b->length = b->stride * b->height + (uint64_t)near[k];
			ask(job, b);
		}
	b->stride = (uint32_t)stride;
	b->length = (uint32_t)(stride * b->height);
	ask(job, b);
	b->length = stride * b->height;
	ask(job, b);
	b->stride = (uint64_t)b->height * 4;
	ask(job, b);
}

static void
test_check(void **state)
{
	struct gbx_gate_block b = {.kind = GBX_WIRE_PIXELS};
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
	print_message("# %llu cases, %llu of them good\n",
	    (unsigned long long)tried, (unsigned long long)accepted);
}

/* Through the wire: output and data area bound it too, and two blocks add up.
 */
static void
test_wire(void **state)
{
	static struct gbx_gate_reply reply;
	static struct model m;
	Gbx__Wire__Item *item;
	size_t w, h, l, k;
	wide end, sum;
	bool want;

	(void)state;
	for (w = 1; w < N_SIDES; w++)
		for (h = 1; h < N_SIDES; h++)
			for (l = 0; l < N_LIMITS * 3; l++) {
				model_init(&m, BASE_DECODE);
				m.job.count = 2;
				m.job.limit[GBX_WIRE_LIMIT_PIXELS] = UINT64_MAX;
				m.job.limit[GBX_WIRE_LIMIT_OUTPUT] = UINT64_MAX;
				m.job.out_size = UINT64_MAX;
				end = (wide)sides[w] * sides[h] * 4;
				sum = end + 24;
				end = (end + 63) / 64 * 64 + 24;
				k = l % 3;
				if (l / 3 == 0)
					m.job.out_size = (uint64_t)end + k - 1;
				else if (l / 3 == 1)
					m.job.limit[GBX_WIRE_LIMIT_OUTPUT] =
					    (uint64_t)sum + k - 1;
				else
					m.job.out_size = limits[l / 3];
				m.reply.n_items = 0;
				m.n_blocks = 0;
				m.end = 0;
				item =
				    model_item(&m, GBX_WIRE_OK, GBX_FORMAT_PNG);
				model_pixels(&m, item, sides[w], sides[h]);
				model_pixels(&m, item, 3, 2);
				model_pack(&m);
				want =
				    sides[w] <= 1000000 &&
				    sides[h] <= 1000000 &&
				    end <= m.job.out_size &&
				    sum <= m.job.limit[GBX_WIRE_LIMIT_OUTPUT];
				assert_int_equal(gbx_gate_open(&m.job, m.wire,
						     m.length, &reply) == NULL,
				    want);
			}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_check),
	    cmocka_unit_test(test_wire),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
