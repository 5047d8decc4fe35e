/* SPDX-License-Identifier: ISC */
/*
 * Lies that need more than one job, or a look at more than the verdict: a reply
 * cut at every length, a nonce kept from an earlier job, a reply written
 * before we cancelled or while our clock ran out, what is left in the memory of
 * an accepted result. Side: tests; public header only.
 *
 * Fails if taken out: the nonce's memcmp in broker/validate/envelope.c;
 * kill_verdict in broker/verdict.c; ftruncate or the seal in broker/harvest.c.
 */
#include "tests/support/cmocka.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/liar.h"
#include "tests/support/lies.h"
#include "tests/support/proc.h"
#include "tests/support/slow.h"

/* ---- every length -------------------------------------------------------- */

/* The verdict for a reply of which only so many bytes are there. */
static enum gbx_verdict
cut_at(struct gbx_broker *broker, unsigned int length, char *ret_field)
{
	struct gbx_result *r;
	enum gbx_verdict verdict;
	char script[256];

	snprintf(script, sizeof(script),
	    DATA "nonce " ITEM " commit length %u exit 0", length);
	r = liar_run(broker, LIAR_PNG, script, NULL);
	verdict = gbx_result_verdict(r);
	snprintf(ret_field, 64, "%s",
	    gbx_result_field(r) != NULL ? gbx_result_field(r) : "");
	if (verdict != GBX_VERDICT_OK)
		assert_int_equal(gbx_result_blocks(r), 0);
	gbx_result_free(r);
	return verdict;
}

/* 18 bytes of nonce and 2 + 6 + 2 + 5 + 10 of the item: so long is it whole. */
#define WHOLE 43

static void
test_every_length(void **state)
{
	struct gbx_broker *broker = *state;
	enum gbx_verdict verdict;
	unsigned int length;
	char field[64];

	for (length = 0; length <= WHOLE + 4; length++) {
		verdict = cut_at(broker, length, field);
		if (length == WHOLE) {
			assert_int_equal(verdict, GBX_VERDICT_OK);
			continue;
		}
		if (verdict != GBX_VERDICT_BAD_REPLY || field[0] == '\0')
			print_error("# cut at %u: %s %s\n", length,
			    gbx_verdict_name(verdict), field);
		assert_int_equal(verdict, GBX_VERDICT_BAD_REPLY);
		assert_true(field[0] != '\0');
	}
	liar_expect_fine(broker, LIAR_PNG);
}

/* ---- a nonce of yesterday ------------------------------------------------ */

static void
test_stale_nonce(void **state)
{
	struct gbx_broker *broker = *state;
	char script[256], first[33], second[33];
	struct gbx_result *r;

	liar_learn_nonce(broker, first);
	liar_learn_nonce(broker, second);
	assert_string_not_equal(first, second);
	snprintf(
	    script, sizeof(script), DATA "1:%s " ITEM " commit exit 0", first);
	r = liar_run(broker, LIAR_PNG, script, NULL);
	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_BAD_REPLY);
	assert_string_equal(gbx_result_field(r), "nonce");
	gbx_result_free(r);
	liar_expect_fine(broker, LIAR_PNG);
}

/* ---- a kill of ours beats a reply ---------------------------------------- */

static void
test_cancel_beats_reply(void **state)
{
	struct gbx_broker *broker = *state;
	struct gbx_result *r = NULL;
	struct gbx_input input;
	struct gbx_job job;
	uint64_t id, began;

	liar_job(&job, GBX_OP_DECODE);
	gbx_input_init(&input);
	input.data = liar_input(
	    LIAR_PNG, DATA "nonce " ITEM " commit spin", &input.length);
	assert_int_equal(gbx_submit(broker, &input, &job, &id), GBX_OK);
	free((char *)(uintptr_t)input.data);
	/* By then the reply stands in its page. */
	assert_int_equal(gbx_collect(broker, 100, &r), GBX_ERR_AGAIN);
	began = now_ms();
	assert_int_equal(gbx_cancel(broker, id), GBX_OK);
	assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
	assert_in_range(now_ms() - began, 0, in_time(1500));
	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_CANCELLED);
	assert_int_equal(gbx_result_blocks(r), 0);
	gbx_result_free(r);
	liar_expect_fine(broker, LIAR_PNG);
}

/* ---- a reply written just before our kill -------------------------------- */

#define RACES 40

struct race {
	size_t ok, killed;
};

/* Either it came in time, and then all of it, or it did not. */
static void
judge_race(struct gbx_result *r, enum gbx_verdict killed, struct race *race)
{
	struct gbx_block block = {.size = sizeof(block)};
	size_t i;

	if (gbx_result_verdict(r) == GBX_VERDICT_OK) {
		assert_int_equal(gbx_result_block(r, 0, &block), GBX_OK);
		assert_int_equal(block.length, 256);
		for (i = 0; i < 256; i++)
			assert_int_equal(
			    ((const uint8_t *)block.data)[i], 0x7f);
		race->ok++;
	} else {
		assert_int_equal(gbx_result_verdict(r), killed);
		assert_int_equal(gbx_result_blocks(r), 0);
		race->killed++;
	}
	gbx_result_free(r);
}

static uint64_t
us_of(struct gbx_broker *broker, const char *script)
{
	struct gbx_result *r = liar_run(broker, LIAR_PNG, script, NULL);
	uint64_t us = gbx_result_elapsed_us(r);

	gbx_result_free(r);
	return us;
}

