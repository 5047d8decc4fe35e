/* SPDX-License-Identifier: ISC */
/*
 * GIF, through giflib, line by line.
 * Side: hostile. Any frame, or several in a row, composed on those before as
 * disposal and transparency say; what no frame covers is transparent.
 *
 * A frame whose data end too soon is shown as far as it goes, `degraded`.
 */
#include <gif_lib.h>
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/gif/frames.h"
#include "sandboxed_parsers/gif/metadata.h"
#include "sandboxed_parsers/gif/samples.h"
#include "sandboxed_parsers/runtime/parser.h"

#define DISPOSE_CLEAR	 2
#define DISPOSE_PREVIOUS 3

struct reader {
	GifFileType *gif;
	const uint8_t *data;
	size_t size, pos;
	const struct gbx_task *task;
	struct gbx_sink *sink;

	uint32_t width, height; /* of the canvas */
	uint32_t want, done;	/* frames, from task->first on */
	uint32_t delay;		/* of this one, in 1/100 s */
	uint8_t *canvas;
	uint8_t *own;	 /* the canvas, where the sink's is not kept */
	uint8_t *before; /* the canvas before the frame, if it is to return */
	GifPixelType *line;
	size_t line_room;
	/* from the graphic control extension before the frame */
	int transparent, disposal;
};

struct frame {
	uint32_t left, top, width, height;
	const ColorMapObject *map;
};

static int
on_read(GifFileType *gif, GifByteType *to, int n)
{
	struct reader *r = gif->UserData;
	size_t left = r->size - r->pos, take = (size_t)n;

	if (n < 0)
		return 0;
	if (take > left)
		take = left;
	memcpy(to, r->data + r->pos, take);
	r->pos += take;
	return (int)take;
}

/* ---- one frame ---------------------------------------------------------- */

static void
paint_line(struct reader *r, const struct frame *f, uint32_t y)
{
	const GifColorType *colour;
	uint32_t x, limit = r->width > f->left ? r->width - f->left : 0;
	uint8_t *to;

	if (f->top + y >= r->height)
		return;
	if (limit > f->width)
		limit = f->width;
	to = r->canvas + ((size_t)(f->top + y) * r->width + f->left) * 4;
	for (x = 0; x < limit; x++, to += 4) {
		if (r->line[x] == r->transparent)
			continue;
		if (r->line[x] >= f->map->ColorCount) {
			gbx_sink_degraded(r->sink);
			continue;
		}
		colour = &f->map->Colors[r->line[x]];
		to[0] = colour->Red;
		to[1] = colour->Green;
		to[2] = colour->Blue;
		to[3] = 255;
	}
}

static bool
next_line(struct reader *r, const struct frame *f, uint32_t y)
{
	if (DGifGetLine(r->gif, r->line, (int)f->width) != GIF_OK)
		return false;
	paint_line(r, f, y);
	return true;
}

/* Four passes: GIF89a, appendix E. */
static bool
paint_interlaced(struct reader *r, const struct frame *f)
{
	static const uint8_t start[4] = {0, 4, 2, 1}, step[4] = {8, 8, 4, 2};
	uint32_t pass, y;

	for (pass = 0; pass < 4; pass++)
		for (y = start[pass]; y < f->height; y += step[pass])
			if (!next_line(r, f, y))
				return false;
	return true;
}

static bool
paint_rows(struct reader *r, const struct frame *f)
{
	uint32_t y;

	for (y = 0; y < f->height; y++)
		if (!next_line(r, f, y))
			return false;
	return true;
}

static bool
line_for(struct reader *r, uint32_t width)
{
	void *p;

	if (width <= r->line_room)
		return true;
	p = realloc(r->line, width);
	if (p == NULL)
		return false;
	r->line = p;
	r->line_room = width;
	return true;
}

/* False: no memory, or nothing that can be shown. A frame that is cut off ends
 * the file: *ret_cut. */
static bool
paint_frame(struct reader *r, bool *ret_cut)
{
	const GifImageDesc *d = &r->gif->Image;
	struct frame f = {.left = (uint32_t)d->Left,
	    .top = (uint32_t)d->Top,
	    .width = (uint32_t)d->Width,
	    .height = (uint32_t)d->Height,
	    .map = d->ColorMap != NULL ? d->ColorMap : r->gif->SColorMap};

	*ret_cut = false;
	if (f.map == NULL || f.width == 0 || f.height == 0 ||
	    !line_for(r, f.width))
		return false;
	*ret_cut =
	    !(d->Interlace ? paint_interlaced(r, &f) : paint_rows(r, &f));
	if (*ret_cut)
		gbx_sink_degraded(r->sink);
	return true;
}

/* ---- between frames ----------------------------------------------------- */

static void
clear_frame(struct reader *r)
{
	const GifImageDesc *d = &r->gif->Image;
	uint32_t left = (uint32_t)d->Left, top = (uint32_t)d->Top, y;
	uint32_t right = left + (uint32_t)d->Width;
	uint32_t bottom = top + (uint32_t)d->Height;

	if (right > r->width)
		right = r->width;
	if (bottom > r->height)
		bottom = r->height;
	for (y = top; y < bottom && left < right; y++)
		memset(r->canvas + ((size_t)y * r->width + left) * 4, 0,
		    (size_t)(right - left) * 4);
}

static size_t
canvas_bytes(const struct reader *r)
{
	return (size_t)r->width * r->height * 4;
}

