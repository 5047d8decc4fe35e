/* SPDX-License-Identifier: ISC */
/*
 * Inputs of one domain in one worker, one of them hostile. It may spoil its
 * own domain, and the posture says so; it must not cost the others their
 * verdict, nor reach anybody else.
 * Side: tests; public header only.
 *
 * Fails if taken out: `run_again` in broker/deliver.c; `alone` in same_batch;
 * GBX_POSTURE_BATCH in broker/verdict.c; the domain's strcmp in broker/queue.c,
 * same_batch; the nonce's memcmp in broker/validate/envelope.c.
 */
#include "tests/support/cmocka.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/liar.h"

#define MANY  5
#define BATCH 16 /* most inputs of one */
/* Pixels of the i-th honest input. */
#define GREY(i) (0x10 + (int)(i))

static int
open_broker(void **state)
{
	struct gbx_broker *broker = NULL;
	struct gbx_broker_opts opts;

	liar_opts(&opts, liar_lockdown());
	/* So that what is submitted behind a running job waits together. */
	opts.max_in_flight = 1;
	opts.batch_max = BATCH;
	assert_int_equal(gbx_broker_open(&opts, &broker), GBX_OK);
	free((char *)opts.worker_dir);
	*state = broker;
	return 0;
}

static uint64_t
batches(const struct gbx_broker *broker)
{
	struct gbx_stats stats = {.size = sizeof(stats)};

	assert_int_equal(gbx_broker_stats(broker, &stats), GBX_OK);
	return stats.batches;
}

/* Nothing is finished before somebody collects: the plug holds the place. */
static void
put_plug(struct gbx_broker *broker)
{
	struct gbx_job job;

	liar_job(&job, GBX_OP_DECODE);
	liar_submit(broker, LIAR_PNG, "image 1 1 0", &job);
}

/* Submit MANY inputs of a domain, the one at `place` with this script, and
 * collect them in their order. */
static void
run_batch(struct gbx_broker *broker, size_t place, const char *hostile,
    uint64_t wall_ms, struct gbx_result *ret[MANY])
{
	static char cookies[MANY];
	uint64_t before = batches(broker);
	struct gbx_result *r;
	struct gbx_job job;
	char honest[32];
	size_t i;

	put_plug(broker);
	liar_job(&job, GBX_OP_DECODE);
	job.domain = "one mail";
	job.limit[GBX_LIMIT_WALL] = wall_ms;
	for (i = 0; i < MANY; i++) {
		job.cookie = &cookies[i];
		snprintf(honest, sizeof(honest), "image 2 2 %d", GREY(i));
		liar_submit(
		    broker, LIAR_PNG, i == place ? hostile : honest, &job);
	}
	for (i = 0; i < MANY + 1; i++) {
		assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
		if (gbx_result_cookie(r) == NULL)
			gbx_result_free(r);
		else
			ret[(char *)gbx_result_cookie(r) - cookies] = r;
	}
	assert_int_equal(batches(broker), before + 1);
}

static void
expect_grey(const struct gbx_result *r, int grey)
{
	struct gbx_block block = {.size = sizeof(block)};
	size_t i;

	assert_string_equal(gbx_verdict_name(gbx_result_verdict(r)), "ok");
	assert_int_equal(gbx_result_block(r, 0, &block), GBX_OK);
	assert_int_equal(block.length, 16);
	for (i = 0; i < block.length; i++)
		assert_int_equal(((const uint8_t *)block.data)[i], grey);
}

static bool
in_batch(const struct gbx_result *r)
{
	return (gbx_result_posture(r) & GBX_POSTURE_BATCH) != 0;
}

/* All but the hostile one get what is theirs, each from a worker of its own.
 * Returns the hostile one's. */
static struct gbx_result *
expect_innocents(struct gbx_broker *broker, size_t place, const char *hostile,
    uint64_t wall_ms)
{
	struct gbx_result *result[MANY];
	size_t i;

	run_batch(broker, place, hostile, wall_ms, result);
	for (i = 0; i < MANY; i++) {
		if (i == place)
			continue;
		expect_grey(result[i], GREY(i));
		assert_false(in_batch(result[i]));
		gbx_result_free(result[i]);
	}
	assert_false(in_batch(result[place]));
	liar_expect_fine(broker, LIAR_PNG);
	return result[place];
}

