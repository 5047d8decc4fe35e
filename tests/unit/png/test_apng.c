/* SPDX-License-Identifier: ISC */
/*
 * Frames of an animated PNG against a model of their own: every disposal and
 * blend after every other, frames of all kinds, and every way to spoil one.
 * Side: tests.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "tests/support/image.h"
#include "tests/support/job.h"
#include "tests/unit/png/mkpng.h"

#define SIDE	 4
#define PIXELS	 (SIDE * SIDE)
#define FRAMES	 4
#define OUT_SIZE 65536
#define ALL	 UINT32_MAX

/* Each frame is of one colour, with a corner of another. */
struct part {
	struct mkpng_control c;
	uint8_t rgba[4];
};

static const struct part parts[FRAMES] = {
    {{4, 4, 0, 0, 1, 10, 0, 0}, {200, 100, 50, 255}},
    {{2, 3, 1, 0, 2, 10, 0, 0}, {10, 250, 90, 128}},
    {{3, 2, 1, 2, 3, 10, 0, 0}, {90, 20, 240, 77}},
    {{1, 4, 2, 0, 4, 10, 0, 0}, {255, 255, 0, 201}},
};

static const uint8_t corner[4] = {1, 2, 3, 0};

static void
fill(const struct part *p, uint8_t *rows)
{
	uint32_t i;

	for (i = 0; i < p->c.width * p->c.height; i++)
		memcpy(rows + (size_t)i * 4, i == 0 ? corner : p->rgba, 4);
}

/* hidden: the image before all is parts[0], but not of the animation. */
static void
build(struct mkpng *m, const struct part *p, bool hidden, size_t most)
{
	uint8_t rows[PIXELS * 4];
	uint32_t sequence = 0, i;

	mkpng_begin(m, SIDE, SIDE, 8, 6, 0);
	mkpng_animation(m, hidden ? FRAMES - 1 : FRAMES);
	for (i = 0; i < FRAMES; i++) {
		fill(&p[i], rows);
		if (i > 0 || !hidden)
			mkpng_control(m, &sequence, &p[i].c);
		if (i == 0)
			mkpng_image(m, rows, SIDE * 4, SIDE);
		else
			mkpng_frame(m, &sequence, rows,
			    (size_t)p[i].c.width * 4, p[i].c.height, most);
	}
	mkpng_end(m);
}

/* ---- the model ------------------------------------------------------------
 */

struct model {
	double px[PIXELS][4]; /* 0..1, straight */
};

static void
model_pixel(double *to, const uint8_t *from, uint8_t blend)
{
	double a = from[3] / 255.0, rest = to[3] * (1 - a), sum = a + rest;
	int i;

	for (i = 0; i < 3; i++) {
		if (blend == 0)
			to[i] = from[i] / 255.0;
		else if (sum > 0)
			to[i] = (from[i] / 255.0 * a + to[i] * rest) / sum;
	}
	to[3] = blend == 0 ? a : sum;
}

static void
model_paint(struct model *m, const struct part *p)
{
	uint32_t x, y;

	for (y = 0; y < p->c.height; y++)
		for (x = 0; x < p->c.width; x++)
			model_pixel(
			    m->px[(p->c.top + y) * SIDE + p->c.left + x],
			    x + y == 0 ? corner : p->rgba, p->c.blend);
}

static void
model_dispose(struct model *m, const struct part *p, const struct model *before)
{
	uint32_t x, y;

	for (y = 0; y < p->c.height; y++)
		for (x = 0; x < p->c.width; x++) {
			uint32_t i = (p->c.top + y) * SIDE + p->c.left + x;

			if (p->c.dispose == 1)
				memset(m->px[i], 0, sizeof(m->px[i]));
			if (p->c.dispose == 2)
				memcpy(
				    m->px[i], before->px[i], sizeof(m->px[i]));
		}
}

/* What each of the frames looks like. */
static void
model_all(const struct part *p, bool hidden, struct model *ret)
{
	struct model now = {{{0}}}, before;
	struct part first = p[0];
	uint32_t i;

	if (hidden)
		first.c.dispose = 1;
	first.c.blend = 0;
	for (i = 0; i < FRAMES; i++) {
		before = now;
		model_paint(&now, i == 0 ? &first : &p[i]);
		ret[i] = now;
		model_dispose(&now, i == 0 ? &first : &p[i], &before);
	}
}

