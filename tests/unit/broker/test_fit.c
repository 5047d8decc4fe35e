/* SPDX-License-Identifier: ISC */
/*
 * What a broker may take in a control group with little memory: the defaults,
 * and never more than they are elsewhere.
 * Fails if taken out: a line of gbx_opts_fit in broker/opts.c.
 */
#include <string.h>

#include <glovebox.h>

#include "base/cgroup.h"
#include "broker/opts.h"
#include "broker/tables.h"
#include "schemas/limits.h"
#include "tests/support/cmocka.h"

#define MIB (1ULL << 20)

/* As they are on a host without such a group, whatever this one has. */
static void
plain(struct gbx_broker_opts *opts)
{
	uint32_t i;

	memset(opts, 0, sizeof(*opts));
	opts->max_shared = 2048 * MIB;
	for (i = 1; i < GBX_LIMIT_COUNT; i++)
		opts->ceiling[i] = gbx_table_ceiling(i);
	opts->ceiling[GBX_LIMIT_MEMORY] = gbx_table_default(GBX_LIMIT_MEMORY);
}

static void
expect(uint64_t group, uint64_t memory, uint64_t output, uint64_t shared)
{
	struct gbx_broker_opts opts, was;

	plain(&was);
	plain(&opts);
	gbx_opts_fit(&opts, group);
	assert_true(opts.ceiling[GBX_LIMIT_MEMORY] == memory);
	assert_true(opts.ceiling[GBX_LIMIT_OUTPUT] == output);
	assert_true(opts.max_shared == shared);
	/* Of a job that names them itself these would be errors. */
	was.ceiling[GBX_LIMIT_MEMORY] = memory;
	was.ceiling[GBX_LIMIT_OUTPUT] = output;
	was.max_shared = shared;
	assert_memory_equal(&opts, &was, sizeof(opts));
}

static void
test_small(void **state)
{
	(void)state;
	expect(60 * MIB, 15 * MIB, 30 * MIB, 60 * MIB);
	expect(256 * MIB, 64 * MIB, 128 * MIB, 256 * MIB);
	/* Nothing works in less: something, so that the options are valid. */
	expect(0, 8 * MIB, 16 * MIB, 32 * MIB);
	expect(1, 8 * MIB, 16 * MIB, 32 * MIB);
}

static void
test_large(void **state)
{
	uint64_t memory = gbx_table_default(GBX_LIMIT_MEMORY);
	uint64_t output = gbx_table_ceiling(GBX_LIMIT_OUTPUT);

	(void)state;
	expect(1024 * MIB, 256 * MIB, output, 1024 * MIB);
	expect(2048 * MIB, memory, output, 2048 * MIB);
	expect(64 * 1024 * MIB, memory, output, 2048 * MIB);
	expect(GBX_CGROUP_NONE, memory, output, 2048 * MIB);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_small),
	    cmocka_unit_test(test_large),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("fit", tests, NULL, NULL);
}
