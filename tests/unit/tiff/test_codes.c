/* SPDX-License-Identifier: ISC */
/*
 * Each text of the table is one that a library of this worker says: a library
 * that words it anew is noticed here. Side: tests.
 *
 * Fails if taken out: any row of sandboxed_parsers/tiff/codes.def.
 */
#include <link.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sandboxed_parsers/tiff/codes.h"

/* In the memory that a library is loaded to, which holds its messages. */
static int
look(struct dl_phdr_info *info, size_t size, void *text)
{
	const char *name = info->dlpi_name;
	int i;

	(void)size;
	if (strstr(name, "libtiff") == NULL && strstr(name, "libjpeg") == NULL)
		return 0;
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];

		if (p->p_type == PT_LOAD && (p->p_flags & PF_R) != 0 &&
		    memmem((const void *)(info->dlpi_addr + p->p_vaddr),
			p->p_memsz, text, strlen(text)) != NULL)
			return 1;
	}
	return 0;
}

static void
test_texts(void **state)
{
	char text[128];
	size_t i;

	(void)state;
	for (i = 0; i < GBX_TIFF_CODES; i++) {
		snprintf(text, sizeof(text), "%s", gbx_tiff_codes[i].text);
		if (dl_iterate_phdr(look, text) != 1)
			fail_msg("no library says %s", text);
	}
	/* Each of them decides a verdict: count them when one goes or comes. */
	assert_int_equal(GBX_TIFF_CODES, 23);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_texts),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