/* A delay so long that the reply, and the death, come where the deadline
 * does: before it, with it, after it. */
static void
test_deadline_race(void **state)
{
	struct gbx_broker *broker = *state;
	uint64_t turns, us, i;
	struct race race = {0, 0};
	struct gbx_job job;
	char script[256];

	us = us_of(broker, "delay 20000000 image 1 1 1") + 1;
	turns = 20000000ULL * 20000 / us; /* what takes about 20 ms */
	liar_job(&job, GBX_OP_DECODE);
	job.limit[GBX_LIMIT_WALL] = 20;
	for (i = 0; i < RACES; i++) {
		snprintf(script, sizeof(script),
		    DATA "nonce " ITEM " commit delay %llu exit 0",
		    (unsigned long long)(turns / 2 + turns * i / RACES));
		judge_race(liar_run(broker, LIAR_PNG, script, &job),
		    GBX_VERDICT_DEADLINE, &race);
	}
	printf("# replies around the deadline: %zu in time, %zu killed\n",
	    race.ok, race.killed);
	fflush(stdout);
	liar_expect_fine(broker, LIAR_PNG);
}

/* The same, cancelled at any moment: a reply that the broker has not looked at
 * is void as soon as the job is. */
static void
test_cancel_race(void **state)
{
	struct gbx_broker *broker = *state;
	struct race race = {0, 0};
	struct gbx_result *r;
	struct gbx_input input;
	struct gbx_job job;
	uint64_t id;
	int i;

	liar_job(&job, GBX_OP_DECODE);
	gbx_input_init(&input);
	input.data = liar_input(LIAR_PNG, GOOD, &input.length);
	for (i = 0; i < RACES; i++) {
		assert_int_equal(gbx_submit(broker, &input, &job, &id), GBX_OK);
		usleep((useconds_t)i * 50);
		/* Every other time it may look before. */
		if (i % 2 == 0 || gbx_collect(broker, 0, &r) != GBX_OK) {
			assert_int_equal(gbx_cancel(broker, id), GBX_OK);
			assert_int_equal(
			    gbx_collect(broker, 60000, &r), GBX_OK);
		}
		assert_int_equal(gbx_result_id(r), id);
		judge_race(r, GBX_VERDICT_CANCELLED, &race);
		assert_int_equal(gbx_collect(broker, 0, &r), GBX_ERR_AGAIN);
	}
	free((char *)(uintptr_t)input.data);
	printf("# replies around a cancel: %zu in time, %zu cancelled\n",
	    race.ok, race.killed);
	fflush(stdout);
	assert_in_range(race.killed, 1, RACES);
	liar_expect_fine(broker, LIAR_PNG);
}

/* Nobody called for longer than the job might take: its worker has answered
 * and died in time, or is killed; never something between. */
static void
test_asleep(void **state)
{
	struct gbx_broker *broker = *state;
	struct race race = {0, 0};
	struct gbx_result *r;
	struct gbx_job job;

	liar_job(&job, GBX_OP_DECODE);
	job.limit[GBX_LIMIT_WALL] = 50;
	liar_submit(broker, LIAR_PNG, GOOD, &job);
	sleep_ms(200);
	assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
	judge_race(r, GBX_VERDICT_DEADLINE, &race);
	liar_submit(broker, LIAR_PNG, DATA "nonce " ITEM " commit spin", &job);
	sleep_ms(200);
	assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_DEADLINE);
	gbx_result_free(r);
}

/* ---- what an accepted result holds --------------------------------------- */

/* All of the output was filled with 0xaa first. */
static void
check_memfd(const struct gbx_result *r, size_t length)
{
	const int all = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;
	struct stat st;
	void *p;
	int fd = -1;

	assert_int_equal(gbx_result_memfd(r, 0, &fd), GBX_OK);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, length);
	assert_int_equal(fcntl(fd, F_GET_SEALS) & all, all);
	assert_true(write(fd, "x", 1) < 0);
	assert_true(ftruncate(fd, 0) < 0);
	p = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_true(p == MAP_FAILED);
	close(fd);
}

static void
test_nothing_behind(void **state)
{
	static const struct {
		const char *script;
		size_t length;
	} sizes[] = {
	    {"fill 0 # 0xaa nonce " ITEM " commit exit 0", 256},
	    {"fill 0 # 0xaa nonce 2{ 1=1 2=1 5=1 6{ 1=1 3=262144 "
	     "5{ 1=256 2=256 3=1024 4=1 } } } commit exit 0",
		262144},
	};
	struct gbx_block block = {.size = sizeof(block)};
	struct gbx_result *r;
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		r = liar_run(*state, LIAR_PNG, sizes[i].script, NULL);
		assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_OK);
		assert_int_equal(gbx_result_block(r, 0, &block), GBX_OK);
		assert_int_equal(block.length, sizes[i].length);
		assert_int_equal(((const uint8_t *)block.data)[0], 0xaa);
		check_memfd(r, sizes[i].length);
		gbx_result_free(r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_length),
	    cmocka_unit_test(test_stale_nonce),
	    cmocka_unit_test(test_cancel_beats_reply),
	    cmocka_unit_test(test_deadline_race),
	    cmocka_unit_test(test_cancel_race),
	    cmocka_unit_test(test_asleep),
	    cmocka_unit_test(test_nothing_behind),
	};

	return liar_run_both(tests, sizeof(tests) / sizeof(tests[0]),
		   liar_set_up, liar_tear_down) > 0;
}
