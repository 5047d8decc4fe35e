/* SPDX-License-Identifier: ISC */
/*
 * In a batch, what an input that failed half-way had drawn already is no part
 * of the next one's result: not in it, and not in the gap behind it.
 * Side: caller. Fails if taken out: the memset in run_item (runtime/worker.c);
 * the gate then refuses the batch for its gaps, and each input runs alone.
 */
#include <stdlib.h>
#include <string.h>

#include <glovebox.h>

#include "tests/support/cmocka.h"
#include "tests/support/host.h"
#include "tests/support/picture.h"

#define CUT_SIDE 100 /* libpng takes in 8 KiB at a time */
#define SIDE	 3   /* 36 bytes, and 28 to the next place */

static struct gbx_broker *
open_narrow(void)
{
	struct gbx_broker *broker = NULL;
	struct gbx_broker_opts opts;

	host_opts(&opts);
	opts.max_in_flight =
	    1; /* so that the others wait, and travel together */
	assert_int_equal(host_open_with(&opts, &broker), GBX_OK);
	return broker;
}

static void
submit(struct gbx_broker *broker, const uint8_t *png, size_t size,
    uintptr_t number)
{
	struct gbx_input input;
	struct gbx_job job;

	gbx_input_init(&input);
	input.data = png;
	input.length = size;
	gbx_job_init(&job, GBX_OP_DECODE);
	job.domain = "one mail";
	job.cookie = (void *)number;
	assert_int_equal(gbx_submit(broker, &input, &job, NULL), GBX_OK);
}

static void
check_picture(const struct gbx_result *r, uint32_t seed)
{
	struct gbx_block b = {.size = sizeof(b)};

	assert_int_equal(gbx_result_verdict(r), GBX_VERDICT_OK);
	assert_true(gbx_result_posture(r) & GBX_POSTURE_BATCH);
	assert_int_equal(gbx_result_block(r, 0, &b), GBX_OK);
	assert_true(test_pixels(b.data, b.stride, b.width, b.height, seed));
}

static void
test_cut(void **state)
{
	struct gbx_broker *broker = open_narrow();
	uint8_t *cut, *small[2];
	size_t cut_size, size[2];
	struct gbx_result *r;
	uintptr_t number;
	int i;

	(void)state;
	cut = test_picture(CUT_SIDE, CUT_SIDE, 1, &cut_size);
	small[0] = test_picture(SIDE, SIDE, 2, &size[0]);
	small[1] = test_picture(SIDE, SIDE, 3, &size[1]);
	/* Enough to be drawn in part, and still to travel in a batch. */
	assert_in_range(cut_size, 20000, 60000);
	assert_true(cut != NULL && small[0] != NULL && small[1] != NULL);
	assert_true(host_submit(broker, HOST_LARGE, NULL));
	submit(broker, cut, cut_size * 2 / 3, 1);
	submit(broker, small[0], size[0], 2);
	submit(broker, small[1], size[1], 3);
	for (i = 0; i < 4; i++) {
		assert_int_equal(gbx_collect(broker, -1, &r), GBX_OK);
		number = (uintptr_t)gbx_result_cookie(r);
		if (number == 1)
			assert_int_equal(
			    gbx_result_verdict(r), GBX_VERDICT_MALFORMED);
		else if (number > 1)
			check_picture(r, (uint32_t)number);
		gbx_result_free(r);
	}
	gbx_broker_close(broker);
	free(cut);
	free(small[0]);
	free(small[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cut),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, host_set_up, host_nothing_left) !=
	       0;
}