static void
test_honest(void **state)
{
	struct gbx_result *result[MANY];
	size_t i;

	run_batch(*state, MANY, NULL, 5000, result);
	for (i = 0; i < MANY; i++) {
		expect_grey(result[i], GREY(i));
		assert_true(in_batch(result[i]));
		gbx_result_free(result[i]);
	}
}

static void
test_crash(void **state)
{
	size_t place;
	struct gbx_result *r;

	for (place = 0; place < MANY; place += 2) {
		r = expect_innocents(*state, place, "segv", 5000);
		assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_CRASHED);
		assert_int_equal(gbx_result_signal(r), SIGSEGV);
		gbx_result_free(r);
	}
}

static void
test_violation(void **state)
{
	struct gbx_result *r = expect_innocents(*state, 2, "call 39", 5000);

	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_VIOLATION);
	gbx_result_free(r);
}

static void
test_spin(void **state)
{
	struct gbx_result *r = expect_innocents(*state, 2, "spin", 300);

	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_DEADLINE);
	gbx_result_free(r);
}

static void
expect_bad(struct gbx_broker *broker, size_t place, const char *hostile,
    const char *field)
{
	struct gbx_result *r = expect_innocents(broker, place, hostile, 5000);

	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_BAD_REPLY);
	assert_string_equal(gbx_result_field(r), field);
	gbx_result_free(r);
}

#define BLOCK(offset) "6{ 1=1 " offset "3=16 5{ 1=2 2=2 3=8 4=1 } }"
#define ITEM(offset)  "2{ 1=1 2=1 5=1 " BLOCK(offset) " } "

static void
test_wrong_number(void **state)
{
	/* It answers for all, and leaves one out, or adds one. */
	expect_bad(*state, 0,
	    "fill 0 512 9 nonce " ITEM("") ITEM("2=64 ") ITEM("2=128 ")
		ITEM("2=192 ") "commit exit 0",
	    "items");
	expect_bad(*state, 0,
	    "fill 0 512 9 nonce " ITEM("") ITEM("2=64 ") ITEM("2=128 ")
		ITEM("2=192 ") ITEM("2=256 ") ITEM("2=320 ") "commit exit 0",
	    "items");
	/* Nothing at all, half way. */
	expect_bad(*state, 2, "exit 0", "reply.missing");
	expect_bad(*state, 2, "exit 3", "exit.status");
}

/* Two items that share the bytes of a third. Alone the same script has the
 * wrong number of items. */
static void
test_shared_bytes(void **state)
{
	expect_bad(*state, 0,
	    "fill 0 16 9 fill 64 16 9 fill 128 16 9 nonce " ITEM("")
		ITEM("2=64 ") ITEM("2=64 ") ITEM("2=128 ")
		    ITEM("2=192 ") "commit exit 0",
	    "items");
	expect_bad(*state, 0,
	    "fill 0 512 9 nonce " ITEM("2=256 ") ITEM("2=192 ") ITEM("2=128 ")
		ITEM("2=64 ") ITEM("") "commit exit 0",
	    "items");
}

/* The data of five items, without a byte between them. */
#define FIVE \
	"fill 0 16 9 fill 64 16 9 fill 128 16 9 fill 192 16 9 fill 256 16 9 "

/* Five items, as they must be, and the nonce of a third job, which is over: so
 * it is refused, and each runs alone, where the same script has four too many.
 * An item carries no nonce: none can belong to another job than its reply. */
static void
test_third_job(void **state)
{
	char nonce[33], script[512];

	liar_learn_nonce(*state, nonce);
	snprintf(script, sizeof(script),
	    FIVE "1:%s " ITEM("") ITEM("2=64 ") ITEM("2=128 ") ITEM("2=192 ")
		ITEM("2=256 ") "commit exit 0",
	    nonce);
	expect_bad(*state, 0, script, "items");
	/* Its own nonce first, and then a second reply with the other one. */
	snprintf(script, sizeof(script),
	    FIVE "nonce " ITEM("") "1:%s " ITEM("2=64 ") ITEM("2=128 ")
		ITEM("2=192 ") ITEM("2=256 ") "commit exit 0",
	    nonce);
	expect_bad(*state, 0, script, "reply.tag");
}

/* The second item is what another job asked for: a probe, another format,
 * another frame. The whole reply is void. */
static void
test_second_of_another(void **state)
{
	expect_bad(*state, 1,
	    FIVE "nonce " ITEM(
		"") "2{ 1=1 2=1 5=1 6{ 1=1 2=64 5{ 1=2 2=2 4=1 } } } " ITEM("2=128 ")
		ITEM("2=192 ") ITEM("2=256 ") "commit exit 0",
	    "items");
	expect_bad(*state, 1,
	    FIVE "nonce " ITEM("") "2{ 1=2 2=2 } " ITEM("2=128 ") ITEM("2=192 ")
		ITEM("2=256 ") "commit exit 0",
	    "items");
}

