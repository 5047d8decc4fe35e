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

#include "sandboxed_parsers/gif/codes.h"
#include "sandboxed_parsers/gif/frames.h"
#include "sandboxed_parsers/gif/metadata.h"
#include "sandboxed_parsers/gif/samples.h"
#include "sandboxed_parsers/runtime/compose.h"
#include "sandboxed_parsers/runtime/parser.h"

#define DISPOSE_CLEAR	 2
#define DISPOSE_PREVIOUS 3

struct reader {
	GifFileType *gif;
	const uint8_t *data;
	size_t size, pos;
	const struct gbx_task *task;
	struct gbx_sink *sink;

	uint32_t delay; /* of this frame, in 1/100 s */
	struct gbx_compose canvas;
	GifPixelType *line;
	size_t line_room;
	/* from the graphic control extension before the frame */
	int transparent, disposal;
};

struct frame {
	struct gbx_area area;
	const ColorMapObject *map; /* NULL: indices are gray */
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
	const struct gbx_compose *c = &r->canvas;
	const GifColorType *colour;
	uint32_t left = f->area.left, x;
	uint32_t limit = c->width > left ? c->width - left : 0;
	uint8_t *to;

	if (f->area.top + y >= c->height)
		return;
	if (limit > f->area.width)
		limit = f->area.width;
	to = c->canvas + ((size_t)(f->area.top + y) * c->width + left) * 4;
	for (x = 0; x < limit; x++, to += 4) {
		if (r->line[x] == r->transparent)
			continue;
		if (f->map == NULL) {
			memset(to, r->line[x], 3);
		} else if (r->line[x] < f->map->ColorCount) {
			colour = &f->map->Colors[r->line[x]];
			to[0] = colour->Red;
			to[1] = colour->Green;
			to[2] = colour->Blue;
		} else {
			gbx_sink_degraded(r->sink);
			continue;
		}
		to[3] = 255;
	}
}

static bool
next_line(struct reader *r, const struct frame *f, uint32_t y)
{
	if (DGifGetLine(r->gif, r->line, (int)f->area.width) != GIF_OK)
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
		for (y = start[pass]; y < f->area.height; y += step[pass])
			if (!next_line(r, f, y))
				return false;
	return true;
}

static bool
paint_rows(struct reader *r, const struct frame *f)
{
	uint32_t y;

	for (y = 0; y < f->area.height; y++)
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

static struct gbx_area
area_of(const GifImageDesc *d)
{
	return (struct gbx_area){(uint32_t)d->Left, (uint32_t)d->Top,
	    (uint32_t)d->Width, (uint32_t)d->Height};
}

/* False: no memory, or nothing that can be shown. A frame that is cut off ends
 * the file: *ret_cut. */
static bool
paint_frame(struct reader *r, bool *ret_cut)
{
	const GifImageDesc *d = &r->gif->Image;
	struct frame f = {.area = area_of(d),
	    .map = d->ColorMap != NULL ? d->ColorMap : r->gif->SColorMap};

	*ret_cut = false;
	if (f.area.width == 0 || f.area.height == 0 ||
	    !line_for(r, f.area.width))
		return false;
	*ret_cut =
	    !(d->Interlace ? paint_interlaced(r, &f) : paint_rows(r, &f));
	if (*ret_cut)
		gbx_sink_degraded(r->sink);
	return true;
}

/* ---- between frames ----------------------------------------------------- */

static void
dispose(struct reader *r)
{
	struct gbx_area area = area_of(&r->gif->Image);

	if (r->disposal == DISPOSE_CLEAR)
		gbx_compose_clear(&r->canvas, &area);
	else if (r->disposal == DISPOSE_PREVIOUS)
		gbx_compose_return(&r->canvas);
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

/* As gbx_gif_next passes it over; the library would end there. */
static void
skip_filler(struct reader *r)
{
	while (r->pos < r->size && r->data[r->pos] != 0x2c &&
	       r->data[r->pos] != 0x21 && r->data[r->pos] != 0x3b)
		r->pos++;
}

/* False: the sink or malloc refused. What can't be painted ends the file. */
static bool
paint_frames(struct reader *r)
{
	GifRecordType type;
	bool cut;

	r->transparent = NO_TRANSPARENT_COLOR;
	r->disposal = 0;
	r->delay = 0;
	for (;;) {
		skip_filler(r);
		if (DGifGetRecordType(r->gif, &type) != GIF_OK)
			return true;
		if (type == EXTENSION_RECORD_TYPE && !read_extension(r))
			return true;
		if (type == TERMINATE_RECORD_TYPE)
			return true;
		if (type != IMAGE_DESC_RECORD_TYPE)
			continue;
		if (DGifGetImageDesc(r->gif) != GIF_OK)
			return true;
		if (r->disposal == DISPOSE_PREVIOUS &&
		    !gbx_compose_keep(&r->canvas))
			return false;
		if (!paint_frame(r, &cut))
			return true;
		if (!gbx_compose_frame(&r->canvas, r->delay * UINT64_C(10)))
			return false;
		if (gbx_compose_complete(&r->canvas) || cut)
			return true;
		dispose(r);
		r->transparent = NO_TRANSPARENT_COLOR;
		r->disposal = 0;
		r->delay = 0;
	}
}

/* Fewer frames than were counted: the rest can't be read. */
static enum gbx_wire_status
read_pixels(struct reader *r)
{
	if (!gbx_compose_open(&r->canvas) || !paint_frames(r) ||
	    r->canvas.done == 0)
		return GBX_WIRE_MALFORMED;
	if (!gbx_compose_complete(&r->canvas))
		gbx_sink_degraded(r->sink);
	return GBX_WIRE_OK;
}

static enum gbx_wire_status
read_image(struct reader *r)
{
	struct gbx_compose *c = &r->canvas;
	uint32_t total;

	c->sink = r->sink;
	c->first = r->task->first;
	c->width = (uint32_t)r->gif->SWidth;
	c->height = (uint32_t)r->gif->SHeight;
	/* A screen without size is as large as its first image needs. */
	if ((c->width == 0 || c->height == 0) &&
	    !gbx_gif_first_extent(r->data, r->size, &c->width, &c->height))
		return GBX_WIRE_MALFORMED;
	total = gbx_gif_count_frames(
	    r->data, r->size, r->task->limit[GBX_WIRE_LIMIT_FRAMES]);
	if (total < 1 || !gbx_sink_total(r->sink, total))
		return GBX_WIRE_MALFORMED;
	if (r->task->first >= total)
		return GBX_WIRE_UNSUPPORTED;
	if (!gbx_sink_image_begin(r->sink, c->width, c->height, 0))
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
	} else {
		status = gbx_means_status(
		    gbx_means_of_code(gbx_gif_codes, GBX_GIF_CODES, err));
	}
	gbx_compose_close(&r.canvas);
	free(r.line);
	return status;
}

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_GIF,
    .run = run,
    .samples = samples,
    .n_samples = sizeof(samples) / sizeof(samples[0]),
};
