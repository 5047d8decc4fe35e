/* SPDX-License-Identifier: ISC */
/*
 * The table of libwebp's codes has each of the header's. Side: tests.
 *
 * Fails if taken out: any row of sandboxed_parsers/webp/codes.def.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sandboxed_parsers/webp/codes.h"

static void
test_codes(void **state)
{
	int code;

	(void)state;
	for (code = VP8_STATUS_OK + 1; code <= VP8_STATUS_NOT_ENOUGH_DATA;
	     code++)
		assert_int_not_equal(
		    gbx_means_of_code(gbx_webp_codes, GBX_WEBP_CODES, code),
		    GBX_MEANS_NOTHING);
	assert_int_equal(GBX_WEBP_CODES, VP8_STATUS_NOT_ENOUGH_DATA);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_codes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
