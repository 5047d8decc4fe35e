/* SPDX-License-Identifier: ISC */
/*
 * The table of libavif's results has each of the header's. Side: tests.
 *
 * Fails if taken out: any row of sandboxed_parsers/avif/codes.def.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sandboxed_parsers/avif/codes.h"

static void
test_codes(void **state)
{
	int code;

	(void)state;
	for (code = AVIF_RESULT_UNKNOWN_ERROR;
	     code <= AVIF_RESULT_INCOMPATIBLE_IMAGE; code++)
		assert_int_not_equal(
		    gbx_means_of_code(gbx_avif_codes, GBX_AVIF_CODES, code),
		    GBX_MEANS_NOTHING);
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
