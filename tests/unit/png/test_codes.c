/* SPDX-License-Identifier: ISC */
/*
 * The table of libpng's messages has each that speaks of what the library
 * does not read, or of memory, and nothing that it does not say. Side: tests.
 *
 * Fails if taken out: any row of sandboxed_parsers/png/codes.def.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sandboxed_parsers/png/codes.h"
#include "tests/support/messages.h"

static const char *const libraries[] = {"libpng16", NULL};
static const char *const words[] = {"upported by", "t support", "unsupport",
    "mplement", "handled", "nknown", "emory", "llocat", "user limit",
    "out-of-range samples for", "with alpha channel", "ignored in gray",
    "Extra compressed", NULL};
static const struct messages messages = {
    libraries, gbx_png_codes, GBX_PNG_CODES, words};

static void
test_said(void **state)
{
	(void)state;
	messages_are_said(&messages);
}

static void
test_told(void **state)
{
	(void)state;
	messages_are_told(&messages, 40);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_said),
	    cmocka_unit_test(test_told),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
