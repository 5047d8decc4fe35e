/* SPDX-License-Identifier: ISC */
/*
 * Lies that need more than one job, or a look at more than the verdict: a reply
 * cut at every length, a nonce kept from an earlier job, a reply written
 * before we cancelled, what is left in the memory of an accepted result.
 * Side: tests; public header only.
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
#include "tests/support/proc.h"

#define RASTER "5{ 1=8 2=8 3=32 4=1 }"
#define ITEM   "2{ 1=1 2=1 5=1 6{ 1=1 3=256 " RASTER " } }"
#define DATA   "fill 0 256 0x7f "

static uint32_t lockdown;

static int
open_broker(void **state)
{
	*state = liar_open(lockdown);
	return 0;
}

static int
close_broker(void **state)
{
	gbx_broker_close(*state);
	return 0;
}

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
learn_nonce(struct gbx_broker *broker, uint8_t ret_nonce[16])
{
	struct gbx_block block = {.size = sizeof(block)};
	struct gbx_result *r = liar_run(
	    broker, LIAR_PNG, DATA "leak 0 nonce " ITEM " commit exit 0", NULL);

	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_OK);
	assert_int_equal(gbx_result_block(r, 0, &block), GBX_OK);
	memcpy(ret_nonce, block.data, 16);
	gbx_result_free(r);
}

static void
test_stale_nonce(void **state)
{
	struct gbx_broker *broker = *state;
	uint8_t first[16], second[16];
	char script[256], hex[33];
	struct gbx_result *r;
	int i;

	learn_nonce(broker, first);
	learn_nonce(broker, second);
	assert_memory_not_equal(first, second, 16);
	for (i = 0; i < 16; i++)
		snprintf(hex + 2 * i, 3, "%02x", first[i]);
	snprintf(
	    script, sizeof(script), DATA "1:%s " ITEM " commit exit 0", hex);
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
	assert_int_equal(gbx_collect(broker, 2000, &r), GBX_OK);
	assert_in_range(now_ms() - began, 0, 1500);
	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_CANCELLED);
	assert_int_equal(gbx_result_blocks(r), 0);
	gbx_result_free(r);
	liar_expect_fine(broker, LIAR_PNG);
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

static int
run_all(uint32_t mode)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_length),
	    cmocka_unit_test(test_stale_nonce),
	    cmocka_unit_test(test_cancel_beats_reply),
	    cmocka_unit_test(test_nothing_behind),
	};

	lockdown = mode;
	return cmocka_run_group_tests_name(
	    mode == GBX_LOCKDOWN_STRICT ? "strict" : "filter", tests,
	    open_broker, close_broker);
}

int
main(void)
{
	int failed;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = run_all(GBX_LOCKDOWN_FILTER);
	failed += run_all(GBX_LOCKDOWN_STRICT);
	return failed > 0 ? 1 : 0;
}
