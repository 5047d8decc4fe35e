/* SPDX-License-Identifier: ISC */
/*
 * The table of libjpeg's codes has each error and warning of jerror.h, once,
 * and nothing besides. Side: tests.
 *
 * Fails if taken out: any row of sandboxed_parsers/jpeg/codes.def.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sandboxed_parsers/jpeg/codes.h"

static const char *const names[] = {
#define JMESSAGE(code, text) [code] = #code,
#include <jerror.h>
};

static size_t
rows_of(int code)
{
	size_t i, n = 0;

	for (i = 0; i < GBX_JPEG_CODES; i++)
		n += gbx_jpeg_codes[i].code == code;
	return n;
}

static void
test_all_are_there(void **state)
{
	size_t i, wanted = 0;
	bool told;

	(void)state;
	assert_true(sizeof(names) / sizeof(names[0]) > 100);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		told =
		    names[i] != NULL && (strncmp(names[i], "JERR", 4) == 0 ||
					    strncmp(names[i], "JWRN", 4) == 0);
		if (rows_of((int)i) != told)
			fail_msg("%s", names[i]);
		wanted += told ? 1 : 0;
	}
	assert_int_equal(wanted, GBX_JPEG_CODES);
}

/* Warnings go on, errors don't. */
static void
test_kinds(void **state)
{
	bool warning, goes_on;
	size_t i;

	(void)state;
	for (i = 0; i < GBX_JPEG_CODES; i++) {
		enum gbx_means means = gbx_jpeg_codes[i].means;

		warning = strncmp(gbx_jpeg_codes[i].text, "JWRN", 4) == 0;
		goes_on =
		    means == GBX_MEANS_DAMAGE || means == GBX_MEANS_HARMLESS;
		if (means != GBX_MEANS_DEPENDS && means != GBX_MEANS_NEVER)
			assert_int_equal(warning, goes_on);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_all_are_there),
	    cmocka_unit_test(test_kinds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
