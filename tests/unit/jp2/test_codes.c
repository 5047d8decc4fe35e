/* SPDX-License-Identifier: ISC */
/*
 * The table of OpenJPEG's messages has each that speaks of what the library
 * does not read, or of memory, and nothing that it does not say. Side: tests.
 *
 * Fails if taken out: any row of sandboxed_parsers/jp2/codes.def.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sandboxed_parsers/jp2/codes.h"
#include "tests/support/messages.h"

static const char *const libraries[] = {"libopenjp2", NULL};
static const char *const words[] = {"upport", "take in charge", "imitation",
    "memory", "llocat", "OOM", "system limit", "not enough to", "mplement",
    "higher than", "SOP marker", "not end with", NULL};
static const struct messages messages = {
    libraries, gbx_jp2_codes, GBX_JP2_CODES, words};

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
	messages_are_told(&messages, 60);
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
