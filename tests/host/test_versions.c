/* SPDX-License-Identifier: ISC */
/*
 * Structs of other versions: shorter ones of older programs, longer ones of
 * newer programs, and sizes that are none. Of gbx_record the 0.1 is known; what
 * else has not grown since is held to its first size.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/docx.h"
#include "tests/support/host.h"

/* A newer program's struct: so much more than ours. */
#define MORE 16

static struct gbx_broker *broker;

/* A struct at the very end of a heap block, with so many bytes behind it: what
 * is read or written too far, the address sanitizer or the guard sees. */
static void *
room(const void *from, size_t size, size_t more, uint8_t fill)
{
	uint8_t *p = malloc(size + more);

	assert_non_null(p);
	memcpy(p, from, size);
	memset(p + size, fill, more);
	size += more;
	memcpy(p, &size, sizeof(size));
	return p;
}

static enum gbx_err
try_job(const struct gbx_input *input, const struct gbx_job *job)
{
	struct gbx_result *r = NULL;
	enum gbx_err err = gbx_run(broker, input, job, &r);

	if (err == GBX_OK)
		assert_true(host_right(HOST_SMALL, r));
	gbx_result_free(r);
	return err;
}

/* What we don't know must not be asked for. */
static void
test_asked(void **state)
{
	static const struct {
		uint8_t fill;
		enum gbx_err want;
	} rows[] = {{0, GBX_OK}, {1, GBX_ERR_ARG}, {0x80, GBX_ERR_ARG}};
	struct gbx_input input, *long_input;
	struct gbx_job job, *long_job;
	size_t i;

	(void)state;
	host_job(HOST_SMALL, &input, &job);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		long_input = room(&input, sizeof(input), MORE, rows[i].fill);
		long_job = room(&job, sizeof(job), MORE, rows[i].fill);
		assert_int_equal(try_job(long_input, &job), rows[i].want);
		assert_int_equal(try_job(&input, long_job), rows[i].want);
		free(long_input);
		free(long_job);
	}
}

static void
test_last_byte(void **state)
{
	struct gbx_input input;
	struct gbx_job job, *long_job;

	(void)state;
	host_job(HOST_SMALL, &input, &job);
	long_job = room(&job, sizeof(job), MORE, 0);
	((uint8_t *)long_job)[sizeof(job) + MORE - 1] = 1;
	assert_int_equal(try_job(&input, long_job), GBX_ERR_ARG);
	free(long_job);
}

/* No size: too little for any version, or more than any will have. */
static void
test_no_size(void **state)
{
	static const size_t sizes[] = {0, 1, sizeof(size_t), 4097, SIZE_MAX};
	struct gbx_host_posture posture;
	struct gbx_broker_opts opts;
	struct gbx_broker *b = NULL;
	struct gbx_stats stats;
	struct gbx_input input;
	struct gbx_job job;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		host_job(HOST_SMALL, &input, &job);
		job.size = sizes[i];
		assert_int_equal(try_job(&input, &job), GBX_ERR_ARG);
		host_job(HOST_SMALL, &input, &job);
		input.size = sizes[i];
		assert_int_equal(try_job(&input, &job), GBX_ERR_ARG);
		host_opts(&opts);
		opts.size = sizes[i];
		assert_int_equal(gbx_broker_open(&opts, &b), GBX_ERR_ARG);
		stats.size = posture.size = sizes[i];
		assert_int_equal(gbx_broker_stats(broker, &stats), GBX_ERR_ARG);
		assert_int_equal(
		    gbx_host_posture(broker, &posture), GBX_ERR_ARG);
	}
}

/* Of results, what we don't know is zero, and the size stays the caller's. */
#define LONGER(type, call) \
	do { \
		type known = {.size = sizeof(known)}, *longer; \
		const uint8_t *tail; \
		size_t k; \
		longer = room(&known, sizeof(known), MORE, 0xee); \
		assert_int_equal(call(longer), GBX_OK); \
		assert_int_equal(call(&known), GBX_OK); \
		assert_int_equal(longer->size, sizeof(known) + MORE); \
		longer->size = sizeof(known); \
		assert_memory_equal(longer, &known, sizeof(known)); \
		tail = (const uint8_t *)(longer + 1); \
		for (k = 0; k < MORE; k++) \
			assert_int_equal(tail[k], 0); \
		free(longer); \
	} while (0)

static struct gbx_result *told;

#define ASK_POSTURE(p) gbx_host_posture(broker, p)
#define ASK_STATS(p)   gbx_broker_stats(broker, p)
#define ASK_LIMIT(p)   gbx_limit_info(GBX_LIMIT_TEXT, p)
#define ASK_FORMAT(p)  gbx_format_info(3, p)
#define ASK_BLOCK(p)   gbx_result_block(told, 0, p)
#define ASK_RECORD(p)  gbx_result_record(told, 1, 0, p)