/* A byte between its own data and the next item's: the whole reply is void.
 * Alone, the same byte is past the end of all data, and cut off. */
static void
test_gap(void **state)
{
	struct gbx_result *r =
	    expect_innocents(*state, 1, "image 2 2 7 poke 24 ff", 5000);

	expect_grey(r, 7);
	gbx_result_free(r);
}

/* Later items write into an earlier one's data, or the first answers for all
 * in another order: nobody can tell, within the domain. So it is said. */
static void
test_spoils_its_own_domain(void **state)
{
	struct gbx_result *result[MANY];
	size_t i;

	run_batch(*state, 3, "fill 0 16 0x66 image 2 2 0x13", 5000, result);
	expect_grey(result[0], 0x66);
	for (i = 0; i < MANY; i++) {
		assert_true(in_batch(result[i]));
		gbx_result_free(result[i]);
	}
	run_batch(*state, 0,
	    "fill 0 16 0x14 fill 64 16 0x13 fill 128 16 0x12 fill 192 16 0x11 "
	    "fill 256 16 0x10 nonce " ITEM("") ITEM("2=64 ") ITEM("2=128 ")
		ITEM("2=192 ") ITEM("2=256 ") "commit exit 0",
	    5000, result);
	for (i = 0; i < MANY; i++) {
		expect_grey(result[i], GREY(MANY - 1 - i));
		assert_true(in_batch(result[i]));
		gbx_result_free(result[i]);
	}
}

/* More of a domain than one worker takes at a time, the third of them hostile.
 * Those behind it never meet it, whose second turn comes after theirs. */
#define LATER 3

static void
test_a_second_turn_is_alone(void **state)
{
	struct gbx_broker *broker = *state;
	struct gbx_stats stats = {.size = sizeof(stats)};
	uint64_t before = batches(broker);
	static char first, later, hostile;
	struct gbx_result *r;
	struct gbx_job job;
	size_t i, ok = 0, together = 0, crashed = 0;

	put_plug(broker);
	liar_job(&job, GBX_OP_DECODE);
	job.domain = "one mail";
	for (i = 0; i < BATCH + LATER; i++) {
		job.cookie = i == 2 ? &hostile : i < BATCH ? &first : &later;
		liar_submit(
		    broker, LIAR_PNG, i == 2 ? "segv" : "image 2 2 7", &job);
	}
	for (i = 0; i < BATCH + LATER + 1; i++) {
		assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
		ok += gbx_result_verdict(r) == GBX_VERDICT_OK;
		together += in_batch(r);
		if (gbx_result_cookie(r) == &later)
			assert_true(in_batch(r));
		crashed += gbx_result_verdict(r) == GBX_VERDICT_CRASHED &&
			   gbx_result_cookie(r) == &hostile;
		gbx_result_free(r);
	}
	assert_int_equal(ok, BATCH + LATER);
	assert_int_equal(crashed, 1);
	assert_int_equal(together, LATER);
	assert_int_equal(gbx_broker_stats(broker, &stats), GBX_OK);
	assert_int_equal(stats.batches, before + 2);
}

/* One domain, other limits: each is held to its own. */
static void
test_own_limits(void **state)
{
	struct gbx_broker *broker = *state;
	uint64_t before = batches(broker);
	struct gbx_result *r;
	struct gbx_job job;
	bool seen = false;
	int i;

	put_plug(broker);
	liar_job(&job, GBX_OP_DECODE);
	job.domain = "one mail";
	liar_submit(broker, LIAR_PNG, "image 2 2 1", &job);
	job.limit[GBX_LIMIT_PIXELS] = 3;
	job.cookie = &job;
	liar_submit(broker, LIAR_PNG, "image 2 2 1", &job);
	for (i = 0; i < 3; i++) {
		assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
		if (gbx_result_cookie(r) == &job) {
			assert_int_equal(
			    gbx_result_verdict(r), GBX_VERDICT_LIMIT);
			assert_int_equal(gbx_result_limit(r), GBX_LIMIT_PIXELS);
			seen = true;
		} else {
			assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_OK);
		}
		gbx_result_free(r);
	}
	assert_true(seen);
	assert_int_equal(batches(broker), before);
}

