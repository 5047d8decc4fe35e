/* SPDX-License-Identifier: ISC */
/*
 * PNG, through libpng.
 * Side: hostile. libpng sees a byte range and our callbacks: no stdio, no
 * abort, no text chunks, no ICC profiles (chunks.c). Pixels come out as
 * straight 8-bit RGBA as stored: no gamma, no colour management.
 *
 * A truncated or corrupt image is MALFORMED; damage that libpng steps over
 * (a wrong CRC of a chunk that we don't need, a palette index out of range)
 * makes the result `degraded`.
 */
#include <png.h>
#include <setjmp.h>
#include <string.h>

#include "sandboxed_parsers/png/chunks.h"
#include "sandboxed_parsers/png/png.h"

struct reader {
	png_structp png;
	png_infop info;
	const uint8_t *data;
	size_t size, pos;
	size_t row_bytes; /* of a row of the file, not packed */
	bool at_end;	  /* the last row is being read */
	size_t room;	  /* bytes that may be read for it */
	struct gbx_sink *sink;
};

/* libpng unpacks what stands behind the last row to its end, to say that it is
 * too much: a thousand bytes for each byte of the file, which no limit of the
 * sink's sees (png_read_IDAT_data in pngrutil.c). So much of it may be read; as
 * much, and four times the row for one that is badly packed in small chunks. */
#define SURPLUS	     16384
#define BADLY_PACKED 4

/* ---- callbacks ---------------------------------------------------------- */

static void
on_read(png_structp png, png_bytep buf, size_t length)
{
	struct reader *r = png_get_io_ptr(png);

	if (length > r->size - r->pos)
		png_error(png, "truncated");
	if (r->at_end) {
		if (length > r->room) {
			gbx_sink_limit(r->sink, GBX_WIRE_LIMIT_RATIO);
			png_error(png, "too much image data");
		}
		r->room -= length;
	}
	memcpy(buf, r->data + r->pos, length);
	r->pos += length;
}

static _Noreturn void
on_error(png_structp png, png_const_charp text)
{
	(void)text;
	png_longjmp(png, 1);
}

static void
on_warning(png_structp png, png_const_charp text)
{
	struct reader *r = png_get_error_ptr(png);

	(void)text;
	gbx_sink_degraded(r->sink);
}

/* ---- opening ------------------------------------------------------------ */

/* libpng's own limits would call a large image malformed: the sink's limits
 * have names. Nothing of a chunk is stored that is not of fixed size, so the
 * limits on chunks go too: large chunks are only run through the CRC. */
