/* SPDX-License-Identifier: ISC */
/*
 * BYTES: a file that an encoder wrote: where it may stand, and how it begins.
 *
 * Fails if taken out: any of the three magics in broker/validate/bytes.c, the
 * row ENCODE of count_fits or gbx_gate_kind_fits in item.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "broker/validate/check.h"
#include "tests/unit/gate/model.h"

static void
expect(const char *bytes, size_t n, const char *want)
{
	struct model m;
	Gbx__Wire__Item *item;
	const char *got;

	model_init(&m, BASE_FILE);
	m.n_blocks = 0;
	m.end = 0;
	m.reply.n_items = 0;
	item = model_item(&m, GBX_WIRE_OK, GBX_FORMAT_PIXELS);
	model_bytes(&m, item, GBX_WIRE_BYTES, bytes, n);
	got = model_ask(&m);
	if ((want == NULL) != (got == NULL) ||
	    (want != NULL && strcmp(want, got) != 0))
		fail_msg("%.12s: %s, not %s", bytes, got ? got : "accepted",
		    want ? want : "accepted");
}

static void
test_magic(void **state)
{
	(void)state;
	expect("\x89PNG\r\n\x1a\n", 8, NULL);
	expect("\x89PNG\r\n\x1a\n.", 9, NULL);
	expect("\xff\xd8\xff", 3, NULL);
	expect("RIFF....WEBP", 12, NULL);
	expect("", 0, "bytes.magic");
	expect("\x89PNG\r\n\x1a\n", 7, "bytes.magic");
	expect("\x89PNG\r\n\x1a\r", 8, "bytes.magic");
	expect("\xff\xd8", 2, "bytes.magic");
	expect("\xff\xd8\xfe", 3, "bytes.magic");
	expect("RIFF....WEBP", 11, "bytes.magic");
	expect("RIFF....WAVE", 12, "bytes.magic");
	expect("RIFX....WEBP", 12, "bytes.magic");
	expect("<svg onload=1>", 14, "bytes.magic");
	expect("#!/bin/sh\n..", 12, "bytes.magic");
}

/* One block, of this kind, and no other operation has one. */
static void
test_place(void **state)
{
	struct model m;
	Gbx__Wire__Item *item;

	(void)state;
	model_init(&m, BASE_FILE);
	assert_null(model_ask(&m));
	model_bytes(&m, m.items[0], GBX_WIRE_BYTES, "\xff\xd8\xff", 3);
	assert_string_equal(model_ask(&m), "item.blocks");
	model_init(&m, BASE_FILE);
	m.items[0]->n_blocks = 0;
	assert_string_equal(model_ask(&m), "item.blocks");
	model_init(&m, BASE_FILE);
	m.items[0]->blocks[0]->kind = GBX_WIRE_TEXT;
	assert_string_equal(model_ask(&m), "block.kind");
	model_init(&m, BASE_FILE);
	m.items[0]->blocks[0]->records = 1;
	assert_string_equal(model_ask(&m), "block.records");
	model_init(&m, BASE_FILE);
	m.items[0]->blocks[0]->index = 1;
	assert_string_equal(model_ask(&m), "block.index");
	model_init(&m, BASE_FILE);
	m.job.limit[GBX_WIRE_LIMIT_OUTPUT] = 11;
	assert_string_equal(model_ask(&m), "block.length");
	model_init(&m, BASE_FILE);
	m.items[0]->format = GBX_FORMAT_PNG;
	assert_string_equal(model_ask(&m), "item.format");
	model_init(&m, BASE_FILE);
	m.job.op = GBX_WIRE_OP_DECODE;
	assert_string_equal(model_ask(&m), "item.format");
	model_init(&m, BASE_DECODE);
	m.job.op = GBX_WIRE_OP_ENCODE;
	assert_string_equal(model_ask(&m), "item.format");
	model_init(&m, BASE_NO_TEXT);
	item = m.items[0];
	item->blocks[0]->kind = GBX_WIRE_BYTES;
	assert_string_equal(model_ask(&m), "block.kind");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_magic),
	    cmocka_unit_test(test_place),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
