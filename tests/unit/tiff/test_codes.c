/* SPDX-License-Identifier: ISC */
/*
 * The table of libtiff's messages has each that speaks of what the library
 * does not read, or of memory, and nothing that it does not say. Side: tests.
 *
 * Fails if taken out: any row of sandboxed_parsers/tiff/codes.def.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sandboxed_parsers/tiff/codes.h"
#include "tests/support/messages.h"

static const char *const libraries[] = {"libtiff", "libjpeg", NULL};
static const char *const words[] = {"upport", "mplement", "orry,", "n't handle",
    "can not handle", "annot handle", "Unhandled", "not configured",
    "Unknown m", "Unknown W", "unknown t", "emory", "allocat", "byte limit",
    "compile time", "implementation", "Old-style LZW", "LZWDecode: Strip",
    "old-style JPEG", "Subsampling ", "exceeds expected dimensions",
    "progressive mode", "8-bit colormap", "Adobe color transform",
    "JFIF revision", "SOS parameters", "JPEG data precision", "only for",
    "only supports", "put\" routine", "requires 8 bit", "requires data",
    "LogLuv compression", "Too long string", "Sanity check", NULL};
static const struct messages messages = {
    libraries, gbx_tiff_codes, GBX_TIFF_CODES, words};

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
	messages_are_told(&messages, 100);
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