/* Of what can't be seen the colour does not matter. Rounding adds up. */
static void
expect_frame(const struct job *job, uint32_t i, const struct model *want)
{
	const uint8_t *got = job_frame(job, i);
	uint32_t k, n;

	for (k = 0; k < PIXELS; k++) {
		assert_true(fabs(got[k * 4 + 3] - want->px[k][3] * 255) <= 1.5);
		for (n = 0; n < 3 && want->px[k][3] > 0; n++)
			assert_true(
			    fabs(got[k * 4 + n] - want->px[k][n] * 255) <= 3);
	}
}

/* ---- good ones ------------------------------------------------------------
 */

static uint32_t
decode(struct job *job, const struct mkpng *m, uint32_t first, uint32_t count)
{
	job_init(job, GBX_WIRE_OP_DECODE, OUT_SIZE);
	job->task.first = first;
	job->task.count = count;
	return job_run(job, m->data, m->size);
}

static void
expect_all(const struct part *p, bool hidden, size_t most)
{
	struct model want[FRAMES];
	struct mkpng m = {0};
	struct job job;
	uint32_t i;

	model_all(p, hidden, want);
	build(&m, p, hidden, most);
	assert_int_equal(decode(&job, &m, 0, ALL), GBX_WIRE_OK);
	assert_false(job.sink.degraded);
	assert_int_equal(job.sink.total, FRAMES);
	assert_int_equal(job_frames(&job), FRAMES);
	for (i = 0; i < FRAMES; i++) {
		expect_frame(&job, i, &want[i]);
		assert_int_equal(job_duration(&job, i),
		    hidden && i == 0 ? 0 : 100 * i + 100);
	}
	job_free(&job);
	for (i = 0; i < FRAMES; i++) {
		assert_int_equal(decode(&job, &m, i, 1), GBX_WIRE_OK);
		assert_int_equal(job_frames(&job), 1);
		expect_frame(&job, 0, &want[i]);
		job_free(&job);
	}
	mkpng_free(&m);
}

static void
test_every_disposal_and_blend(void **state)
{
	struct part p[FRAMES];
	uint32_t i, k;

	(void)state;
	for (i = 0; i < 6 * 6 * 6 * 3; i++) {
		memcpy(p, parts, sizeof(p));
		p[0].c.dispose = (uint8_t)(i / 216);
		for (k = 1; k < FRAMES; k++) {
			uint32_t digit = k == 1	  ? i % 6
					 : k == 2 ? i / 6 % 6
						  : i / 36 % 6;

			p[k].c.dispose = (uint8_t)(digit % 3);
			p[k].c.blend = (uint8_t)(digit / 3);
		}
		expect_all(p, i % 2 == 1, i % 5 == 0 ? 1 : 1000);
	}
}

/* The blend of the image before all is not looked at: nothing is below it. */
static void
test_durations(void **state)
{
	static const struct {
		uint16_t delay, per;
		uint32_t ms;
	} all[] = {{0, 0, 0}, {7, 0, 70}, {1, 3, 333}, {2, 3, 667},
	    {65535, 1, 3600000}, {1, 65535, 0}, {65535, 65535, 1000}};
	struct mkpng m = {0};
	struct part p[FRAMES];
	struct job job;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		memcpy(p, parts, sizeof(p));
		p[2].c.delay = p[0].c.delay = all[i].delay;
		p[2].c.per = p[0].c.per = all[i].per;
		build(&m, p, false, 1000);
		assert_int_equal(decode(&job, &m, 2, 1), GBX_WIRE_OK);
		assert_int_equal(job_duration(&job, 0), all[i].ms);
		job_free(&job);
		assert_int_equal(decode(&job, &m, 0, 1), GBX_WIRE_OK);
		assert_int_equal(job_duration(&job, 0), all[i].ms);
		job_free(&job);
	}
	mkpng_free(&m);
}

/* Rows that are filtered already, in one fdAT. */
static void
deflated_frame(
    struct mkpng *m, uint32_t sequence, const uint8_t *rows, size_t size)
{
	struct mkpng z = {0};

	mkpng_deflated(&z, "temp", rows, size);
	gbx_put_be32(z.data + 4, sequence); /* before the data: the type */
	mkpng_chunk(m, "fdAT", z.data + 4, z.size - 8);
	mkpng_free(&z);
}

