/* SPDX-License-Identifier: ISC */
/*
 * JPEG, through libjpeg-turbo.
 * Side: hostile. libjpeg sees a byte range and our callbacks: no stdio, no
 * exit. Pixels come out as straight 8-bit RGBA as stored: no colour management
 * but the file's own YCbCr, YCCK and CMYK.
 *
 * What the library says makes the result malformed, unsupported or `degraded`
 * by the table in codes.def (messages.c).
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "sandboxed_parsers/jpeg/reader.h"
#include "sandboxed_parsers/jpeg/samples.h"
#include "sandboxed_parsers/runtime/exif.h"

#define EXIF_HEADER_LEN 6
static const uint8_t exif_header[EXIF_HEADER_LEN] = "Exif\0";
/* XMP part 3, 1.1.3; with its NUL. */
static const char xmp_header[] = "http://ns.adobe.com/xap/1.0/";

/* Each scan of a progressive image goes over all of it, however few bytes it
 * has: thirty thousand fit into a megabyte. */
static void
on_progress(j_common_ptr jpeg)
{
	struct gbx_jpeg *r = gbx_jpeg_of(jpeg);

	if ((uint64_t)r->jpeg.input_scan_number <=
	    r->task->limit[GBX_WIRE_LIMIT_SCANS])
		return;
	gbx_sink_limit(r->sink, GBX_WIRE_LIMIT_SCANS);
	longjmp(r->env, GBX_JPEG_OVER);
}

/* A marker's data, looked at where they lie and never stored; the source is
 * behind them then. *ret_length: as much of them as there is. */
static const uint8_t *
step_over(j_decompress_ptr jpeg, size_t *ret_length)
{
	struct jpeg_source_mgr *src = jpeg->src;
	const uint8_t *p = src->next_input_byte;
	size_t left = src->bytes_in_buffer, length;

	if (left < 2)
		ERREXIT(jpeg, JERR_INPUT_EOF);
	length = gbx_be16(p);
	if (length < 2)
		ERREXIT(jpeg, JERR_BAD_LENGTH);
	src->skip_input_data(jpeg, (long)length);
	*ret_length = (length <= left ? length : left) - 2;
	return p + 2;
}

static bool
begins(const uint8_t *p, size_t length, const void *with, size_t n)
{
	return length >= n && memcmp(p, with, n) == 0;
}

/* The first that is EXIF counts (Exif 2.32, 4.7.2: there is one, right after
 * SOI); XMP goes by its size. */
static boolean
on_app1(j_decompress_ptr jpeg)
{
	struct gbx_jpeg *r = gbx_jpeg_of((j_common_ptr)jpeg);
	size_t length;
	const uint8_t *p = step_over(jpeg, &length);

	if (begins(p, length, exif_header, EXIF_HEADER_LEN) &&
	    r->orientation == UINT_MAX) {
		p += EXIF_HEADER_LEN;
		length -= EXIF_HEADER_LEN;
		r->orientation = gbx_exif_orientation(p, length);
		gbx_sink_exif(r->sink, p, length);
	} else if (begins(p, length, xmp_header, sizeof(xmp_header))) {
		gbx_sink_size(r->sink, "xmp.size", length - sizeof(xmp_header));
	}
	return TRUE;
}

static boolean
on_comment(j_decompress_ptr jpeg)
{
	struct gbx_jpeg *r = gbx_jpeg_of((j_common_ptr)jpeg);
	size_t length;
	const uint8_t *p = step_over(jpeg, &length);

	gbx_sink_property(r->sink, "jpeg.comment", (const char *)p, length);
	return TRUE;
}

/* ---- pixels ------------------------------------------------------------- */

/* v * k / 255, rounded. */
static uint8_t
ink(uint8_t v, uint8_t k)
{
	return (uint8_t)((v * k + 127) / 255);
}

/* CMYK without a profile. Adobe's files hold it inverted (libjpeg.txt, "Special
 * color spaces"); readers take it so with Adobe's marker and without, and so
 * do writers: 255 is no ink. In place: four bytes a pixel before and after. */
static void
cmyk_to_rgba(uint8_t *row, uint32_t width)
{
	uint32_t x;

	for (x = 0; x < width; x++, row += 4) {
		row[0] = ink(row[0], row[3]);
		row[1] = ink(row[1], row[3]);
		row[2] = ink(row[2], row[3]);
		row[3] = 255;
	}
}

static bool
read_rows(struct gbx_jpeg *r)
{
	bool cmyk = r->jpeg.out_color_space == JCS_CMYK;
	uint32_t y;

	for (y = 0; y < r->jpeg.output_height; y++) {
		uint8_t *row = gbx_sink_row(r->sink, y);

		if (row == NULL || jpeg_read_scanlines(&r->jpeg, &row, 1) != 1)
			return false;
		if (cmyk)
			cmyk_to_rgba(row, r->jpeg.output_width);
		if (!gbx_sink_row_done(r->sink, y))
			return false;
	}
	return true;
}

