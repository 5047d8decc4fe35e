/* SPDX-License-Identifier: ISC */
/* The kinds of jobs in a load: their inputs, and their right answers. Side:
 * caller, see load_kinds.h. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/cmocka.h"
#include "tests/support/docx.h"
#include "tests/support/load_kinds.h"
#include "tests/support/picture.h"

/* ---- inputs -------------------------------------------------------------- */

static const char *const kind_name[KINDS] = {"good", "large", "cut off",
    "probe", "thumbnail", "too big", "no format", "other type", "empty", "text",
    "pipe"};

#define GOODS 32
static struct sample good[GOODS], large, cut, header, docx;
static bool have_docx;

static void
make_picture(struct sample *s, uint32_t w, uint32_t h, uint32_t seed)
{
	s->data = test_picture(w, h, seed, &s->size);
	assert_non_null(s->data);
	s->width = w;
	s->height = h;
	s->seed = seed;
}

void
load_make_samples(bool with_docx)
{
	uint32_t i;

	have_docx = with_docx;
	for (i = 0; i < GOODS; i++)
		make_picture(&good[i], 1 + i * 2, 1 + (i * 7) % 40, i * 77);
	make_picture(&large, 200, 150, 5);
	make_picture(&cut, 40, 40, 9);
	cut.size /= 2;
	header.data = test_header(100000, 100000, &header.size);
	docx.data = test_docx("soaked", &docx.size);
	assert_non_null(header.data);
	assert_non_null(docx.data);
}

static uint64_t seed = 88172645463325252U;

uint32_t
load_random(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 32) % n;
}

/* Out of a hundred; pipes cost an exec each. */
enum kind
load_pick_kind(void)
{
	static const struct {
		enum kind kind;
		uint32_t share;
	} shares[] = {{GOOD, 520}, {LARGE, 60}, {CUT_OFF, 90}, {PROBE, 80},
	    {THUMBNAIL, 60}, {TOO_BIG, 40}, {NO_FORMAT, 30}, {OTHER_TYPE, 30},
	    {EMPTY, 20}, {SLOW_PIPE, 5}, {TEXT, 65}};
	uint32_t r = load_random(1000), i;

	for (i = 0; i + 1 < sizeof(shares) / sizeof(shares[0]); i++) {
		if (r < shares[i].share)
			return shares[i].kind;
		r -= shares[i].share;
	}
	return have_docx ? TEXT : GOOD;
}

const struct sample *
load_sample(enum kind kind)
{
	switch (kind) {
	case LARGE:
		return &large;
	case CUT_OFF:
		return &cut;
	case TOO_BIG:
		return &header;
	case TEXT:
		return &docx;
	default:
		return &good[load_random(GOODS)];
	}
}

void
load_describe(enum kind kind, const struct sample *sample,
    struct gbx_input *input, struct gbx_job *job)
{
	static const char *const domains[] = {"mail-1", "mail-2"};

	gbx_input_init(input);
	gbx_job_init(job, GBX_OP_DECODE);
	input->data = sample->data;
	input->length = sample->size;
	job->limit[GBX_LIMIT_WALL] = 120000;
	switch (kind) {
	case PROBE:
		job->op = GBX_OP_PROBE;
		break;
	case THUMBNAIL:
		job->op = GBX_OP_THUMBNAIL;
		job->box_w = job->box_h = 8;
		break;
	case TEXT:
		job->op = GBX_OP_TEXT;
		break;
	case NO_FORMAT:
		input->data = "just a line of text\n";
		input->length = 20;
		break;
	case OTHER_TYPE:
		input->type = "docx";
		break;
	case EMPTY:
		input->length = 0;
		break;
	default:
		break;
	}
	if (load_random(3) == 0)
		job->domain = domains[load_random(2)];
}

void
load_free_samples(void)
{
	int i;

	for (i = 0; i < GOODS; i++)
		free(good[i].data);
	free(large.data);
	free(cut.data);
	free(header.data);
	free(docx.data);
}

/* ---- its answer ---------------------------------------------------------- */

static enum gbx_verdict
right_verdict(enum kind kind)
{
	static const enum gbx_verdict right[KINDS] = {
	    [CUT_OFF] = GBX_VERDICT_MALFORMED,
	    [TOO_BIG] = GBX_VERDICT_LIMIT,
	    [NO_FORMAT] = GBX_VERDICT_UNSUPPORTED,
	    [OTHER_TYPE] = GBX_VERDICT_MISMATCH,
	    [EMPTY] = GBX_VERDICT_MALFORMED,
	};

	return right[kind];
}

static void
check_pixels(
    enum kind kind, const struct sample *sample, const struct gbx_result *r)
{
	struct gbx_block b = {.size = sizeof(b)};

	assert_int_equal(gbx_result_block(r, 0, &b), GBX_OK);
	assert_int_equal(b.kind, GBX_BLOCK_PIXELS);
	if (kind == THUMBNAIL) {
		assert_in_range(b.width, 1, 8);
		assert_in_range(b.height, 1, 8);
		return;
	}
	assert_int_equal(b.width, sample->width);
	assert_int_equal(b.height, sample->height);
	if (kind == PROBE)
		assert_int_equal(b.length, 0);
	else
		assert_true(test_pixels(
		    b.data, b.stride, b.width, b.height, sample->seed));
}

static void
check_text(const struct gbx_result *r)
{
	struct gbx_block b = {.size = sizeof(b)};

	assert_int_equal(gbx_result_block(r, 0, &b), GBX_OK);
	assert_int_equal(b.kind, GBX_BLOCK_TEXT);
	assert_true(b.length >= 6 && memcmp(b.data, "soaked", 6) == 0);
}

const char *
load_kind_name(enum kind kind)
{
	return kind_name[kind];
}

void
load_expect(
    enum kind kind, const struct sample *sample, const struct gbx_result *r)
{
	enum gbx_verdict v = gbx_result_verdict(r);

	if (v != right_verdict(kind))
		fail_msg("%s: %s (%s, field %s, errno %d)", kind_name[kind],
		    gbx_verdict_name(v), gbx_result_detail(r),
		    gbx_result_field(r) != NULL ? gbx_result_field(r) : "none",
		    gbx_result_errno(r));
	if (kind == TOO_BIG)
		assert_int_equal(gbx_result_limit(r), GBX_LIMIT_PIXELS);
	if (v == GBX_VERDICT_OK && kind == TEXT)
		check_text(r);
	else if (v == GBX_VERDICT_OK)
		check_pixels(kind, sample, r);
}
