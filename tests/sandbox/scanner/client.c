/* SPDX-License-Identifier: ISC */
/* The test's end of the scanner. Side: tests, public header. */
#include "tests/sandbox/scanner/client.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "tests/support/cmocka.h"
#include "tests/support/liar.h"

/* Room for the picture, and some to leave the marker in. */
#define OUTPUT 65536
#define ARENA  (1 << 20)

struct gbx_broker *
scanner_open(uint32_t lockdown, uint32_t width)
{
	struct gbx_broker *broker = NULL;
	struct gbx_broker_opts opts;

	gbx_broker_opts_init(&opts);
	opts.lockdown = lockdown;
	opts.worker_dir = build_path("scanner/libexec");
	opts.max_in_flight = opts.max_idle = width;
	opts.ceiling[GBX_LIMIT_MEMORY] = 4 * ARENA;
	assert_int_equal(gbx_broker_open(&opts, &broker), GBX_OK);
	free((char *)(uintptr_t)opts.worker_dir);
	return broker;
}

void
scanner_marker(char ret[SCANNER_MARKER + 1])
{
	int i;

	assert_int_equal(getrandom(ret, SCANNER_MARKER, 0), SCANNER_MARKER);
	for (i = 0; i < SCANNER_MARKER; i++)
		ret[i] = (char)('A' + (ret[i] & 31));
	ret[SCANNER_MARKER] = '\0';
}

void
scanner_submit(struct gbx_broker *broker, enum scanner_verb verb, uint32_t how,
    const char *marker, const char *domain)
{
	struct scanner_order order = {
	    "\x89PNG\r\n\x1a\n", (uint32_t)verb, how, {0}};
	struct gbx_input input;
	struct gbx_job job;
	int i;

	for (i = 0; marker != NULL && i < SCANNER_MARKER; i++)
		order.turned[i] = (uint8_t)~marker[i];
	gbx_input_init(&input);
	input.data = &order;
	input.length = sizeof(order);
	gbx_job_init(&job, GBX_OP_DECODE);
	job.domain = domain;
	job.limit[GBX_LIMIT_MEMORY] = ARENA;
	job.limit[GBX_LIMIT_OUTPUT] = OUTPUT;
	job.limit[GBX_LIMIT_WALL] = job.limit[GBX_LIMIT_CPU] = 60000;
	assert_int_equal(gbx_submit(broker, &input, &job, NULL), GBX_OK);
}

struct gbx_result *
scanner_collect(struct gbx_broker *broker)
{
	struct gbx_result *r = NULL;

	assert_int_equal(gbx_collect(broker, 60000, &r), GBX_OK);
	return r;
}

void
scanner_read(struct gbx_result *result, struct scanner_found *ret)
{
	struct gbx_block block = {.size = sizeof(block)};

	assert_string_equal(gbx_verdict_name(gbx_result_verdict(result)), "ok");
	assert_int_equal(gbx_result_block(result, 0, &block), GBX_OK);
	assert_int_equal(block.length, sizeof(*ret));
	memcpy(ret, block.data, sizeof(*ret));
	gbx_result_free(result);
}

void
scanner_run(struct gbx_broker *broker, enum scanner_verb verb,
    const char *marker, struct scanner_found *ret)
{
	scanner_submit(broker, verb, 0, marker, NULL);
	scanner_read(scanner_collect(broker), ret);
}