static void
test_longer_results(void **state)
{
	(void)state;
	LONGER(struct gbx_host_posture, ASK_POSTURE);
	LONGER(struct gbx_stats, ASK_STATS);
	LONGER(struct gbx_limit_info, ASK_LIMIT);
	LONGER(struct gbx_format_info, ASK_FORMAT);
	LONGER(struct gbx_block, ASK_BLOCK);
	LONGER(struct gbx_record, ASK_RECORD);
}

/* gbx_record of 0.1 ended with its flags; a program that was built with it has
 * no room for more. */
static void
test_shorter_record(void **state)
{
	struct gbx_record whole = {.size = sizeof(whole)}, *old;
	const size_t size = offsetof(struct gbx_record, type) + 4;
	struct {
		size_t size;
		uint8_t bytes[sizeof(whole)];
	} cut;

	(void)state;
	assert_int_equal(size % sizeof(size_t), 0);
	assert_int_equal(ASK_RECORD(&whole), GBX_OK);
	old = room(&whole, size, 0, 0);
	memset((uint8_t *)old + sizeof(size_t), 0xee, size - sizeof(size_t));
	assert_int_equal(ASK_RECORD(old), GBX_OK);
	assert_memory_equal((uint8_t *)old + sizeof(size_t),
	    (uint8_t *)&whole + sizeof(size_t), size - sizeof(size_t));
	free(old);
	cut.size = size - 1;
	assert_int_equal(
	    ASK_RECORD((struct gbx_record *)(void *)&cut), GBX_ERR_ARG);
}

/* The defaults, in a struct of any size. */
static void
test_init(void **state)
{
	struct gbx_job job, *longer;
	struct gbx_broker_opts opts, *long_opts;
	struct gbx_input input;

	(void)state;
	memset(&job, 0xee, sizeof(job));
	gbx_job_init(&job, GBX_OP_TEXT);
	assert_int_equal(job.size, sizeof(job));
	assert_int_equal(job.op, GBX_OP_TEXT);
	assert_int_equal(job.count, 1);
	assert_int_equal(job.first, 0);
	assert_int_equal(job.box_w, 256);
	assert_null(job.cookie);
	longer = room(&job, sizeof(job), MORE, 0xee);
	gbx_job_init_sized(longer, sizeof(job) + MORE, GBX_OP_TEXT);
	assert_int_equal(longer->size, sizeof(job) + MORE);
	assert_memory_equal(
	    &longer->op, &job.op, sizeof(job) - offsetof(struct gbx_job, op));
	assert_memory_equal(longer + 1, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", MORE);
	free(longer);
	(gbx_input_init)(&input);
	assert_int_equal(input.size, sizeof(input));
	assert_int_equal(input.fd, -1);
	(gbx_job_init)(&job, GBX_OP_LIST);
	assert_int_equal(job.size, sizeof(job));
	assert_int_equal(job.op, GBX_OP_LIST);
	(gbx_broker_opts_init)(&opts);
	assert_int_equal(opts.size, sizeof(opts));
	assert_int_equal(opts.max_queued, 1024);
	host_opts(&opts);
	long_opts = room(&opts, sizeof(opts), MORE, 0);
	gbx_broker_close(broker);
	broker = NULL;
	assert_int_equal(gbx_broker_open(long_opts, &broker), GBX_OK);
	free(long_opts);
}

static int
set_up(void **state)
{
	struct gbx_input input;
	enum gbx_err err;
	struct gbx_job job;
	uint8_t *docx;

	if (host_set_up(state) != 0)
		return -1;
	broker = host_open();
	if (broker == NULL)
		return -1;
	gbx_input_init(&input);
	gbx_job_init(&job, GBX_OP_TEXT);
	/* A bidi control is told by a record. */
	docx = test_docx("&#x202b;a&#x202c;", &input.length);
	input.data = docx;
	err = gbx_run(broker, &input, &job, &told);
	free(docx);
	return err == GBX_OK && gbx_result_blocks(told) == 2 ? 0 : -1;
}

static int
tear_down(void **state)
{
	gbx_result_free(told);
	gbx_broker_close(broker);
	return host_nothing_left(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_asked),
	    cmocka_unit_test(test_last_byte),
	    cmocka_unit_test(test_no_size),
	    cmocka_unit_test(test_longer_results),
	    cmocka_unit_test(test_shorter_record),
	    cmocka_unit_test(test_init),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down) != 0;
}
