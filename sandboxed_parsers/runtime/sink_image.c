/* SPDX-License-Identifier: ISC */
/*
 * The sink's images: geometry against limits, rows or a canvas, thumbnails.
 * Side: hostile. Nothing is allocated before the geometry has passed, and a
 * block exists only when every one of its rows was delivered.
 */
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/runtime/scale.h"
#include "sandboxed_parsers/runtime/sink.h"

#define BYTES_PER_PIXEL 4
#define PAGE		4096 /* the smallest there is */

static uint32_t
op_of(const struct gbx_sink *s)
{
	return s->task->op;
}

static bool
size_allowed(struct gbx_sink *s, uint32_t width, uint32_t height)
{
	if (width > GBX_SIDE_MAX || height > GBX_SIDE_MAX)
		return gbx_sink_limit(s, GBX_WIRE_LIMIT_PIXELS);
	if ((uint64_t)width * height > s->task->limit[GBX_WIRE_LIMIT_PIXELS])
		return gbx_sink_limit(s, GBX_WIRE_LIMIT_PIXELS);
	return true;
}

/* To the scaler such a picture stands upright. */
static bool
keeps_orientation(const struct gbx_sink *s)
{
	return op_of(s) == GBX_WIRE_OP_THUMBNAIL &&
	       (s->task->want & GBX_WIRE_WANT_ORIENTATION) != 0;
}

static bool
begin_probe(struct gbx_sink *s)
{
	return gbx_sink_frame_reserve(s, 0) != NULL &&
	       gbx_sink_frame_add(s, 0, s->image.orientation);
}

static uint8_t *
reserve_result(struct gbx_sink *s)
{
	uint64_t stride = (uint64_t)s->image.out_w * BYTES_PER_PIXEL;

	return gbx_sink_frame_reserve(s, stride * s->image.out_h);
}

/* Rows are written where the broker will read them: no copy. */
static bool
begin_decode(struct gbx_sink *s)
{
	s->image.pixels = reserve_result(s);
	return s->image.pixels != NULL;
}

/* ---- thumbnails --------------------------------------------------------- */

/* EXIF orientations 5..8 lie on their side (Exif 2.32, tag 0x0112). */
static bool
lies_on_side(uint32_t orientation)
{
	return orientation >= 5;
}

/* b * n / d, rounded, at least 1. */
static uint32_t
share(uint32_t b, uint32_t n, uint32_t d)
{
	uint64_t v = ((uint64_t)b * n + d / 2) / d;

	return v < 1 ? 1 : (uint32_t)v;
}

/* The largest size in the box with the image's aspect; never enlarged. */
static void
fit(uint32_t *w, uint32_t *h, uint32_t box_w, uint32_t box_h)
{
	uint32_t in_w = *w, in_h = *h;

	if (in_w <= box_w && in_h <= box_h)
		return;
	if ((uint64_t)in_w * box_h >= (uint64_t)in_h * box_w) {
		*w = box_w;
		*h = share(box_w, in_h, in_w);
	} else {
		*h = box_h;
		*w = share(box_h, in_w, in_h);
	}
}

/* Where pixel (x, y) of the stored picture, w x h, goes so that the picture
 * stands upright; out is what comes of it, packed. */
static struct gbx_scale_dst
upright(uint8_t *out, uint32_t w, uint32_t h, uint32_t orientation)
{
	bool turned = lies_on_side(orientation);
	ptrdiff_t row = (ptrdiff_t)(turned ? h : w) * BYTES_PER_PIXEL;
	ptrdiff_t step_x = turned ? row : BYTES_PER_PIXEL;
	ptrdiff_t step_y = turned ? BYTES_PER_PIXEL : row;
	bool flip_x = orientation == 2 || orientation == 3 ||
		      orientation == 7 || orientation == 8;
	bool flip_y = orientation == 3 || orientation == 4 ||
		      orientation == 6 || orientation == 7;
	struct gbx_scale_dst dst = {out, step_x, step_y};

	if (flip_x) {
		dst.origin += (ptrdiff_t)(w - 1) * step_x;
		dst.step_x = -step_x;
	}
	if (flip_y) {
		dst.origin += (ptrdiff_t)(h - 1) * step_y;
		dst.step_y = -step_y;
	}
	return dst;
}