static bool
choose_colours(struct gbx_jpeg *r)
{
	switch (r->jpeg.jpeg_color_space) {
	case JCS_GRAYSCALE:
	case JCS_RGB:
	case JCS_YCbCr:
		r->jpeg.out_color_space = JCS_EXT_RGBA;
		return true;
	case JCS_CMYK:
	case JCS_YCCK:
		r->jpeg.out_color_space = JCS_CMYK;
		return true;
	default:
		return false;
	}
}

/* Let the inverse DCT make less, but never less than twice what the scaler is
 * to make of it: that keeps the scaler's quality. */
static void
choose_size(struct gbx_jpeg *r)
{
	uint32_t spare = gbx_sink_image_spare(r->sink) / 2;

	r->jpeg.scale_num = 1;
	r->jpeg.scale_denom = spare >= 8   ? 8
			      : spare >= 4 ? 4
			      : spare >= 2 ? 2
					   : 1;
}

/* Of the gray and RGB kinds; a profile for CMYK is not for what we make of
 * it. */
static void
tell_colours(struct gbx_jpeg *r)
{
	JOCTET *profile;
	unsigned int length;

	if (r->jpeg.out_color_space == JCS_CMYK ||
	    !jpeg_read_icc_profile(&r->jpeg, &profile, &length))
		return;
	gbx_sink_icc(r->sink, profile, length);
	free(profile);
}

static enum gbx_wire_status
end_image(struct gbx_jpeg *r)
{
	return gbx_sink_image_end(r->sink) ? GBX_WIRE_OK : GBX_WIRE_MALFORMED;
}

static enum gbx_wire_status
read_pixels(struct gbx_jpeg *r)
{
	bool whole;

	r->stage = GBX_JPEG_SCANS;
	jpeg_start_decompress(&r->jpeg);
	r->stage = GBX_JPEG_ROWS;
	if (!gbx_sink_image_reduce(
		r->sink, r->jpeg.output_width, r->jpeg.output_height) ||
	    !read_rows(r))
		return GBX_WIRE_MALFORMED;
	whole = gbx_jpeg_is_whole(r);
	r->stage = GBX_JPEG_BEHIND;
	jpeg_finish_decompress(&r->jpeg);
	if (r->no_end && !whole)
		gbx_sink_degraded(r->sink);
	return end_image(r);
}

static enum gbx_wire_status
read_image(struct gbx_jpeg *r)
{
	jpeg_create_decompress(&r->jpeg);
	r->jpeg.progress = &r->progress;
	jpeg_mem_src(&r->jpeg, r->task->data, r->task->size);
	jpeg_set_marker_processor(&r->jpeg, JPEG_APP0 + 1, on_app1);
	if (gbx_sink_wants_records(r->sink))
		jpeg_set_marker_processor(&r->jpeg, JPEG_COM, on_comment);
	if (r->task->op != GBX_WIRE_OP_PROBE || gbx_sink_wants_records(r->sink))
		jpeg_save_markers(&r->jpeg, JPEG_APP0 + 2, 0xffff);
	jpeg_read_header(&r->jpeg, TRUE);
	if (!choose_colours(r))
		return GBX_WIRE_UNSUPPORTED;
	if (!gbx_sink_total(r->sink, 1) ||
	    !gbx_sink_image_begin(r->sink, r->jpeg.image_width,
		r->jpeg.image_height,
		r->orientation == UINT_MAX ? 0 : r->orientation))
		return GBX_WIRE_MALFORMED;
	tell_colours(r);
	if (!gbx_sink_wants_pixels(r->sink))
		return GBX_WIRE_OK;
	choose_size(r);
	return read_pixels(r);
}

/* Alone with setjmp, so that no local is touched between it and the jump. */
static enum gbx_wire_status
read_guarded(struct gbx_jpeg *r)
{
	switch (setjmp(r->env)) {
	case 0:
		return read_image(r);
	case GBX_JPEG_CUT:
		r->jpeg.unread_marker = JPEG_EOI;
		return read_pixels(r);
	case GBX_JPEG_END:
		return end_image(r);
	default:
		return r->status;
	}
}

static enum gbx_wire_status
run(const struct gbx_task *task, struct gbx_sink *sink)
{
	struct gbx_jpeg r = {.task = task,
	    .sink = sink,
	    .orientation = UINT_MAX,
	    .status = GBX_WIRE_MALFORMED};
	enum gbx_wire_status status;

	gbx_sink_format(sink, GBX_FORMAT_JPEG);
	if (task->first != 0)
		return GBX_WIRE_UNSUPPORTED;
	gbx_jpeg_listen(&r);
	r.progress.progress_monitor = on_progress;
	status = read_guarded(&r);
	jpeg_destroy_decompress(&r.jpeg);
	return status;
}

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_JPEG,
    .run = run,
    .samples = samples,
    .n_samples = sizeof(samples) / sizeof(samples[0]),
};
