/* SPDX-License-Identifier: ISC */
/*
 * The directory of an archive: members in its order, by their raw names, and
 * what is said of archives that two programs may read in two ways.
 * Side: tests.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/support/cmocka.h"
#include "tests/unit/zip/archive.h"

/* ---- members ------------------------------------------------------------ */

static const char *const names[] = {"mimetype", "b/second", "a/first", "../up",
    "/root", "", "b\\back", "caf\xc3\xa9", "caf\x82", "B/Second"};
#define NAMES (sizeof(names) / sizeof(names[0]))

static void
test_order(void **state)
{
	struct gbx_zip_info info;
	struct mkzip z = {0};
	struct archive a;
	char name[64];
	size_t i;

	(void)state;
	for (i = 0; i < NAMES; i++)
		mkzip_add(&z, names[i], names, i, i % 2 == 0, NULL);
	archive_init(&a);
	assert_int_equal(archive_open(&a, &z, &archive_how), GBX_WIRE_OK);
	assert_int_equal(a.zip.n, NAMES);
	for (i = 0; i < NAMES; i++) {
		assert_true(gbx_zip_info(
		    &a.zip, &a.zip.member[i], name, sizeof(name), &info));
		assert_int_equal(info.n_name, strlen(names[i]));
		assert_memory_equal(name, names[i], info.n_name);
		assert_int_equal(a.zip.member[i].size, i);
		assert_int_equal(
		    a.zip.member[i].method, i % 2 == 0 ? Z_DEFLATED : 0);
		assert_ptr_equal(archive_find(&a, names[i]), &a.zip.member[i]);
	}
	assert_null(archive_find(&a, "a/firs"));
	assert_false(archive_flag(&a, GBX_WIRE_FLAG_AMBIGUOUS));
	archive_close(&a);
}

static void
test_none(void **state)
{
	struct mkzip z = {0};
	struct archive a;

	(void)state;
	archive_init(&a);
	assert_int_equal(archive_open(&a, &z, &archive_how), GBX_WIRE_OK);
	assert_int_equal(a.zip.n, 0);
	assert_null(archive_find(&a, ""));
	archive_close(&a);
	archive_init(&a);
	assert_int_equal(
	    archive_bytes(&a, "", 0, &archive_how), GBX_WIRE_MALFORMED);
	archive_close(&a);
}

/* One of just the longest length is found; a longer one is listed with as much
 * of its name as is asked for. */
static void
test_long_names(void **state)
{
	char longest[GBX_ZIP_NAME_MAX + 1], more[5001], *name;
	struct gbx_zip_info info;
	struct mkzip z = {0};
	struct archive a;

	(void)state;
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	memset(more, 'y', sizeof(more) - 1);
	more[sizeof(more) - 1] = '\0';
	mkzip_text(&z, longest, "a");
	mkzip_text(&z, more, "b");
	archive_init(&a);
	assert_int_equal(archive_open(&a, &z, &archive_how), GBX_WIRE_OK);
	assert_ptr_equal(archive_find(&a, longest), &a.zip.member[0]);
	more[GBX_ZIP_NAME_MAX + 1] = '\0';
	assert_null(archive_find(&a, more));
	assert_true(archive_flag(&a, GBX_WIRE_FLAG_AMBIGUOUS));
	name = malloc(10);
	assert_non_null(name);
	assert_true(gbx_zip_info(&a.zip, &a.zip.member[1], name, 10, &info));
	assert_int_equal(info.n_name, 5000);
	assert_memory_equal(name, "yyyyyyyyyy", 10);
	free(name);
	archive_close(&a);
}

static void
test_same_names(void **state)
{
	struct mkzip z = {0};
	struct archive a;

	(void)state;
	mkzip_text(&z, "other", "0");
	mkzip_text(&z, "same", "1");
	mkzip_text(&z, "same", "2");
	mkzip_text(&z, "same", "3");
	archive_init(&a);
	assert_int_equal(archive_open(&a, &z, &archive_how), GBX_WIRE_OK);
	assert_ptr_equal(archive_find(&a, "same"), &a.zip.member[1]);
	assert_true(archive_flag(&a, GBX_WIRE_FLAG_AMBIGUOUS));
	archive_close(&a);
}

/* A format's own names: "x" marks, "o" is odd, the case does not count. */
static void
namer(const uint8_t salt[GBX_SALT_LEN], const char *raw, size_t n,
    struct gbx_zip_member *m)
{
	(void)salt;
	m->hash = n > 0 ? (uint64_t)(raw[0] | 0x20) : 0;
	m->form = n > 0 && raw[0] == 'o'   ? GBX_ZIP_ODD
		  : n > 0 && raw[0] == 'S' ? GBX_ZIP_OTHER
					   : GBX_ZIP_PLAIN;
	m->marks = n > 0 && raw[0] == 'x';
}

