/* SPDX-License-Identifier: ISC */
/*
 * Canonical form, on whole replies: of the ways to write one and the same, the
 * gate takes one. Then the bounds of a reply, and the gate's words.
 */
#include <stdio.h>
#include <string.h>

#include "broker/validate/check.h"
#include "tests/support/cmocka.h"
#include "tests/support/score.h"
#include "tests/unit/gate/model.h"

struct form {
	const char *what;
	const char *want; /* of the gate */
	const char
	    *repack; /* of unpacking and packing alone; NULL: it passes */
	size_t at;   /* where the good reply is changed */
	size_t cut;
	uint8_t add[24];
	size_t n_add;
};

/* What protobuf-c takes for the same reply, or for one; the first is the one
 * that the gate takes. The good one: nonce (18 bytes), then item: 12 02 08 02
 */
/* clang-format off */
static const struct form forms[] = {
	{ "the canonical form", NULL, NULL, 0, 0, {0}, 0 },
	{ "an unknown field", "reply.tag", NULL, 22, 0, {0x18, 1}, 2 },
	{ "an unknown field in an item", "item.tag", NULL, 19, 3, {4, 8, 2, 0x38, 1}, 5 },
	{ "a scalar twice, same value", "item.tag", "reply.form", 19, 3, {4, 8, 2, 8, 2}, 5 },
	{ "a scalar twice, the last one good", "item.tag", "reply.form", 19, 3, {4, 8, 1, 8, 2}, 5 },
	{ "a varint longer than needed", "item.status", "reply.form", 19, 3, {3, 8, 0x82, 0}, 4 },
	{ "a length longer than needed", "items", "reply.form", 19, 3, {0x82, 0, 8, 2}, 4 },
	{ "a tag longer than needed", "item.tag", "reply.form", 19, 3, {3, 0x88, 0, 2}, 4 },
	{ "fields out of order", "reply.tag", "reply.form", 0, 22, {0x12, 2, 8, 2, 0x0a, 1, 'x'}, 7 },
	{ "33 bits in 32", "item.status", "reply.form", 19, 3, {6, 8, 0x82, 0x80, 0x80, 0x80, 0x10}, 7 },
	{ "a default written out", "item.format", "reply.form", 19, 3, {4, 8, 2, 0x10, 0}, 5 },
	{ "a bool of 2", "item.degraded", "reply.form", 19, 3, {4, 8, 2, 0x20, 2}, 5 },
};

/* Not sloppy but wrong. */
static const struct form wrong_forms[] = {
	{ "an empty bytes written out", "nonce", "reply.form", 0, 18, {0x0a, 0}, 2 },
	{ "the wrong wire type", "item.tag", "reply.unpack", 19, 3, {5, 0x0d, 2, 0, 0, 0}, 6 },
	{ "a group", "reply.tag", "reply.unpack", 22, 0, {0x1b, 0x1c}, 2 },
	{ "a byte behind the end", "reply.tag", "reply.unpack", 22, 0, {0}, 1 },
	{ "cut by a byte", "items", "reply.unpack", 21, 1, {0}, 0 },
	{ "nothing but a nonce", "items", NULL, 18, 4, {0}, 0 },
	{ "a nonce in two pieces", "reply.tag", "reply.form", 18, 0, {0x0a, 1, 'x'}, 3 },
};
/* clang-format on */

/* How many of them the gate accepts. */
static size_t
try_forms(const struct form *form, size_t n)
{
	struct Gbx__Wire__Reply *reply;
	static struct gbx_gate_reply ret;
	size_t i, accepted = 0;
	static struct model m;
	const char *got;

	for (i = 0; i < n; i++) {
		const struct form *f = &form[i];

		model_init(&m, BASE_MALFORMED);
		model_pack(&m);
		assert_int_equal(m.length, 22);
		memmove(m.wire + f->at + f->n_add, m.wire + f->at + f->cut,
		    m.length - f->at - f->cut);
		memcpy(m.wire + f->at, f->add, f->n_add);
		m.length += f->n_add - f->cut;
		got = gbx_gate_open(&m.job, m.wire, m.length, &ret);
		accepted += got == NULL;
		if (got != f->want &&
		    (got == NULL || f->want == NULL || strcmp(got, f->want)))
			fail_msg("%s: %s", f->what, got ? got : "accepted");
		reply = NULL;
		got = gbx_gate_field_name(
		    gbx_gate_unpack(m.wire, m.length, &reply));
		if (got != f->repack && (got == NULL || f->repack == NULL ||
					    strcmp(got, f->repack)))
			fail_msg("%s, packed again: %s", f->what,
			    got ? got : "the same");
		gbx_gate_unpack_free(reply);
	}
	return accepted;
}

/* Fails if taken out: scan_order or a check of scan_number (scan.c),
 * same_again (unpack.c). */
static void
test_forms(void **state)
{
	size_t n = sizeof(forms) / sizeof(forms[0]);
	size_t n_wrong = sizeof(wrong_forms) / sizeof(wrong_forms[0]);
	size_t accepted = try_forms(forms, n);

	(void)state;
#if !defined(__SANITIZE_ADDRESS__)
	score("canonical-tried", n, "==12");
	score("canonical-accepted", accepted, "==1");
#endif
	assert_int_equal(n, 12);
	assert_int_equal(accepted, 1);
	assert_int_equal(try_forms(wrong_forms, n_wrong), 0);
}

/* protobuf-c alone would take what this wire asks for; the budget does not. */
static void
test_budget(void **state)
{
	struct Gbx__Wire__Reply *reply = NULL;
	static uint8_t wire[GBX_REPLY_MAX];
	size_t n;

	(void)state;
	for (n = 0; n + 2 <= sizeof(wire); n += 2)
		wire[n] = 0x12; /* an empty item */
	assert_string_equal(
	    gbx_gate_field_name(gbx_gate_unpack(wire, n, &reply)),
	    "reply.budget");
	assert_null(reply);
}

static void
test_length(void **state)
{
	static uint8_t wire[GBX_REPLY_MAX + 2] = {0};
	static struct gbx_gate_reply ret;
	static struct model m;

	(void)state;
	model_init(&m, BASE_DECODE);
	model_pack(&m);
	assert_string_equal(
	    gbx_gate_open(&m.job, m.wire, 0, &ret), "reply.length");
	assert_string_equal(
	    gbx_gate_open(&m.job, wire, GBX_REPLY_MAX + 1, &ret),
	    "reply.length");
	assert_string_equal(
	    gbx_gate_open(&m.job, wire, SIZE_MAX, &ret), "reply.length");
	assert_string_equal(
	    gbx_gate_open(&m.job, wire, GBX_REPLY_MAX, &ret), "reply.tag");
}

/* The table of words: each there, each once, all lower case. */
static void
test_words(void **state)
{
	const char *word, *other;
	unsigned i, k;

	(void)state;
	assert_null(gbx_gate_field_name(GBX_FIELD_NONE));
	assert_null(gbx_gate_field_name(GBX_FIELD_COUNT));
	for (i = 1; i < GBX_FIELD_COUNT; i++) {
		word = gbx_gate_field_name((enum gbx_gate_field)i);
		assert_non_null(word);
		assert_int_equal(strspn(word, "abcdefghijklmnopqrstuvwxyz"
					      "_.0123456789"),
		    strlen(word));
		for (k = 1; k < i; k++) {
			other = gbx_gate_field_name((enum gbx_gate_field)k);
			assert_string_not_equal(word, other);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_forms),
	    cmocka_unit_test(test_budget),
	    cmocka_unit_test(test_length),
	    cmocka_unit_test(test_words),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