static bool
keep_canvas(struct reader *r)
{
	if (r->disposal != DISPOSE_PREVIOUS)
		return true;
	if (r->before == NULL)
		r->before = malloc(canvas_bytes(r));
	if (r->before != NULL)
		memcpy(r->before, r->canvas, canvas_bytes(r));
	return r->before != NULL;
}

static void
dispose(struct reader *r)
{
	if (r->disposal == DISPOSE_CLEAR)
		clear_frame(r);
	else if (r->disposal == DISPOSE_PREVIOUS)
		memcpy(r->canvas, r->before, canvas_bytes(r));
}

static bool
read_extension(struct reader *r)
{
	GraphicsControlBlock control;
	GifByteType *block;
	int code;

	if (DGifGetExtension(r->gif, &code, &block) != GIF_OK)
		return false;
	if (code == GRAPHICS_EXT_FUNC_CODE && block != NULL &&
	    DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK) {
		r->transparent = control.TransparentColor;
		r->disposal = control.DisposalMode;
		r->delay = (uint32_t)control.DelayTime;
	}
	while (block != NULL)
		if (DGifGetExtensionNext(r->gif, &block) != GIF_OK)
			return false;
	return true;
}

/* ---- all of it ---------------------------------------------------------- */

/* The canvas as it is now is a frame. The first image is begun already. */
static bool
deliver(struct reader *r)
{
	uint8_t *to;
	size_t stride;

	if (r->done > 0 &&
	    !gbx_sink_image_begin(r->sink, r->width, r->height, 0))
		return false;
	if (r->own != NULL) {
		to = gbx_sink_canvas(r->sink, &stride);
		if (to == NULL)
			return false;
		memcpy(to, r->canvas, canvas_bytes(r));
	}
	gbx_sink_duration(r->sink, r->delay * UINT64_C(10));
	r->done++;
	return gbx_sink_canvas_done(r->sink) && gbx_sink_image_end(r->sink);
}

/* False: the sink or malloc refused. What can't be painted ends the file. */
static bool
paint_frames(struct reader *r)
{
	GifRecordType type;
	uint32_t n = 0;
	bool cut;

	r->transparent = NO_TRANSPARENT_COLOR;
	r->disposal = 0;
	r->delay = 0;
	while (DGifGetRecordType(r->gif, &type) == GIF_OK) {
		if (type == EXTENSION_RECORD_TYPE && !read_extension(r))
			return true;
		if (type == TERMINATE_RECORD_TYPE)
			return true;
		if (type != IMAGE_DESC_RECORD_TYPE)
			continue;
		if (DGifGetImageDesc(r->gif) != GIF_OK)
			return true;
		if (!keep_canvas(r))
			return false;
		if (!paint_frame(r, &cut))
			return true;
		if (n++ >= r->task->first && !deliver(r))
			return false;
		if (r->done == r->want || cut)
			return true;
		dispose(r);
		r->transparent = NO_TRANSPARENT_COLOR;
		r->disposal = 0;
		r->delay = 0;
	}
	return true;
}

/* One frame is painted where the result is; of several each is a copy. */
static bool
open_canvas(struct reader *r)
{
	size_t stride;

	r->want = gbx_sink_frames_wanted(r->sink);
	if (r->want > 1)
		r->canvas = r->own = calloc(r->height, (size_t)r->width * 4);
	else
		r->canvas = gbx_sink_canvas(r->sink, &stride);
	return r->canvas != NULL;
}

/* Fewer frames than were counted: the rest can't be read. */
static enum gbx_wire_status
read_pixels(struct reader *r)
{
	if (!open_canvas(r) || !paint_frames(r) || r->done == 0)
		return GBX_WIRE_MALFORMED;
	if (r->done < r->want)
		gbx_sink_degraded(r->sink);
	return GBX_WIRE_OK;
}

static enum gbx_wire_status
read_image(struct reader *r)
{
	uint32_t total;

	r->width = (uint32_t)r->gif->SWidth;
	r->height = (uint32_t)r->gif->SHeight;
	total = gbx_gif_count_frames(
	    r->data, r->size, r->task->limit[GBX_WIRE_LIMIT_FRAMES]);
	if (total < 1 || !gbx_sink_total(r->sink, total))
		return GBX_WIRE_MALFORMED;
	if (r->task->first >= total)
		return GBX_WIRE_UNSUPPORTED;
	if (!gbx_sink_image_begin(r->sink, r->width, r->height, 0))
		return GBX_WIRE_MALFORMED;
	if (gbx_sink_wants_pixels(r->sink) || gbx_sink_wants_records(r->sink))
		gbx_gif_metadata(r->sink, r->data, r->size);
	return gbx_sink_wants_pixels(r->sink) ? read_pixels(r) : GBX_WIRE_OK;
}

static enum gbx_wire_status
run(const struct gbx_task *task, struct gbx_sink *sink)
{
	enum gbx_wire_status status = GBX_WIRE_MALFORMED;
	struct reader r = {
	    .data = task->data, .size = task->size, .task = task, .sink = sink};
	int err;

	gbx_sink_format(sink, GBX_FORMAT_GIF);
	r.gif = DGifOpen(&r, on_read, &err);
	if (r.gif != NULL) {
		status = read_image(&r);
		DGifCloseFile(r.gif, &err);
	}
	free(r.before);
	free(r.own);
	free(r.line);
	return status;
}

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_GIF,
    .run = run,
    .samples = samples,
    .n_samples = sizeof(samples) / sizeof(samples[0]),
};
