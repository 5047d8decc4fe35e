/* SPDX-License-Identifier: ISC */
/*
 * Output files are whole or not there; PNGs hold the very pixels.
 * Side: tests. libpng reads back what it wrote.
 */
#include <dirent.h>
#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cmd/output.h"
#include "cmd/png_write.h"

/* ---- files --------------------------------------------------------------- */

static char folder[] = "/tmp/gbx-output-XXXXXX";

static int
enter_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int
leave_folder(void **state)
{
	(void)state;
	return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static size_t
count_files(void)
{
	DIR *d = opendir(".");
	struct dirent *e;
	size_t n = 0;

	assert_non_null(d);
	while ((e = readdir(d)))
		n +=
		    strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	closedir(d);
	return n;
}

static void
expect_file(const char *path, const char *want)
{
	char got[64] = "";
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	(void)!fread(got, 1, sizeof(got) - 1, f);
	fclose(f);
	assert_string_equal(got, want);
}

static void
make_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void
test_nothing_is_seen_before_the_commit(void **state)
{
	struct gbx_cmd_output out;

	(void)state;
	make_file("o", "old");
	assert_int_equal(gbx_cmd_output_open("o", &out), 0);
	fputs("new", out.f);
	fflush(out.f);
	expect_file("o", "old");
	assert_int_equal(gbx_cmd_output_commit(&out), 0);
	expect_file("o", "new");
	assert_int_equal(count_files(), 1);
	unlink("o");
}

static void
test_abort_leaves_all_as_it_was(void **state)
{
	struct gbx_cmd_output out;

	(void)state;
	make_file("o", "old");
	assert_int_equal(gbx_cmd_output_open("./o", &out), 0);
	fputs("new", out.f);
	gbx_cmd_output_abort(&out);
	expect_file("o", "old");
	assert_int_equal(gbx_cmd_output_open("p", &out), 0);
	gbx_cmd_output_abort(&out);
	assert_int_equal(count_files(), 1);
	unlink("o");
}

/* A filesystem that is full, played by the limit of a file's size. */
static void
test_a_failed_write_is_told_and_undone(void **state)
{
	struct rlimit old, small;
	struct gbx_cmd_output out;
	char block[8192] = {0};

	(void)state;
	make_file("o", "old");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 10000;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(gbx_cmd_output_open("o", &out), 0);
	/* The last of it is only written by the commit. */
	fwrite(block, 1, sizeof(block), out.f);
	fwrite(block, 1, 3000, out.f);
	assert_int_equal(gbx_cmd_output_commit(&out), EFBIG);
	setrlimit(RLIMIT_FSIZE, &old);
	expect_file("o", "old");
	assert_int_equal(count_files(), 1);
	unlink("o");
}

static void
test_links_are_written_through(void **state)
{
	struct gbx_cmd_output out;
	struct stat st;

	(void)state;
	assert_int_equal(symlink("target", "link"), 0);
	assert_int_equal(gbx_cmd_output_open("link", &out), 0);
	fputs("new", out.f);
	assert_int_equal(gbx_cmd_output_commit(&out), 0);
	expect_file("target", "new");
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(count_files(), 2);
	unlink("link");
	unlink("target");
}

static void
test_what_cannot_be_opened(void **state)
{
	struct gbx_cmd_output out;

	(void)state;
	assert_int_equal(gbx_cmd_output_open("none/o", &out), ENOENT);
	assert_int_equal(gbx_cmd_output_open(".", &out), EISDIR);
	assert_int_equal(gbx_cmd_output_open("/", &out), EISDIR);
	assert_int_equal(gbx_cmd_output_open("", &out), ENOENT);
	assert_int_equal(gbx_cmd_output_open("none/", &out), ENOENT);
	assert_int_equal(count_files(), 0);
}

static void
test_a_device_is_written_and_stays(void **state)
{
	struct gbx_cmd_output out;
	struct stat st;

	(void)state;
	assert_int_equal(gbx_cmd_output_open("/dev/full", &out), 0);
	fputs("x", out.f);
	assert_int_equal(gbx_cmd_output_commit(&out), ENOSPC);
	assert_int_equal(stat("/dev/full", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
}

/* ---- PNG ----------------------------------------------------------------- */

static uint8_t *
make_pixels(uint32_t w, uint32_t h, size_t stride, bool opaque)
{
	uint8_t *p = calloc(h, stride);

	assert_non_null(p);
	for (uint32_t y = 0; y < h; y++)
		for (size_t i = 0; i < (size_t)w * 4; i++)
			p[y * stride + i] =
			    opaque && i % 4 == 3
				? 0xff
				: (uint8_t)(i * 37 + y * 11 + i * y);
	return p;
}

static void
round_trip(uint32_t w, uint32_t h, size_t pad, bool opaque)
{
	size_t stride = (size_t)w * 4 + pad, length;
	uint8_t *p = make_pixels(w, h, stride, opaque), *back;
	struct gbx_block block = {.size = sizeof(block),
	    .kind = GBX_BLOCK_PIXELS,
	    .data = p,
	    .length = stride * h,
	    .width = w,
	    .height = h,
	    .stride = stride,
	    .layout = GBX_LAYOUT_RGBA8};
	png_image image = {.version = PNG_IMAGE_VERSION};
	char *png = NULL;
	FILE *f = open_memstream(&png, &length);

	assert_int_equal(gbx_cmd_png_write(f, &block), 0);
	fclose(f);
	assert_true(png_image_begin_read_from_memory(&image, png, length));
	assert_int_equal(image.width, w);
	assert_int_equal(image.height, h);
	assert_int_equal(
	    image.format, opaque ? PNG_FORMAT_RGB : PNG_FORMAT_RGBA);
	image.format = PNG_FORMAT_RGBA;
	back = malloc((size_t)w * h * 4);
	assert_true(png_image_finish_read(&image, NULL, back, 0, NULL));
	for (uint32_t y = 0; y < h; y++)
		assert_memory_equal(
		    back + (size_t)y * w * 4, p + y * stride, (size_t)w * 4);
	free(back);
	free(png);
	free(p);
}

static void
test_pngs_hold_the_pixels(void **state)
{
	(void)state;
	round_trip(1, 1, 0, false);
	round_trip(1, 1, 0, true);
	round_trip(17, 9, 0, false);
	round_trip(17, 9, 12, true);
	round_trip(17, 9, 60, false);
	round_trip(1, 3000, 0, false);
	round_trip(3000, 1000, 0, true); /* the faster level */
}

/* A million is libpng's own limit, not ours. */
static void
test_a_wide_png(void **state)
{
	size_t w = 1000001, length;
	uint8_t *p = make_pixels((uint32_t)w, 1, w * 4, true);
	struct gbx_block block = {.size = sizeof(block),
	    .data = p,
	    .width = (uint32_t)w,
	    .height = 1,
	    .stride = w * 4};
	char *png = NULL;
	FILE *f = open_memstream(&png, &length);

	(void)state;
	assert_int_equal(gbx_cmd_png_write(f, &block), 0);
	fclose(f);
	assert_memory_equal(png + 16, "\x00\x0f\x42\x41\x00\x00\x00\x01", 8);
	free(png);
	free(p);
}

static void
test_a_png_that_finds_no_room(void **state)
{
	uint8_t *p = make_pixels(200, 200, 800, false);
	struct gbx_block block = {.size = sizeof(block),
	    .data = p,
	    .width = 200,
	    .height = 200,
	    .stride = 800};
	FILE *f = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(f);
	setvbuf(f, NULL, _IONBF, 0);
	assert_int_equal(gbx_cmd_png_write(f, &block), ENOSPC);
	fclose(f);
	free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_nothing_is_seen_before_the_commit),
	    cmocka_unit_test(test_abort_leaves_all_as_it_was),
	    cmocka_unit_test(test_a_failed_write_is_told_and_undone),
	    cmocka_unit_test(test_links_are_written_through),
	    cmocka_unit_test(test_what_cannot_be_opened),
	    cmocka_unit_test(test_a_device_is_written_and_stays),
	    cmocka_unit_test(test_pngs_hold_the_pixels),
	    cmocka_unit_test(test_a_wide_png),
	    cmocka_unit_test(test_a_png_that_finds_no_room),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
