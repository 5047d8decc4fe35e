/* SPDX-License-Identifier: ISC */
/*
 * Names and tables as callers see them: all that the .def files say, and
 * nothing past their ends. Fails if taken out: a bound of broker/tables.c.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <glovebox.h>

#include "broker/tables.h"
#include "broker/types.h"
#include "ipc/control.h"
#include "schemas/formats.h"
#include "schemas/limits.h"
#include "tests/support/cmocka.h"

/* Lower-case words, each another, then "unknown". */
static void
check_names(const char *(*name_of)(int), int n)
{
	const char *name;
	int i, k;

	for (i = 0; i < n; i++) {
		name = name_of(i);
		assert_non_null(name);
		assert_int_equal(
		    strspn(name, "abcdefghijklmnopqrstuvwxyz_"), strlen(name));
		for (k = 0; k < i; k++)
			assert_string_not_equal(name, name_of(k));
		assert_string_not_equal(name, "unknown");
	}
	assert_string_equal(name_of(n), "unknown");
	assert_string_equal(name_of(-1000), "unknown");
}

/* An errno that has a meaning of its own at a start has words; no other. */
static void
test_start_errors(void **state)
{
	static const int known[] = {EPERM, ELIBBAD, EBADMSG, ELIBACC, EFBIG,
	    ENOMEM, ECHILD, ECONNRESET, EPIPE};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		assert_non_null(gbx_start_error(known[i]));
	assert_string_equal(
	    gbx_start_error(ECHILD), gbx_start_error(ECONNRESET));
	assert_string_not_equal(
	    gbx_start_error(ELIBBAD), gbx_start_error(EBADMSG));
	assert_null(gbx_start_error(EMFILE));
	assert_null(gbx_start_error(0));
	assert_null(gbx_start_error(-EPERM));
}

struct type_row {
	const char *type, *format;
};

/* clang-format off */
static const struct type_row types[] = {
	{"png", "png"}, {"PNG", "png"}, {"image/png", "png"},
	{"Image/X-PNG", "png"}, {" image/png\t", "png"},
	{"image/png;charset=binary", "png"},
	{"image/png ; name=\"a/b.docx\"", "png"}, {"image/apng", "png"},
	{"jpg", "jpeg"}, {".JPG", "jpeg"}, {"jpeg", "jpeg"}, {"jpe", "jpeg"},
	{"image/jpg", "jpeg"}, {"image/pjpeg", "jpeg"},
	{"image/heic", "heif"}, {"image/heif", "heif"}, {"heic", "heif"},
	{"image/heif-sequence", "heif"}, {"image/avif", "avif"},
	{"image/x-icon", "ico"}, {"image/vnd.microsoft.icon", "ico"},
	{"image/x-ms-bmp", "bmp"}, {"image/x-MS-bmp", "bmp"}, {".dib", "bmp"},
	{"image/x-tga", "tga"}, {"image/x-jp2-codestream", "jp2"},
	{"image/x-portable-anymap", "pnm"}, {"image/x-portable-bitmap", "pnm"},
	{"image/x-portable-graymap", "pnm"}, {"image/x-portable-pixmap", "pnm"},
	{"application/vnd.ms-word.document.macroEnabled.12", "docx"},
	{"application/vnd.ms-word.document.macroenabled.12; charset=UTF-8",
	    "docx"},
	{"application/vnd.openxmlformats-officedocument.presentationml"
	 ".slideshow", "pptx"},
	{"application/vnd.ms-powerpoint.slideshow.macroEnabled.12", "pptx"},
	{"docm", "docx"}, {"ppsx", "pptx"}, {"potm", "pptx"}, {"dotx", "docx"},
	/* nothing that is read, or no type */
	{"", NULL}, {".", NULL}, {";", NULL}, {" ", NULL}, {"/", NULL},
	{"image/", NULL}, {"image/pn", NULL}, {"image/pngx", NULL},
	{"image/png/x", NULL}, {"pn", NULL}, {"..png", NULL}, {"png.", NULL},
	{"image/svg+xml", NULL}, {"svg", NULL}, {"ooxml", NULL},
	{"application/zip", "zip"}, {"application/octet-stream", NULL},
	{"image / png", NULL}, {"\xa0image/png", NULL},
	/* ours alone */
	{"pixels", NULL}, {"gbxpix", NULL},
	{"application/x-glovebox-pixels", NULL},
};
/* clang-format on */

static void
test_types(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		const char *got = gbx_type_format(types[i].type);

		if (got != types[i].format &&
		    (!got || !types[i].format ||
			strcmp(got, types[i].format) != 0))
			fail_msg("%s is %s", types[i].type, got ? got : "none");
	}
	assert_null(gbx_type_format(NULL));
}

/* What each format calls itself is its own, and no other's. */
static void
test_own_types(void **state)
{
	struct gbx_format_info f = {.size = sizeof(f)};
	size_t i;

	(void)state;
	for (i = 0; gbx_format_info(i, &f) == GBX_OK; i++) {
		const char *want = f.ops == 1u << GBX_OP_ENCODE ? NULL : f.name;

		if (!want) {
			assert_null(gbx_type_format(f.name));
			continue;
		}
		assert_string_equal(gbx_type_format(f.name), want);
		assert_string_equal(gbx_type_format(f.media_type), want);
		assert_string_equal(gbx_type_format(f.suffix), want);
	}
	assert_int_equal(i, GBX_FORMAT_COUNT - 1);
}

