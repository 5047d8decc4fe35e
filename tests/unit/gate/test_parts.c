/* SPDX-License-Identifier: ISC */
/*
 * Which blocks in which order: every sequence of up to five, for each
 * operation, held against a regular expression.
 */
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "broker/validate/check.h"
#include "schemas/glovebox.pb-c.h"

#define LONGEST 5

/* By enum gbx_wire_kind. */
static const char letters[] = "?PTRBD";

/* What the operation may give, in words of its own. */
static void
grammar(const struct gbx_gate_job *job, bool image, char ret[32])
{
	bool metadata = job->want & GBX_WIRE_WANT_METADATA;

	switch (job->op) {
	case GBX_WIRE_OP_PROBE:
		snprintf(
		    ret, 32, "^%s%s$", image ? "P" : "", metadata ? "R?" : "");
		break;
	case GBX_WIRE_OP_DECODE:
		snprintf(ret, 32, "^P{1,%u}%s$", job->count,
		    job->count > 1 ? "D?" : "");
		break;
	case GBX_WIRE_OP_THUMBNAIL:
		strcpy(ret, "^P$");
		break;
	case GBX_WIRE_OP_TEXT:
		strcpy(ret, "^TR?$");
		break;
	case GBX_WIRE_OP_LIST:
		strcpy(ret, "^R?$");
		break;
	default:
		strcpy(ret, "^B$");
		break;
	}
}

static bool
accepts(const struct gbx_gate_job *job, const struct gbx_gate_format *format,
    const char *blocks)
{
	struct gbx_gate_place place = {0, 0};
	Gbx__Wire__Block block[LONGEST], *list[LONGEST];
	Gbx__Wire__Item item = GBX__WIRE__ITEM__INIT;
	const char *p;

	item.blocks = list;
	item.n_blocks = strlen(blocks);
	for (p = blocks; *p != '\0'; p++) {
		list[p - blocks] = &block[p - blocks];
		block[p - blocks].kind =
		    (uint32_t)(strchr(letters, *p) - letters);
	}
	if (gbx_gate_too_many(job, format, &item))
		return false;
	for (p = blocks; *p != '\0'; p++)
		if (gbx_gate_next_part(job, format,
			(uint32_t)(strchr(letters, *p) - letters),
			&place) != GBX_FIELD_NONE)
			return false;
	return gbx_gate_parts_end(job, format, &place);
}

/* The n-th sequence, counting in base six. */
static void
spell(uint32_t n, char ret[LONGEST + 1])
{
	int i;

	for (i = 0; n > 0; n /= 6)
		ret[i++] = letters[n % 6];
	ret[i] = '\0';
}

static void
check_all(const struct gbx_gate_job *job, const struct gbx_gate_format *format)
{
	char rule[32], blocks[LONGEST + 1];
	uint32_t n, accepted = 0;
	regex_t regex;
	bool want;

	grammar(job, format->unit == GBX_WIRE_UNIT_FRAMES, rule);
	assert_int_equal(regcomp(&regex, rule, REG_EXTENDED | REG_NOSUB), 0);
	for (n = 0; n < 6 * 6 * 6 * 6 * 6; n++) {
		spell(n, blocks);
		want = regexec(&regex, blocks, 0, NULL, 0) == 0;
		accepted += want;
		if (accepts(job, format, blocks) != want)
			fail_msg("op %u count %u want %u unit %u: \"%s\"",
			    job->op, job->count, job->want, format->unit,
			    blocks);
	}
	assert_int_not_equal(accepted, 0);
	regfree(&regex);
}

static void
test_sequences(void **state)
{
	struct gbx_gate_format format = {1, ~0u, ~0u, 0};
	struct gbx_gate_job job = {.op = 0};

	(void)state;
	for (job.op = 1; job.op < GBX_WIRE_OP_COUNT; job.op++)
		for (job.count = 1; job.count <= 3; job.count++)
			for (job.want = 0; job.want <= 1; job.want++)
				for (format.unit = 1; format.unit <= 3;
				     format.unit++)
					check_all(&job, &format);
}

/* A format may only send its own kinds, whatever the operation allows; those
 * that come with another kind go with it. */
static void
test_kinds(void **state)
{
	struct gbx_gate_format format = {1, ~0u, 0, GBX_WIRE_UNIT_FRAMES};
	struct gbx_gate_job job = {.count = 2, .want = GBX_WIRE_WANT_METADATA};
	uint32_t kinds, kind, due;
	struct gbx_gate_place place;
	static const uint32_t first[] = {0, GBX_WIRE_PIXELS, GBX_WIRE_PIXELS,
	    GBX_WIRE_PIXELS, GBX_WIRE_TEXT, GBX_WIRE_BYTES, GBX_WIRE_RECORDS,
	    GBX_WIRE_BYTES};

	(void)state;
	for (job.op = 1; job.op < GBX_WIRE_OP_COUNT; job.op++)
		for (kinds = 0; kinds < 32; kinds++)
			for (kind = 0; kind < 40; kind++) {
				place = (struct gbx_gate_place){0, 0};
				format.kinds = kinds;
				due = first[job.op];
				assert_int_equal(gbx_gate_next_part(&job,
						     &format, kind, &place),
				    kind == due && kinds >> kind & 1
					? GBX_FIELD_NONE
					: GBX_FIELD_BLOCK_KIND);
			}
	job.op = GBX_WIRE_OP_DECODE;
	format.kinds = GBX_MAY(PIXELS);
	place = (struct gbx_gate_place){0, 0};
	assert_int_equal(
	    gbx_gate_next_part(&job, &format, GBX_WIRE_PIXELS, &place),
	    GBX_FIELD_NONE);
	assert_int_equal(
	    gbx_gate_next_part(&job, &format, GBX_WIRE_DURATIONS, &place),
	    GBX_FIELD_NONE);
	assert_int_equal(
	    gbx_gate_next_part(&job, &format, GBX_WIRE_DURATIONS, &place),
	    GBX_FIELD_BLOCK_KIND);
}

static bool
too_many(uint32_t count, size_t pixels, size_t durations)
{
	struct gbx_gate_format format = {1, ~0u, ~0u, GBX_WIRE_UNIT_FRAMES};
	struct gbx_gate_job job = {.op = GBX_WIRE_OP_DECODE, .count = count};
	Gbx__Wire__Block block[2] = {
	    GBX__WIRE__BLOCK__INIT, GBX__WIRE__BLOCK__INIT};
	Gbx__Wire__Item item = GBX__WIRE__ITEM__INIT;
	Gbx__Wire__Block *list[16];

	block[0].kind = GBX_WIRE_PIXELS;
	block[1].kind = GBX_WIRE_DURATIONS;
	item.blocks = list;
	while (pixels-- > 0)
		list[item.n_blocks++] = &block[0];
	while (durations-- > 0)
		list[item.n_blocks++] = &block[1];
	return gbx_gate_too_many(&job, &format, &item);
}

/* No item has more blocks than a reply has room for, whatever was asked, and no
 * more frames than were. */
static void
test_most(void **state)
{
	(void)state;
	assert_false(too_many(UINT32_MAX, GBX_BLOCKS_MAX, 0));
	assert_true(too_many(UINT32_MAX, GBX_BLOCKS_MAX + 1, 0));
	assert_true(too_many(UINT32_MAX, GBX_BLOCKS_MAX, 1));
	assert_false(too_many(3, 3, 1));
	assert_true(too_many(3, 4, 0));
	assert_true(too_many(3, 3, 2));
	assert_true(too_many(1, 1, 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sequences),
	    cmocka_unit_test(test_kinds),
	    cmocka_unit_test(test_most),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