/* The sides of the result as the picture is stored. */
static void
stored_sides(const struct gbx_sink *s, uint32_t *ret_w, uint32_t *ret_h)
{
	bool turned = lies_on_side(s->image.orientation);

	*ret_w = turned ? s->image.out_h : s->image.out_w;
	*ret_h = turned ? s->image.out_w : s->image.out_h;
}

static bool
start_scaler(struct gbx_sink *s)
{
	struct gbx_scale_dst dst;
	uint32_t w, h;

	stored_sides(s, &w, &h);
	dst = upright(s->out + s->image.offset, w, h, s->image.orientation);
	gbx_scale_free(s->image.scale);
	s->image.scale =
	    gbx_scale_new(s->image.width, s->image.height, w, h, &dst);
	return s->image.scale != NULL;
}

static bool
begin_thumbnail(struct gbx_sink *s)
{
	bool turned = lies_on_side(s->image.orientation);
	uint32_t w = s->image.width, h = s->image.height;
	uint32_t box_w = turned ? s->task->box_h : s->task->box_w;
	uint32_t box_h = turned ? s->task->box_w : s->task->box_h;

	if (box_w < 1 || box_h < 1)
		return false;
	fit(&w, &h, box_w, box_h);
	s->image.out_w = turned ? h : w;
	s->image.out_h = turned ? w : h;
	return reserve_result(s) != NULL && start_scaler(s);
}

/* ---- what parsers call -------------------------------------------------- */

bool
gbx_sink_image_begin(
    struct gbx_sink *s, uint32_t width, uint32_t height, uint32_t orientation)
{
	gbx_sink_image_free(s);
	if (width == 0 || height == 0 || orientation > 8)
		return false;
	if (!size_allowed(s, width, height))
		return false;
	s->image.width = s->image.out_w = width;
	s->image.height = s->image.out_h = height;
	s->image.stored = orientation;
	s->image.orientation = keeps_orientation(s) ? 0 : orientation;
	s->image.stride = (size_t)width * BYTES_PER_PIXEL;
	switch (op_of(s)) {
	case GBX_WIRE_OP_PROBE:
		s->image.begun = begin_probe(s);
		break;
	case GBX_WIRE_OP_DECODE:
		s->image.begun = begin_decode(s);
		break;
	case GBX_WIRE_OP_THUMBNAIL:
		s->image.begun = begin_thumbnail(s);
		break;
	default:
		break;
	}
	return s->image.begun;
}

uint32_t
gbx_sink_image_spare(const struct gbx_sink *s)
{
	uint32_t w, h, across, down;

	if (!gbx_sink_wants_pixels(s))
		return 1;
	stored_sides(s, &w, &h);
	across = s->image.width / w;
	down = s->image.height / h;
	return op_of(s) != GBX_WIRE_OP_THUMBNAIL ? 1
	       : across < down			 ? across
						 : down;
}

bool
gbx_sink_image_reduce(struct gbx_sink *s, uint32_t width, uint32_t height)
{
	uint32_t w, h;

	if (!gbx_sink_wants_pixels(s) || s->image.rows != 0)
		return false;
	if (width == s->image.width && height == s->image.height)
		return true;
	stored_sides(s, &w, &h);
	if (op_of(s) != GBX_WIRE_OP_THUMBNAIL || width < w || height < h ||
	    width > s->image.width || height > s->image.height)
		return false;
	s->image.width = width;
	s->image.height = height;
	s->image.stride = (size_t)width * BYTES_PER_PIXEL;
	return start_scaler(s);
}