static const char *
verdict_name(int i)
{
	return gbx_verdict_name((enum gbx_verdict)i);
}

static const char *
err_name(int i)
{
	return gbx_err_name((enum gbx_err) - i);
}

static const char *
limit_name(int i)
{
	return gbx_limit_name((enum gbx_limit)i);
}

static void
test_names(void **state)
{
	int i;

	(void)state;
	check_names(verdict_name, GBX_VERDICT_ERROR + 1);
	check_names(err_name, -(int)GBX_ERR_NOTFOUND + 1);
	check_names(limit_name, GBX_LIMIT_COUNT);
	assert_string_equal(gbx_limit_name(GBX_LIMIT_NONE), "none");
	assert_string_equal(gbx_verdict_name(GBX_VERDICT_OK), "ok");
	assert_string_equal(
	    gbx_verdict_name(GBX_VERDICT_BAD_REPLY), "bad_reply");
	for (i = 0; i < GBX_LAYER_COUNT; i++)
		assert_non_null(gbx_posture_name(1u << i));
	assert_string_equal(gbx_posture_name(GBX_POSTURE_STRICT), "strict");
	assert_string_equal(gbx_posture_name(GBX_POSTURE_BATCH), "batch");
	assert_null(gbx_posture_name(1u << GBX_LAYER_COUNT));
	assert_null(gbx_posture_name(0));
	assert_null(gbx_posture_name(3)); /* two at once */
}

static void
test_limits(void **state)
{
	struct gbx_limit_info info = {.size = sizeof(info)};
	struct gbx_limit_info small = {.size = sizeof(info) - 1};
	uint32_t i;

	(void)state;
	for (i = 1; i < GBX_LIMIT_COUNT; i++) {
		assert_int_equal(
		    gbx_limit_info((enum gbx_limit)i, &info), GBX_OK);
		assert_string_equal(
		    info.name, gbx_limit_name((enum gbx_limit)i));
		assert_non_null(info.unit);
		assert_non_null(info.text);
		assert_true(info.standard > 0);
		assert_true(info.standard <= info.ceiling);
		assert_true(gbx_table_default(i) == info.standard);
		assert_true(gbx_table_ceiling(i) == info.ceiling);
	}
	assert_int_equal(
	    gbx_limit_info(GBX_LIMIT_NONE, &info), GBX_ERR_NOTFOUND);
	assert_int_equal(
	    gbx_limit_info((enum gbx_limit)i, &info), GBX_ERR_NOTFOUND);
	assert_int_equal(gbx_limit_info(GBX_LIMIT_CPU, NULL), GBX_ERR_ARG);
	assert_int_equal(gbx_limit_info(GBX_LIMIT_CPU, &small), GBX_ERR_ARG);
}

static void
test_formats(void **state)
{
	struct gbx_format_info info = {.size = sizeof(info)};
	struct gbx_format_info small = {.size = 0};
	uint32_t number;
	char upper[128];
	size_t i, k;

	(void)state;
	for (i = 0; gbx_format_info(i, &info) == GBX_OK; i++) {
		number = gbx_table_declared(info.name);
		assert_int_equal(number, i + 1);
		assert_int_equal(gbx_table_declared(info.media_type), number);
		for (k = 0; info.media_type[k] != '\0'; k++)
			upper[k] = (char)(info.media_type[k] >= 'a' &&
						  info.media_type[k] <= 'z'
					      ? info.media_type[k] - 32
					      : info.media_type[k]);
		upper[k] = '\0';
		assert_int_equal(gbx_table_declared(upper), number);
		assert_string_equal(gbx_table_format_name(number), info.name);
		assert_string_equal(
		    gbx_table_worker_name(gbx_table_format_worker(number)),
		    info.worker);
		k = gbx_table_worker_ops(gbx_table_format_worker(number));
		assert_int_equal(k & info.ops, info.ops);
	}
	assert_int_equal(i, GBX_FORMAT_COUNT - 1);
	assert_int_equal(gbx_format_info(i, &info), GBX_ERR_NOTFOUND);
	assert_int_equal(gbx_format_info(0, NULL), GBX_ERR_ARG);
	assert_int_equal(gbx_format_info(0, &small), GBX_ERR_ARG);
	assert_int_equal(gbx_table_declared("image/x-none"), 0);
	assert_int_equal(gbx_table_declared(""), 0);
	assert_null(gbx_table_format_name(0));
	assert_null(gbx_table_format_name(GBX_FORMAT_COUNT));
	assert_null(gbx_table_worker_name(GBX_WORKER_COUNT));
	assert_int_equal(gbx_table_format_worker(GBX_FORMAT_COUNT), 0);
	assert_int_equal(gbx_table_worker_ops(GBX_WORKER_COUNT), 0);
}

static void
test_sniff(void **state)
{
	static const char png[] = "\x89PNG\r\n\x1a\n", zip[] = "PK\x03\x04";
	size_t n;

	(void)state;
	for (n = 0; n <= 8; n++)
		if (n < 8)
			assert_null(gbx_sniff(png, n));
		else
			assert_string_equal(gbx_sniff(png, n), "png");
	assert_null(gbx_sniff(zip, 3));
	assert_string_equal(gbx_sniff(zip, 4), "ooxml");
	assert_null(gbx_sniff("PK\x05\x06", 4));
	assert_null(gbx_sniff(NULL, 0));
	assert_null(gbx_sniff(NULL, 100));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_types),
	    cmocka_unit_test(test_own_types),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_start_errors),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_formats),
	    cmocka_unit_test(test_sniff),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