static void
set_policy(struct reader *r)
{
	png_set_user_limits(r->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
	png_set_chunk_malloc_max(r->png, 0);
	png_set_benign_errors(r->png, 1);
	/* All but IHDR, PLTE, tRNS, IDAT and IEND (png.h). */
	png_set_keep_unknown_chunks(r->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
}

static bool
reader_open(
    struct reader *r, const struct gbx_task *task, struct gbx_sink *sink)
{
	*r = (struct reader){
	    .data = task->data, .size = task->size, .sink = sink};
	r->png = png_create_read_struct(
	    PNG_LIBPNG_VER_STRING, r, on_error, on_warning);
	if (r->png == NULL)
		return false;
	r->info = png_create_info_struct(r->png);
	if (r->info == NULL)
		return false;
	png_set_read_fn(r->png, r, on_read);
	return true;
}

static void
reader_close(struct reader *r)
{
	if (r->png != NULL)
		png_destroy_read_struct(&r->png, &r->info, NULL);
}

/* ---- pixels ------------------------------------------------------------- */

/* Everything becomes RGBA, 8 bits. png_set_scale_16 is exactly
 * (v * 255 + 32767) / 65535; tests/unit/png holds it to that. */
static void
set_transforms(struct reader *r)
{
	png_set_expand(r->png);
	png_set_scale_16(r->png);
	png_set_gray_to_rgb(r->png);
	png_set_add_alpha(r->png, 0xff, PNG_FILLER_AFTER);
}

/* Before the row with which the image data end: that many are still to come. */
static void
expect_end(struct reader *r, uint32_t rows)
{
	if (r->at_end)
		return;
	r->at_end = true;
	r->room = SURPLUS + BADLY_PACKED * rows * r->row_bytes;
}

static bool
read_rows(struct reader *r, uint32_t height)
{
	uint32_t y;

	for (y = 0; y < height; y++) {
		uint8_t *row = gbx_sink_row(r->sink, y);

		if (row == NULL)
			return false;
		if (y == height - 1)
			expect_end(r, 1);
		png_read_row(r->png, row, NULL);
		if (!gbx_sink_row_done(r->sink, y))
			return false;
	}
	return true;
}

/* Adam7: each pass fills in its pixels of the rows. */
static bool
read_passes(struct reader *r, uint32_t height, int passes)
{
	size_t stride;
	uint8_t *canvas = gbx_sink_canvas(r->sink, &stride);
	uint32_t y;

	if (canvas == NULL)
		return false;
	/* The last pass has every other row; a low image ends in an earlier. */
	for (; passes > 0; passes--)
		for (y = 0; y < height; y++) {
			if (height <= 8)
				expect_end(r, height);
			else if (passes == 1 && y >= height - 2)
				expect_end(r, 2);
			png_read_row(r->png, canvas + y * stride, NULL);
		}
	return gbx_sink_canvas_done(r->sink);
}

static bool
read_pixels(struct reader *r, uint32_t width, uint32_t height)
{
	int passes;
	bool good;

	r->row_bytes = png_get_rowbytes(r->png, r->info);
	set_transforms(r);
	passes = png_set_interlace_handling(r->png);
	png_read_update_info(r->png, r->info);
	if (png_get_rowbytes(r->png, r->info) != (size_t)width * 4)
		return false;
	good =
	    passes > 1 ? read_passes(r, height, passes) : read_rows(r, height);
	if (!good)
		return false;
	r->at_end = false;
	png_read_end(r->png, NULL);
	return gbx_sink_image_end(r->sink);
}

/* The header first, and its limits, before anything of the image's size. */
static enum gbx_wire_status
read_image(struct reader *r)
{
	struct gbx_png_extras x;
	uint32_t width, height;

	set_policy(r);
	png_read_info(r->png, r->info);
	width = png_get_image_width(r->png, r->info);
	height = png_get_image_height(r->png, r->info);
	x = gbx_png_extras(r->data, r->pos);
	if (!gbx_sink_total(r->sink, x.frames) ||
	    !gbx_sink_image_begin(r->sink, width, height, x.orientation))
		return GBX_WIRE_MALFORMED;
	if (gbx_sink_wants_pixels(r->sink) || gbx_sink_wants_records(r->sink))
		gbx_png_colours(r->sink, r->data, r->pos);
	if (gbx_sink_wants_records(r->sink))
		gbx_png_metadata(r->sink, r->data, r->size);
	if (gbx_sink_wants_pixels(r->sink) && !read_pixels(r, width, height))
		return GBX_WIRE_MALFORMED;
	return GBX_WIRE_OK;
}

/* Alone with setjmp, so that no local is touched between it and the jump. */
static enum gbx_wire_status
read_guarded(struct reader *r)
{
	if (setjmp(png_jmpbuf(r->png)) != 0)
		return GBX_WIRE_MALFORMED;
	return read_image(r);
}

enum gbx_wire_status
gbx_png_read(const struct gbx_task *task, struct gbx_sink *sink)
{
	enum gbx_wire_status status = GBX_WIRE_MALFORMED;
	struct reader r;

	if (reader_open(&r, task, sink))
		status = read_guarded(&r);
	reader_close(&r);
	return status;
}