bool
gbx_sink_wants_pixels(const struct gbx_sink *s)
{
	return s->image.begun && op_of(s) != GBX_WIRE_OP_PROBE;
}

uint8_t *
gbx_sink_row(struct gbx_sink *s, uint32_t y)
{
	if (!gbx_sink_wants_pixels(s) || y != s->image.rows ||
	    y >= s->image.height)
		return NULL;
	if (op_of(s) == GBX_WIRE_OP_DECODE)
		return s->image.pixels + y * s->image.stride;
	if (s->image.pixels == NULL)
		s->image.pixels = malloc(s->image.stride);
	if (s->image.pixels != NULL)
		memset(s->image.pixels, 0, s->image.stride);
	return s->image.pixels;
}

bool
gbx_sink_row_done(struct gbx_sink *s, uint32_t y)
{
	if (!gbx_sink_wants_pixels(s) || y != s->image.rows ||
	    s->image.pixels == NULL)
		return false;
	if (s->image.scale != NULL)
		gbx_scale_row(s->image.scale, s->image.pixels);
	s->image.rows++;
	return true;
}

uint8_t *
gbx_sink_canvas(struct gbx_sink *s, size_t *ret_stride)
{
	if (!gbx_sink_wants_pixels(s) || s->image.rows != 0)
		return NULL;
	if (op_of(s) == GBX_WIRE_OP_DECODE)
		s->image.canvas = s->image.pixels;
	else if (s->image.canvas == NULL)
		s->image.canvas = calloc(s->image.height, s->image.stride);
	*ret_stride = s->image.stride;
	return s->image.canvas;
}

/* The broker takes a page that was never written for a lie, and zeroes are
 * pixels, too: transparent ones. */
static void
touch_pages(uint8_t *from, size_t length)
{
	volatile uint8_t *p = from;
	size_t i;

	for (i = 0; i < length; i += PAGE)
		p[i] = p[i]; /* cppcheck-suppress selfAssignment */
	if (length == 0)
		return;
	/* cppcheck-suppress selfAssignment */
	p[length - 1] = p[length - 1];
}

bool
gbx_sink_canvas_done(struct gbx_sink *s)
{
	uint32_t y;

	if (s->image.canvas == NULL || s->image.rows != 0)
		return false;
	if (op_of(s) == GBX_WIRE_OP_DECODE)
		touch_pages(s->image.canvas, s->image.stride * s->image.height);
	for (y = 0; s->image.scale != NULL && y < s->image.height; y++)
		gbx_scale_row(
		    s->image.scale, s->image.canvas + y * s->image.stride);
	s->image.rows = s->image.height;
	return true;
}

/* Thumbnails come out in sRGB where the parser told what they are in. */
static bool
end_thumbnail(struct gbx_sink *s)
{
	size_t n = (size_t)s->image.out_w * s->image.out_h;

	if (!gbx_scale_done(s->image.scale))
		return false;
	gbx_sink_convert(s, s->out + s->image.offset, n);
	return gbx_sink_frame_add(s, (uint64_t)s->image.out_w * BYTES_PER_PIXEL,
	    keeps_orientation(s) ? s->image.stored : 0);
}

bool
gbx_sink_image_end(struct gbx_sink *s)
{
	bool good;

	if (!gbx_sink_wants_pixels(s))
		return s->image.begun;
	if (s->image.rows != s->image.height)
		return false;
	if (op_of(s) == GBX_WIRE_OP_THUMBNAIL)
		good = end_thumbnail(s);
	else
		good = gbx_sink_frame_add(
		    s, s->image.stride, s->image.orientation);
	gbx_sink_image_free(s);
	return good;
}

/* Under DECODE all pixels are the output's. */
void
gbx_sink_image_free(struct gbx_sink *s)
{
	gbx_scale_free(s->image.scale);
	if (op_of(s) != GBX_WIRE_OP_DECODE) {
		free(s->image.pixels);
		free(s->image.canvas);
	}
	memset(&s->image, 0, sizeof(s->image));
}
