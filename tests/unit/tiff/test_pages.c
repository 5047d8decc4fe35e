/* SPDX-License-Identifier: ISC */
/*
 * The chain of pages: any page, and chains that end, break or run in circles.
 * Side: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sandboxed_parsers/tiff/pages.h"
#include "tests/support/image.h"
#include "tests/support/job.h"
#include "tests/unit/tiff/mktiff.h"

#define OUT_SIZE 65536
#define DIRS	 300

static void
test_pages(void **state)
{
	static const char *const modes[] = {"w", "w8", "wb", "wl8"};
	struct mktiff m = {
	    4, 1, 8, 1, PHOTOMETRIC_MINISBLACK, COMPRESSION_NONE, .pages = 3};
	struct job job;
	size_t size, i;
	uint8_t *data;
	uint32_t p;

	(void)state;
	for (i = 0; i < 4; i++) {
		m.mode = modes[i];
		data = mktiff(&m, &size);
		for (p = 0; p < 4; p++) {
			assert_null(image_ops_fault(data, size, p, OUT_SIZE));
			job_init(&job, GBX_WIRE_OP_DECODE, OUT_SIZE);
			job.task.first = p;
			assert_int_equal(job_run(&job, data, size),
			    p < 3 ? GBX_WIRE_OK : GBX_WIRE_UNSUPPORTED);
			if (p < 3) {
				assert_int_equal(job.sink.total, 3);
				assert_int_equal(job_pixels(&job)[0], p);
			}
			job_free(&job);
		}
		free(data);
	}
}

/* ---- chains by hand ----------------------------------------------------- */

/* Directories of one entry each, 18 bytes, number n at 8 + n * 18. */
static uint8_t chain[8 + DIRS * 18];

static uint32_t
place(uint32_t n)
{
	return 8 + n * 18;
}

static void
put32(uint8_t *to, uint32_t v)
{
	memcpy(to, &v, 4);
}

/* n directories, the last followed by number `back`, or by none. */
static void
make_chain(uint32_t n, int back)
{
	uint32_t i;

	memset(chain, 0, sizeof(chain));
	memcpy(chain, "II*\0", 4);
	put32(chain + 4, place(0));
	for (i = 0; i < n; i++) {
		chain[place(i)] = 1;
		put32(chain + place(i) + 14, place(i + 1));
	}
	put32(chain + place(n - 1) + 14, back < 0 ? 0 : place((uint32_t)back));
}

static struct gbx_tiff_pages
find(size_t size, uint64_t most, uint32_t wanted)
{
	uint8_t *copy = malloc(size ? size : 1);
	struct gbx_tiff_pages pages;

	assert_non_null(copy);
	memcpy(copy, chain, size);
	pages = gbx_tiff_find_pages(copy, size, most, wanted);
	free(copy);
	return pages;
}

static void
test_chains(void **state)
{
	struct gbx_tiff_pages pages;
	uint32_t n, i;

	(void)state;
	for (n = 1; n <= 40; n++) {
		make_chain(n, -1);
		for (i = 0; i < n; i++) {
			pages = find(sizeof(chain), 1000, i);
			assert_int_equal(pages.total, n);
			assert_int_equal(pages.offset, place(i));
			assert_false(pages.broken);
		}
	}
	make_chain(DIRS, -1);
	assert_int_equal(find(sizeof(chain), 1000, 0).total, DIRS);
	assert_int_equal(find(sizeof(chain), 20, 0).total, 21);
}

/* Every circle: of each length, after each number of pages before it. */
static void
test_circles(void **state)
{
	struct gbx_tiff_pages pages;
	uint32_t n;
	int back;

	(void)state;
	for (n = 1; n <= 40; n++)
		for (back = 0; back < (int)n; back++) {
			make_chain(n, back);
			pages = find(sizeof(chain), 1000, 0);
			assert_int_equal(pages.total, n);
			assert_true(pages.broken);
		}
}

static void
test_cut(void **state)
{
	struct gbx_tiff_pages pages;
	size_t size;

	(void)state;
	make_chain(3, -1);
	for (size = 0; size < place(3); size++) {
		pages = find(size, 1000, 0);
		/* the link at its end may be missing */
		assert_int_equal(pages.total, size < 22 ? 0 : (size - 4) / 18);
		if (pages.total == 0 && size >= 8)
			assert_true(pages.broken);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pages),
	    cmocka_unit_test(test_chains),
	    cmocka_unit_test(test_circles),
	    cmocka_unit_test(test_cut),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
