/* SPDX-License-Identifier: ISC */
/*
 * The image of a PNG that every viewer shows, into a sink.
 * Side: hostile. Pixels come out as straight 8-bit RGBA as stored: no gamma,
 * no colour management.
 *
 * A truncated or corrupt image is MALFORMED; damage that libpng steps over and
 * tells (a wrong CRC of a chunk that we don't need) makes the result
 * `degraded`.
 */
#include "sandboxed_parsers/png/png.h"
#include "sandboxed_parsers/png/image.h"

/* The header first, and its limits, before anything of the image's size. */
bool
gbx_png_open_image(
    struct gbx_png_decoder *d, struct gbx_sink *sink, struct gbx_png_extras *x)
{
	gbx_png_header(d);
	*x = gbx_png_extras(d->data, d->pos, d->size);
	if (!gbx_sink_total(sink, x->frames) ||
	    !gbx_sink_image_begin(sink, d->width, d->height, x->orientation))
		return false;
	if (gbx_sink_wants_pixels(sink) || gbx_sink_wants_records(sink))
		gbx_png_colours(sink, d->data, d->pos);
	if (gbx_sink_wants_records(sink))
		gbx_png_metadata(sink, d->data, d->size);
	return true;
}

static bool
read_rows(struct gbx_png_decoder *d, struct gbx_sink *sink)
{
	uint32_t y;

	for (y = 0; y < d->height; y++) {
		uint8_t *row = gbx_sink_row(sink, y);

		if (row == NULL)
			return false;
		gbx_png_row(d, y, row);
		if (!gbx_sink_row_done(sink, y))
			return false;
	}
	return true;
}

static bool
read_canvas(struct gbx_png_decoder *d, struct gbx_sink *sink)
{
	size_t stride;
	uint8_t *canvas = gbx_sink_canvas(sink, &stride);

	if (canvas == NULL)
		return false;
	gbx_png_canvas(d, canvas, stride);
	return gbx_sink_canvas_done(sink);
}

bool
gbx_png_pixels(struct gbx_png_decoder *d, struct gbx_sink *sink)
{
	if (!gbx_png_begin(d))
		return false;
	if (!(d->interlaced ? read_canvas(d, sink) : read_rows(d, sink)))
		return false;
	gbx_png_finish(d);
	return gbx_sink_image_end(sink);
}

static enum gbx_wire_status
read_image(struct gbx_png_decoder *d, void *sink)
{
	struct gbx_png_extras x;

	if (!gbx_png_open_image(d, sink, &x))
		return GBX_WIRE_MALFORMED;
	if (gbx_sink_wants_pixels(sink) && !gbx_png_pixels(d, sink))
		return GBX_WIRE_MALFORMED;
	return GBX_WIRE_OK;
}

enum gbx_wire_status
gbx_png_read(const struct gbx_task *task, struct gbx_sink *sink)
{
	enum gbx_wire_status status = GBX_WIRE_MALFORMED;
	struct gbx_png_decoder d;

	if (gbx_png_open(&d, task->data, task->size, sink))
		status = gbx_png_guard(&d, read_image, sink);
	gbx_png_close(&d);
	return status;
}