/* Two frames of indices with a transparent colour, the second in passes. */
static void
test_palette(void **state)
{
	static const uint8_t plte[6] = {9, 8, 7, 60, 50, 40}, trns[1] = {0};
	static const uint8_t first[4] = {1, 1, 1, 1}, second[4] = {0, 1, 1, 0};
	static const uint8_t opaque[4] = {60, 50, 40, 255};
	struct mkpng_control c = {2, 2, 0, 0, 0, 0, 0, 1};
	struct mkpng m = {0};
	uint32_t sequence = 0, i, blend;
	struct job job;

	(void)state;
	for (blend = 0; blend < 2; blend++) {
		c.blend = (uint8_t)blend;
		sequence = 0;
		mkpng_begin(&m, 2, 2, 8, 3, 1);
		mkpng_animation(&m, 2);
		mkpng_chunk(&m, "PLTE", plte, 6);
		mkpng_chunk(&m, "tRNS", trns, 1);
		mkpng_control(&m, &sequence, &c);
		/* Of 2 x 2 the passes 1, 6 and 7 hold 1, 1 and 2 pixels. */
		mkpng_deflated(&m, "IDAT", (uint8_t[]){0, 1, 0, 1, 0, 1, 1}, 7);
		mkpng_control(&m, &sequence, &c);
		deflated_frame(&m, sequence,
		    (uint8_t[]){
			0, second[0], 0, second[1], 0, second[2], second[3]},
		    7);
		mkpng_end(&m);
		assert_int_equal(decode(&job, &m, 0, 2), GBX_WIRE_OK);
		assert_false(job.sink.degraded);
		for (i = 0; i < 4; i++) {
			assert_int_equal(
			    job_frame(&job, 0)[i * 4 + 3], first[i] ? 255 : 0);
			if (blend == 1 || second[i] == 1)
				assert_memory_equal(
				    job_frame(&job, 1) + (size_t)i * 4, opaque,
				    4);
			else
				assert_int_equal(
				    job_frame(&job, 1)[i * 4 + 3], 0);
		}
		job_free(&job);
	}
	mkpng_free(&m);
}

static void
test_thumbnail_and_probe(void **state)
{
	struct mkpng m = {0};
	struct job job;

	(void)state;
	build(&m, parts, false, 1000);
	job_init(&job, GBX_WIRE_OP_THUMBNAIL, OUT_SIZE);
	job.task.box_w = job.task.box_h = 1;
	job.task.first = 1;
	assert_int_equal(job_run(&job, m.data, m.size), GBX_WIRE_OK);
	assert_int_equal(job.sink.block[0].width, 1);
	/* Nine whole pixels, five half seen through, two not there. */
	assert_in_range(job_pixels(&job)[3], 180, 187);
	job_free(&job);
	job_init(&job, GBX_WIRE_OP_PROBE, 0);
	assert_int_equal(job_run(&job, m.data, m.size), GBX_WIRE_OK);
	assert_int_equal(job.sink.total, FRAMES);
	job_free(&job);
	mkpng_free(&m);
}

/* ---- bad ones -------------------------------------------------------------
 */

/* All frames before `bad` come out, degraded; that one and those after it
 * don't. */
static void
expect_until(const struct mkpng *m, uint32_t bad)
{
	struct job job;
	uint32_t i;

	assert_int_equal(decode(&job, m, 0, ALL), GBX_WIRE_OK);
	assert_true(job.sink.degraded);
	assert_int_equal(job_frames(&job), bad);
	job_free(&job);
	for (i = 0; i < FRAMES; i++) {
		assert_int_equal(decode(&job, m, i, 1),
		    i < bad ? GBX_WIRE_OK : GBX_WIRE_MALFORMED);
		job_free(&job);
	}
	assert_int_equal(decode(&job, m, FRAMES, 1), GBX_WIRE_UNSUPPORTED);
	job_free(&job);
}

