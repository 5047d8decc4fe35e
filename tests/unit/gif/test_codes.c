/* SPDX-License-Identifier: ISC */
/*
 * The table of giflib's errors has each of the header's. Side: tests.
 *
 * Fails if taken out: any row of sandboxed_parsers/gif/codes.def.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sandboxed_parsers/gif/codes.h"

static void
test_codes(void **state)
{
	int code;

	(void)state;
	assert_int_equal(
	    GBX_GIF_CODES, D_GIF_ERR_EOF_TOO_SOON - D_GIF_ERR_OPEN_FAILED + 1);
	for (code = D_GIF_ERR_OPEN_FAILED; code <= D_GIF_ERR_EOF_TOO_SOON;
	     code++)
		assert_int_not_equal(
		    gbx_means_of_code(gbx_gif_codes, GBX_GIF_CODES, code),
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
