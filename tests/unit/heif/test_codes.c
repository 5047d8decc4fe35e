/* SPDX-License-Identifier: ISC */
/*
 * The table of libheif's errors has each of the header's. Side: tests.
 *
 * Fails if taken out: any row of sandboxed_parsers/heif/codes.def.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sandboxed_parsers/heif/codes.h"

static void
test_codes(void **state)
{
	int code;

	(void)state;
	for (code = heif_error_Input_does_not_exist;
	     code <= heif_error_Plugin_loading_error; code++)
		assert_int_not_equal(
		    gbx_means_of_code(gbx_heif_codes, GBX_HEIF_CODES, code),
		    GBX_MEANS_NOTHING);
	assert_int_equal(GBX_HEIF_CODES, heif_error_Plugin_loading_error + 12);
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