static void
test_bad_areas(void **state)
{
	static const uint32_t bad[][4] = {{0, 1, 0, 0}, {1, 0, 0, 0},
	    {5, 1, 0, 0}, {1, 5, 0, 0}, {4, 1, 1, 0}, {1, 4, 0, 1},
	    {1, 1, 4, 0}, {1, 1, 0, 4}, {1, 1, 0xffffffff, 0},
	    {1, 1, 0, 0xffffffff}, {0xffffffff, 1, 1, 0},
	    {2, 2, 0xffffffff, 0xffffffff}};
	uint8_t rows[PIXELS * 16] = {0};
	struct mkpng m = {0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct mkpng_control c = parts[1].c, full = parts[0].c;
		uint32_t sequence = 0;

		c.width = bad[i][0];
		c.height = bad[i][1];
		c.left = bad[i][2];
		c.top = bad[i][3];
		mkpng_begin(&m, SIDE, SIDE, 8, 6, 0);
		mkpng_animation(&m, FRAMES);
		mkpng_control(&m, &sequence, &full);
		mkpng_image(&m, rows, SIDE * 4, SIDE);
		mkpng_control(&m, &sequence, &c);
		mkpng_frame(&m, &sequence, rows, SIDE * 4, SIDE, 1000);
		mkpng_control(&m, &sequence, &full);
		mkpng_frame(&m, &sequence, rows, SIDE * 4, SIDE, 1000);
		mkpng_end(&m);
		expect_until(&m, 1);
	}
	mkpng_free(&m);
}

/* Where the n-th chunk of a type begins. */
static size_t
chunk_at(const struct mkpng *m, const char *type, uint32_t n)
{
	size_t at = 8;

	for (;;) {
		size_t length = (size_t)m->data[at + 2] << 8 | m->data[at + 3];

		if (memcmp(m->data + at + 4, type, 4) == 0 && n-- == 0)
			return at;
		at += length + 12;
		assert_true(at < m->size);
	}
}

/* One byte is another, and the CRC right all the same. */
static void
poke(struct mkpng *m, const char *type, uint32_t n, size_t byte, uint8_t value)
{
	size_t at = chunk_at(m, type, n);
	size_t length = (size_t)m->data[at + 2] << 8 | m->data[at + 3];
	struct mkpng again = {0};

	m->data[at + 8 + byte] = value;
	mkpng_chunk(&again, type, m->data + at + 8, length);
	memcpy(m->data + at, again.data, again.size);
	mkpng_free(&again);
}

static void
test_bad_controls(void **state)
{
	/* fcTL 2 and fdAT 1 belong to frame 2. */
	static const struct {
		const char *type;
		uint32_t n;
		size_t byte;
		uint8_t value;
		uint32_t until;
	} bad[] = {
	    {"fcTL", 2, 3, 9, 2},  /* its number, */
	    {"fcTL", 2, 24, 3, 2}, /* disposal, */
	    {"fcTL", 2, 25, 2, 2}, /* blend, */
	    {"fcTL", 2, 7, 4, 2},  /* width: too wide for its data */
	    {"fdAT", 1, 3, 9, 2},  /* number */
	    {"fdAT", 1, 4, 0, 2},  /* zlib's header */
	    {"fcTL", 0, 3, 1, 1},  /* the first one's number, */
	    {"fcTL", 0, 7, 3, 1},  /* its sides, */
	    {"fcTL", 0, 11, 3, 1},
	    {"fcTL", 0, 15, 1, 1}, /* and its place */
	    {"fcTL", 0, 19, 1, 1},
	};
	struct mkpng m = {0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		build(&m, parts, false, 1000);
		poke(&m, bad[i].type, bad[i].n, bad[i].byte, bad[i].value);
		expect_until(&m, bad[i].until);
	}
	mkpng_free(&m);
}

static void
test_bad_crc(void **state)
{
	struct mkpng m = {0};

	(void)state;
	build(&m, parts, false, 1000);
	m.data[chunk_at(&m, "fcTL", 2) + 9] ^= 1;
	expect_until(&m, 2);
	build(&m, parts, false, 1000);
	m.data[chunk_at(&m, "fdAT", 1) + 11] ^= 1;
	expect_until(&m, 2);
	mkpng_free(&m);
}

/* A frame without data, and data without a number. */
static void
test_no_data(void **state)
{
	uint8_t rows[PIXELS * 4] = {0};
	struct mkpng m = {0};
	uint32_t sequence, kind;

	(void)state;
	for (kind = 0; kind < 3; kind++) {
		sequence = 0;
		mkpng_begin(&m, SIDE, SIDE, 8, 6, 0);
		mkpng_animation(&m, FRAMES);
		mkpng_control(&m, &sequence, &parts[0].c);
		mkpng_image(&m, rows, SIDE * 4, SIDE);
		mkpng_control(&m, &sequence, &parts[0].c);
		if (kind == 1)
			mkpng_chunk(&m, "fdAT", "\0\0\2", 3);
		if (kind == 2) /* of another number */
			mkpng_chunk(&m, "fdAT", "\0\0\0\7x", 5);
		mkpng_control(&m, &sequence, &parts[0].c);
		mkpng_frame(&m, &sequence, rows, SIDE * 4, SIDE, 1000);
		mkpng_end(&m);
		expect_until(&m, 1);
	}
	mkpng_free(&m);
}

