/* SPDX-License-Identifier: ISC */
/*
 * The gate against the oracle: every truncation and every single-bit flip of
 * honest replies and their data, and random replies, near honest and far.
 * Both must say the same, and read the same numbers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/gate/case.h"
#include "tests/unit/gate/model.h"

/* Sanitizers make each case ten times as dear. For millions of them see
 * test_replies.c. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RANDOM_CASES 20000
#else
#define RANDOM_CASES 100000
#endif

static struct gbx_case c;
static struct model m;
static uint64_t counts[4];

static void
begin(enum model_base base)
{
	model_init(&m, base);
	model_pack(&m);
	memset(&c, 0, sizeof(c));
	c.job = m.job;
	c.length = m.length;
	memcpy(c.wire, m.wire, m.length);
	c.size = sizeof(m.data);
	memcpy(c.data, m.data, sizeof(m.data));
}

static enum case_end
ask(void)
{
	const char *field, *why;
	enum case_end end = case_try(&c, &field, &why);

	counts[end]++;
	if (end == CASE_DISAGREE)
		fail_msg("%s (gate: %s)", why, field ? field : "accepted");
	return end;
}

static void
test_honest(void **state)
{
	unsigned base;

	(void)state;
	for (base = 0; base < BASE_COUNT; base++) {
		begin((enum model_base)base);
		assert_int_equal(ask(), CASE_ACCEPTED);
	}
}

/* No piece of a reply is a reply. */
static void
test_cut(void **state)
{
	unsigned base;
	size_t n;

	(void)state;
	for (base = 0; base < BASE_COUNT; base++) {
		begin((enum model_base)base);
		for (n = 0; n < m.length; n++) {
			c.length = n;
			assert_int_equal(ask(), CASE_REFUSED);
		}
		for (n = 1; n < m.length; n++) {
			begin((enum model_base)base);
			memmove(c.wire, c.wire + n, c.length - n);
			c.length -= n;
			assert_int_equal(ask(), CASE_REFUSED);
		}
	}
}

static void
test_flips(void **state)
{
	unsigned base;
	size_t bit;

	(void)state;
	for (base = 0; base < BASE_COUNT; base++) {
		begin((enum model_base)base);
		for (bit = 0; bit < c.length * 8; bit++) {
			c.wire[bit / 8] ^= (uint8_t)(1u << bit % 8);
			ask();
			c.wire[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		for (bit = 0; bit < m.end * 8; bit++) {
			c.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
			ask();
			c.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
	}
}

/* Every byte value at every place, and every byte twice. */
static void
test_bytes(void **state)
{
	static const enum model_base bases[] = {
	    BASE_FRAMES, BASE_TEXT, BASE_BATCH, BASE_LIMIT};
	size_t b, i;
	unsigned v;

	(void)state;
	for (b = 0; b < 4; b++) {
		begin(bases[b]);
		for (i = 0; i < m.length; i++) {
			for (v = 0; v < 256; v++) {
				c.wire[i] = (uint8_t)v;
				ask();
			}
			begin(bases[b]);
			memmove(c.wire + i + 1, c.wire + i, c.length - i);
			c.length++;
			ask();
			begin(bases[b]);
		}
	}
}

static uint64_t
draw(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

/* Streams for the builder of case.c; the more often a byte is high, the more
 * they bend. Every fourth gets a wrong byte at the end. The job with 64 images
 * (number 8) takes as long as all others together: it comes less often. */
static void
test_random(void **state)
{
	uint64_t s = UINT64_C(0x2545f4914f6cdd1d);
	uint8_t stream[512];
	size_t i, k, n, wild;

	(void)state;
	memset(counts, 0, sizeof(counts));
	for (i = 0; i < RANDOM_CASES; i++) {
		n = 2 + draw(&s) % (sizeof(stream) - 2);
		wild = 1 + draw(&s) % 100;
		for (k = 0; k < n; k++) {
			stream[k] = (uint8_t)(draw(&s) >> 20);
			if (draw(&s) % wild != 0)
				stream[k] = (uint8_t)(stream[k] % 224);
		}
		stream[0] = (uint8_t)(i % 16 == 8 && i % 128 != 8 ? 0 : i);
		stream[1] = 0;
		case_make(stream, n, &c);
		if (i % 4 == 3 && c.length > 0)
			c.wire[draw(&s) % c.length] = (uint8_t)(draw(&s) >> 9);
		ask();
	}
	print_message("# %llu refused, %llu opened, %llu accepted\n",
	    (unsigned long long)counts[CASE_REFUSED],
	    (unsigned long long)counts[CASE_OPENED],
	    (unsigned long long)counts[CASE_ACCEPTED]);
	/* A test in which nothing passes tests nothing. */
	for (k = CASE_REFUSED; k <= CASE_ACCEPTED; k++)
		assert_true(counts[k] >= RANDOM_CASES / 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_honest),
	    cmocka_unit_test(test_cut),
	    cmocka_unit_test(test_flips),
	    cmocka_unit_test(test_bytes),
	    cmocka_unit_test(test_random),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
