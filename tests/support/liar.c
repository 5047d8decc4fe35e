/* SPDX-License-Identifier: ISC */
/* Scripts for the hostile kit, sent through a real broker. Side: tests. */
#include "tests/support/cmocka.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/liar.h"

char *
build_path(const char *name)
{
	char self[PATH_MAX], *slash, *path;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	int i;

	assert_true(n > 0);
	self[n] = '\0';
	for (i = 0; i < 3; i++) { /* NAME, ROOM, tests */
		slash = strrchr(self, '/');
		assert_non_null(slash);
		*slash = '\0';
	}
	assert_true(asprintf(&path, "%s/%s", self, name) > 0);
	return path;
}

void
liar_opts(struct gbx_broker_opts *opts, uint32_t lockdown)
{
	gbx_broker_opts_init(opts);
	opts->lockdown = lockdown;
	opts->worker_dir = build_path("hostile/libexec");
}

struct gbx_broker *
liar_open(uint32_t lockdown)
{
	struct gbx_broker *broker = NULL;
	struct gbx_broker_opts opts;
	enum gbx_err err;

	liar_opts(&opts, lockdown);
	err = gbx_broker_open(&opts, &broker);
	if (err != GBX_OK)
		print_error(
		    "# open: %s, %s\n", gbx_err_name(err), strerror(errno));
	assert_int_equal(err, GBX_OK);
	free((char *)opts.worker_dir);
	return broker;
}

static uint32_t lockdown_now = GBX_LOCKDOWN_FILTER;

uint32_t
liar_lockdown(void)
{
	return lockdown_now;
}

int
liar_set_up(void **state)
{
	*state = liar_open(lockdown_now);
	return 0;
}

int
liar_tear_down(void **state)
{
	gbx_broker_close(*state);
	return 0;
}

int
liar_run_both(const struct CMUnitTest *tests, size_t n,
    CMFixtureFunction set_up, CMFixtureFunction tear_down)
{
	int failed;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	lockdown_now = GBX_LOCKDOWN_FILTER;
	failed = _cmocka_run_group_tests("filter", tests, n, set_up, tear_down);
	lockdown_now = GBX_LOCKDOWN_STRICT;
	failed +=
	    _cmocka_run_group_tests("strict", tests, n, set_up, tear_down);
	return failed;
}

void
liar_job(struct gbx_job *job, enum gbx_op op)
{
	gbx_job_init(job, op);
	job->limit[GBX_LIMIT_OUTPUT] = 1 << 20;
	job->limit[GBX_LIMIT_WALL] = 5000;
}

char *
liar_input(enum liar_kind kind, const char *script, size_t *ret_length)
{
	const char *magic =
	    kind == LIAR_PNG ? "\x89PNG\r\n\x1a\n" : "PK\x03\x04";
	char *input;
	int n = asprintf(&input, "%s %s", magic, script);

	assert_true(n > 0);
	*ret_length = (size_t)n;
	return input;
}

static enum gbx_op
usual_op(enum liar_kind kind)
{
	return kind == LIAR_PNG ? GBX_OP_DECODE : GBX_OP_TEXT;
}

struct gbx_result *
liar_run(struct gbx_broker *broker, enum liar_kind kind, const char *script,
    const struct gbx_job *job)
{
	struct gbx_result *result = NULL;
	struct gbx_input input;
	struct gbx_job usual;
	char *data;

	liar_job(&usual, usual_op(kind));
	gbx_input_init(&input);
	data = liar_input(kind, script, &input.length);
	input.data = data;
	assert_int_equal(
	    gbx_run(broker, &input, job != NULL ? job : &usual, &result),
	    GBX_OK);
	free(data);
	return result;
}

void
liar_submit(struct gbx_broker *broker, enum liar_kind kind, const char *script,
    const struct gbx_job *job)
{
	struct gbx_input input;
	char *data;

	gbx_input_init(&input);
	data = liar_input(kind, script, &input.length);
	input.data = data;
	assert_int_equal(gbx_submit(broker, &input, job, NULL), GBX_OK);
	free(data);
}

void
liar_learn_nonce(struct gbx_broker *broker, char ret_hex[33])
{
	struct gbx_block block = {.size = sizeof(block)};
	struct gbx_result *r =
	    liar_run(broker, LIAR_PNG, "image 8 8 1 leak 0", NULL);
	size_t i;

	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_OK);
	assert_int_equal(gbx_result_block(r, 0, &block), GBX_OK);
	for (i = 0; i < 16; i++)
		snprintf(ret_hex + 2 * i, 3, "%02x",
		    (unsigned int)((const uint8_t *)block.data)[i]);
	gbx_result_free(r);
}

uint64_t
liar_zygotes_started(const struct gbx_broker *broker)
{
	struct gbx_stats stats = {.size = sizeof(stats)};

	assert_int_equal(gbx_broker_stats(broker, &stats), GBX_OK);
	return stats.zygotes_started;
}

void
liar_expect_fine(struct gbx_broker *broker, enum liar_kind kind)
{
	struct gbx_block block = {.size = sizeof(block)};
	struct gbx_result *result;

	result = liar_run(broker, kind,
	    kind == LIAR_PNG ? "image 3 2 0x5a" : "text after", NULL);
	assert_string_equal(gbx_verdict_name(gbx_result_verdict(result)), "ok");
	assert_int_equal(gbx_result_block(result, 0, &block), GBX_OK);
	if (kind == LIAR_PNG) {
		assert_int_equal(block.length, 24);
		assert_memory_equal(block.data, "ZZZZZZZZZZZZZZZZZZZZZZZZ", 24);
	} else {
		assert_int_equal(block.length, 5);
		assert_memory_equal(block.data, "after", 5);
	}
	gbx_result_free(result);
}