/* Declared are more than there are, or none that can be seen. */
static void
test_fewer_than_declared(void **state)
{
	uint8_t rows[PIXELS * 4] = {0};
	struct mkpng m = {0};
	uint32_t sequence = 0;

	(void)state;
	mkpng_begin(&m, SIDE, SIDE, 8, 6, 0);
	mkpng_animation(&m, FRAMES);
	mkpng_control(&m, &sequence, &parts[0].c);
	mkpng_image(&m, rows, SIDE * 4, SIDE);
	mkpng_end(&m);
	expect_until(&m, 1);
	mkpng_begin(&m, SIDE, SIDE, 8, 6, 0);
	mkpng_animation(&m, FRAMES - 1);
	mkpng_image(&m, rows, SIDE * 4, SIDE);
	mkpng_end(&m);
	expect_until(&m, 1);
	mkpng_free(&m);
}

/* What is packed behind a frame's last row: as much as behind a still's. */
static void
test_surplus_is_a_limit(void **state)
{
	size_t n = 64u << 20;
	uint8_t *zeroes = calloc(1, n);
	struct mkpng m = {0};
	uint32_t sequence = 0;
	struct job job;

	(void)state;
	assert_non_null(zeroes);
	mkpng_begin(&m, SIDE, SIDE, 8, 6, 0);
	mkpng_animation(&m, 2);
	mkpng_control(&m, &sequence, &parts[0].c);
	mkpng_image(&m, zeroes, SIDE * 4, SIDE);
	mkpng_control(&m, &sequence, &parts[0].c);
	deflated_frame(&m, sequence, zeroes, n);
	mkpng_end(&m);
	assert_int_equal(decode(&job, &m, 0, 2), GBX_WIRE_LIMIT);
	assert_int_equal(job.sink.limit, GBX_WIRE_LIMIT_RATIO);
	job_free(&job);
	mkpng_free(&m);
	free(zeroes);
}

static void
test_limits(void **state)
{
	struct mkpng m = {0};
	struct job job;
	uint32_t i;

	(void)state;
	build(&m, parts, false, 1000);
	for (i = 0; i < 2; i++) {
		job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
		job.task.count = ALL;
		job.task.limit[GBX_WIRE_LIMIT_OUTPUT] =
		    (uint64_t)FRAMES * PIXELS * 4 + FRAMES * 4 - i;
		assert_int_equal(job_run(&job, m.data, m.size),
		    i == 0 ? GBX_WIRE_OK : GBX_WIRE_LIMIT);
		job_free(&job);
		job_init(&job, GBX_WIRE_OP_PROBE, 0);
		job.task.limit[GBX_WIRE_LIMIT_FRAMES] = FRAMES - i;
		assert_int_equal(job_run(&job, m.data, m.size),
		    i == 0 ? GBX_WIRE_OK : GBX_WIRE_LIMIT);
		job_free(&job);
	}
	mkpng_free(&m);
}

/* Whatever is cut or wrong: no lie, and nothing that the probe did not say. */
static void
test_spoilt(void **state)
{
	struct mkpng m = {0};
	struct image_ends ends = {0};
	uint32_t first;
	size_t i;

	(void)state;
	build(&m, parts, false, 9);
	image_truncate(m.data, m.size, OUT_SIZE, &ends);
	image_flip(m.data, m.size, OUT_SIZE, &ends);
	assert_true(ends.ok > 0 && ends.malformed > m.size);
	for (i = 0; i < m.size * 8; i++) {
		m.data[i / 8] ^= (uint8_t)(1 << i % 8);
		for (first = 0; first < FRAMES + 1; first++)
			assert_null(
			    image_ops_fault(m.data, m.size, first, OUT_SIZE));
		m.data[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	mkpng_free(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_disposal_and_blend),
	    cmocka_unit_test(test_durations),
	    cmocka_unit_test(test_palette),
	    cmocka_unit_test(test_thumbnail_and_probe),
	    cmocka_unit_test(test_bad_areas),
	    cmocka_unit_test(test_bad_controls),
	    cmocka_unit_test(test_bad_crc),
	    cmocka_unit_test(test_no_data),
	    cmocka_unit_test(test_fewer_than_declared),
	    cmocka_unit_test(test_surplus_is_a_limit),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_spoilt),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