/* Two of one domain travel together, unless anything else is asked of one. */
static bool
travel_together(
    struct gbx_broker *broker, const struct gbx_job *a, const struct gbx_job *b)
{
	uint64_t before = batches(broker);
	struct gbx_result *r;
	int i, together = 0;

	put_plug(broker);
	liar_submit(broker, LIAR_PNG, "image 2 2 7", a);
	liar_submit(broker, LIAR_PNG, "image 2 2 7", b);
	for (i = 0; i < 3; i++) {
		assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
		together += in_batch(r);
		gbx_result_free(r);
	}
	assert_int_equal(batches(broker) - before, together / 2);
	return together == 2;
}

static void
test_asked_alike(void **state)
{
	struct gbx_broker *broker = *state;
	struct gbx_job a, b;

	liar_job(&a, GBX_OP_DECODE);
	a.domain = "one mail";
	b = a;
	assert_true(travel_together(broker, &a, &b));
	b.op = GBX_OP_PROBE;
	assert_false(travel_together(broker, &a, &b));
	b = a;
	b.first++;
	assert_false(travel_together(broker, &a, &b));
	b = a;
	b.count++;
	assert_false(travel_together(broker, &a, &b));
	b = a;
	b.box_w++;
	assert_false(travel_together(broker, &a, &b));
	b = a;
	b.box_h++;
	assert_false(travel_together(broker, &a, &b));
	b = a;
	b.dpi++;
	assert_false(travel_together(broker, &a, &b));
	b = a;
	b.require = GBX_POSTURE_PROVEN;
	assert_false(travel_together(broker, &a, &b));
	a.op = GBX_OP_PROBE;
	b = a;
	b.want = GBX_WANT_METADATA;
	assert_false(travel_together(broker, &a, &b));
}

/* The same hostile inputs, and others with another domain or none between
 * them: those never meet. */
static void
test_no_other_domain(void **state)
{
	static const char *const domain[3] = {"hostile", "other", NULL};
	struct gbx_broker *broker = *state;
	struct gbx_result *r;
	struct gbx_job job;
	int i, met = 0;
	const char *of;

	put_plug(broker);
	for (i = 0; i < 12; i++) {
		liar_job(&job, GBX_OP_DECODE);
		job.domain = domain[i % 3];
		job.cookie = (void *)(uintptr_t)domain[i % 3];
		liar_submit(broker, LIAR_PNG,
		    i % 3 == 0 ? "fill 0 512 0x66 image 2 2 0x66"
			       : "image 2 2 0x21",
		    &job);
	}
	for (i = 0; i < 13; i++) {
		assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
		of = gbx_result_cookie(r);
		if (of != NULL && strcmp(of, "other") == 0)
			expect_grey(r, 0x21);
		if (of == NULL)
			assert_false(in_batch(r));
		met += of != NULL && in_batch(r);
		gbx_result_free(r);
	}
	/* Those of one domain did travel together. */
	assert_in_range(met, 1, 8);
}

/* What ran into a limit beside others runs once more alone, where it has all of
 * the room. */
static void
test_limit_is_alone(void **state)
{
	struct gbx_result *r[MANY];
	size_t i;

	run_batch(*state, 2, "image 2000 2000 1", 60000, r);
	for (i = 0; i < MANY; i++) {
		if (i == 2)
			assert_int_equal(
			    gbx_result_verdict(r[i]), GBX_VERDICT_LIMIT);
		else
			expect_grey(r[i], GREY(i));
		assert_int_equal(in_batch(r[i]), i != 2);
		gbx_result_free(r[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_honest),
	    cmocka_unit_test(test_crash),
	    cmocka_unit_test(test_violation),
	    cmocka_unit_test(test_spin),
	    cmocka_unit_test(test_wrong_number),
	    cmocka_unit_test(test_shared_bytes),
	    cmocka_unit_test(test_third_job),
	    cmocka_unit_test(test_second_of_another),
	    cmocka_unit_test(test_gap),
	    cmocka_unit_test(test_spoils_its_own_domain),
	    cmocka_unit_test(test_a_second_turn_is_alone),
	    cmocka_unit_test(test_own_limits),
	    cmocka_unit_test(test_asked_alike),
	    cmocka_unit_test(test_no_other_domain),
	    cmocka_unit_test(test_limit_is_alone),
	};

	return liar_run_both(tests, sizeof(tests) / sizeof(tests[0]),
		   open_broker, liar_tear_down) > 0;
}