static void
test_own_names(void **state)
{
	const struct gbx_zip_how how = {.name = namer};
	struct mkzip z = {0};
	struct archive a;

	(void)state;
	mkzip_text(&z, "S", "worse form, but first");
	mkzip_text(&z, "o", "odd");
	mkzip_text(&z, "s", "better form");
	mkzip_text(&z, "x", "marked");
	archive_init(&a);
	assert_int_equal(archive_open(&a, &z, &how), GBX_WIRE_OK);
	assert_ptr_equal(gbx_zip_find(&a.zip, 's'), &a.zip.member[2]);
	assert_null(gbx_zip_find(&a.zip, 'o'));
	assert_int_equal(gbx_zip_find(&a.zip, 'x')->marks, 1);
	archive_close(&a);
}

static void
test_encrypted(void **state)
{
	static const uint16_t bits[] = {1 << 0, 1 << 6, 1 << 13};
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		const struct mkzip_odd odd = {.bits = bits[i]};
		struct mkzip z = {0};
		struct archive a;

		mkzip_text(&z, "plain", "x");
		mkzip_add(&z, "secret", "x", 1, false, &odd);
		archive_init(&a);
		assert_int_equal(
		    archive_open(&a, &z, &archive_how), GBX_WIRE_OK);
		assert_true(archive_flag(&a, GBX_WIRE_FLAG_ENCRYPTED));
		archive_close(&a);
	}
}

/* ---- limits ------------------------------------------------------------- */

static void
test_members(void **state)
{
	uint64_t limit;

	(void)state;
	for (limit = 2; limit <= 3; limit++) {
		struct mkzip z = {0};
		struct archive a;

		mkzip_text(&z, "1", "x");
		mkzip_text(&z, "2", "x");
		mkzip_text(&z, "3", "x");
		archive_init(&a);
		a.task.limit[GBX_WIRE_LIMIT_MEMBERS] = limit;
		archive_open(&a, &z, &archive_how);
		assert_int_equal(a.sink.limit,
		    limit == 3 ? GBX_WIRE_LIMIT_NONE : GBX_WIRE_LIMIT_MEMBERS);
		archive_close(&a);
	}
}

/* 65535 in the end record means that many or more: counted as they come. */
static void
test_members_uncounted(void **state)
{
	struct mkzip z = {.say_count = 0xffff};
	struct archive a;
	size_t i;

	(void)state;
	for (i = 0; i < 0xffff + 2; i++)
		mkzip_add(&z, "m", "", 0, false, NULL);
	archive_init(&a);
	a.task.limit[GBX_WIRE_LIMIT_MEMBERS] = 0xffff;
	archive_open(&a, &z, &archive_how);
	assert_int_equal(a.sink.limit, GBX_WIRE_LIMIT_MEMBERS);
	archive_close(&a);
}

/* ---- ambiguity ---------------------------------------------------------- */

struct odd_case {
	const char *what;
	struct mkzip_odd odd;
};

static const struct odd_case odd_cases[] = {
    {"a gap", {.gap = "x"}},
    {"another local name", {.local_name = "X"}},
    {"another name in UTF-8", {.utf8_name = "y"}},
    {"another local method", {.local_method = 8}},
    {"another local size", {.local_size = 1}},
    {"other local bits", {.local_bits = 2}},
    {"a descriptor that is not there", {.bits = 8, .no_descriptor = true}},
    {"two entries for one member", {.again = true}},
};

/* What the check sees, and only where it is asked for. */
static void
test_check(void **state)
{
	static const struct gbx_zip_how unchecked = {.check = false};
	size_t i, checked;

	(void)state;
	for (i = 0; i < 2 * sizeof(odd_cases) / sizeof(odd_cases[0]); i++) {
		const struct odd_case *c = &odd_cases[i / 2];
		struct mkzip z = {0};
		struct archive a;

		checked = i % 2;
		mkzip_add(&z, "x", "content", 7, false, &c->odd);
		archive_init(&a);
		archive_open(&a, &z, checked ? &archive_how : &unchecked);
		/* The same name twice is seen without it. */
		if (archive_flag(&a, GBX_WIRE_FLAG_AMBIGUOUS) !=
		    (checked || c->odd.again))
			fail_msg("%s, checked %zu", c->what, checked);
		archive_close(&a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_none),
	    cmocka_unit_test(test_long_names),
	    cmocka_unit_test(test_same_names),
	    cmocka_unit_test(test_own_names),
	    cmocka_unit_test(test_encrypted),
	    cmocka_unit_test(test_members),
	    cmocka_unit_test(test_members_uncounted),
	    cmocka_unit_test(test_check),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
