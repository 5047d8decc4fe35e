/* SPDX-License-Identifier: ISC */
/*
 * libpng, see decoder.h.
 * Side: hostile. libpng sees a byte range and our callbacks: no stdio, no
 * abort, no text chunks, no ICC profiles (chunks.c).
 */
#include <setjmp.h>
#include <string.h>

#include "sandboxed_parsers/png/codes.h"
#include "sandboxed_parsers/png/decoder.h"

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
	struct gbx_png_decoder *d = png_get_io_ptr(png);

	if (length > d->size - d->pos)
		png_error(png, "truncated");
	if (d->at_end) {
		if (length > d->room) {
			gbx_sink_limit(d->sink, GBX_WIRE_LIMIT_RATIO);
			png_error(png, "too much image data");
		}
		d->room -= length;
	}
	memcpy(buf, d->data + d->pos, length);
	d->pos += length;
}

static enum gbx_means
meaning(png_const_charp text)
{
	return gbx_means_of_text(gbx_png_codes, GBX_PNG_CODES, text);
}

static _Noreturn void
on_error(png_structp png, png_const_charp text)
{
	struct gbx_png_decoder *d = png_get_error_ptr(png);

	d->ended = gbx_means_status(meaning(text));
	png_longjmp(png, 1);
}

static void
on_warning(png_structp png, png_const_charp text)
{
	struct gbx_png_decoder *d = png_get_error_ptr(png);

	if (meaning(text) != GBX_MEANS_HARMLESS)
		gbx_sink_degraded(d->sink);
}

/* ---- opening ------------------------------------------------------------ */

/* libpng's own limits would call a large image malformed: the sink's limits
 * have names. Nothing of a chunk is stored that is not of fixed size, so the
 * limits on chunks go too: large chunks are only run through the CRC. */
static void
set_policy(struct gbx_png_decoder *d)
{
	png_set_user_limits(d->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
	png_set_chunk_malloc_max(d->png, 0);
	png_set_benign_errors(d->png, 1);
	/* All but IHDR, PLTE, tRNS, IDAT and IEND (png.h). */
	png_set_keep_unknown_chunks(d->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
}

bool
gbx_png_open(struct gbx_png_decoder *d, const uint8_t *data, size_t size,
    struct gbx_sink *sink)
{
	*d = (struct gbx_png_decoder){.data = data, .size = size, .sink = sink};
	d->png = png_create_read_struct(
	    PNG_LIBPNG_VER_STRING, d, on_error, on_warning);
	if (d->png == NULL)
		return false;
	d->info = png_create_info_struct(d->png);
	if (d->info == NULL)
		return false;
	png_set_read_fn(d->png, d, on_read);
	return true;
}

void
gbx_png_close(struct gbx_png_decoder *d)
{
	if (d->png != NULL)
		png_destroy_read_struct(&d->png, &d->info, NULL);
}

void
gbx_png_trust_crc(struct gbx_png_decoder *d)
{
	png_set_crc_action(d->png, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE);
}

/* Alone with setjmp, so that no local is touched between it and the jump. */
enum gbx_wire_status
gbx_png_guard(struct gbx_png_decoder *d,
    enum gbx_wire_status (*f)(struct gbx_png_decoder *d, void *arg), void *arg)
{
	if (setjmp(png_jmpbuf(d->png)) != 0)
		return d->ended;
	return f(d, arg);
}

void
gbx_png_header(struct gbx_png_decoder *d)
{
	set_policy(d);
	png_read_info(d->png, d->info);
	d->width = png_get_image_width(d->png, d->info);
	d->height = png_get_image_height(d->png, d->info);
}

/* ---- pixels ------------------------------------------------------------- */

/* Everything becomes RGBA, 8 bits. png_set_scale_16 is exactly
 * (v * 255 + 32767) / 65535; tests/unit/png holds it to that. */
static void
set_transforms(struct gbx_png_decoder *d)
{
	png_set_expand(d->png);
	png_set_scale_16(d->png);
	png_set_gray_to_rgb(d->png);
	png_set_add_alpha(d->png, 0xff, PNG_FILLER_AFTER);
}

/* Before the row with which the image data end: that many are still to come. */
static void
expect_end(struct gbx_png_decoder *d, uint32_t rows)
{
	if (d->at_end)
		return;
	d->at_end = true;
	d->room = SURPLUS + BADLY_PACKED * rows * d->row_bytes;
}

bool
gbx_png_begin(struct gbx_png_decoder *d)
{
	d->row_bytes = png_get_rowbytes(d->png, d->info);
	set_transforms(d);
	d->passes = png_set_interlace_handling(d->png);
	d->interlaced = d->passes > 1;
	png_read_update_info(d->png, d->info);
	return png_get_rowbytes(d->png, d->info) == (size_t)d->width * 4;
}

void
gbx_png_row(struct gbx_png_decoder *d, uint32_t y, uint8_t *row)
{
	if (y == d->height - 1)
		expect_end(d, 1);
	png_read_row(d->png, row, NULL);
}

/* Adam7: each pass fills in its pixels of the rows. The last pass has every
 * other row; a low image ends in an earlier. */
static void
interlaced_row(struct gbx_png_decoder *d, int pass, uint32_t y, uint8_t *row)
{
	if (d->height <= 8)
		expect_end(d, d->height);
	else if (pass == d->passes - 1 && y >= d->height - 2)
		expect_end(d, 2);
	png_read_row(d->png, row, NULL);
}

void
gbx_png_canvas(struct gbx_png_decoder *d, uint8_t *canvas, size_t stride)
{
	uint32_t y;
	int pass;

	for (pass = 0; pass < d->passes; pass++)
		for (y = 0; y < d->height; y++)
			if (d->interlaced)
				interlaced_row(d, pass, y, canvas + y * stride);
			else
				gbx_png_row(d, y, canvas + y * stride);
}

void
gbx_png_finish(struct gbx_png_decoder *d)
{
	d->at_end = false;
	png_read_end(d->png, NULL);
}
