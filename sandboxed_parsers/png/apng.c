/* SPDX-License-Identifier: ISC */
/*
 * An animated PNG, frame by frame.
 * Side: hostile. libpng knows nothing of animations: each frame is put before
 * it as a PNG of its own, which has the file's palette and the frame's data.
 *
 * Frame 0 is the image before all, be it part of the animation or not. A frame
 * that is not as it should be ends the animation: what was before it counts,
 * `degraded`.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "sandboxed_parsers/png/apng.h"
#include "sandboxed_parsers/png/walk.h"

#define IHDR_LEN 13
#define PLTE_MAX 768
#define TRNS_MAX 256
#define HEAD_MAX \
	(GBX_PNG_SIGNATURE_LEN + IHDR_LEN + PLTE_MAX + TRNS_MAX + \
	    3 * GBX_PNG_CHUNK_EXTRA)
#define WIDTH_AT     (GBX_PNG_SIGNATURE_LEN + 8)
#define SEQUENCE_LEN 4

struct animation {
	const uint8_t *data;
	size_t size, pos;
	uint32_t sequence; /* of the next fcTL or fdAT */
	struct gbx_sink *sink;
	struct gbx_compose canvas;

	/* what a frame's file begins with, and the whole of it */
	uint8_t head[HEAD_MAX];
	size_t n_head;
	uint8_t *file;
	size_t used, room;

	struct gbx_png_control frame; /* being painted */
	uint8_t *pixels; /* of the frame, or of a row, to be laid over */
};

/* ---- a frame as a file of its own --------------------------------------- */

static bool
append(struct animation *a, const void *data, size_t n)
{
	size_t room = a->used + n > a->room * 2 ? a->used + n : a->room * 2;
	uint8_t *more;

	if (n > a->room - a->used) {
		more = realloc(a->file, room);
		if (more == NULL)
			return false;
		a->file = more;
		a->room = room;
	}
	memcpy(a->file + a->used, data, n);
	a->used += n;
	return true;
}

/* The CRC is not looked at. */
static bool
append_chunk(
    struct animation *a, const char *type, const uint8_t *data, size_t n)
{
	uint8_t head[8];

	gbx_put_be32(head, (uint32_t)n);
	memcpy(head + 4, type, 4);
	return append(a, head, 8) && append(a, data, n) &&
	       append(a, "\0\0\0\0", 4);
}

static void
keep_chunk(struct animation *a, const struct gbx_png_chunk *c)
{
	memcpy(
	    a->head + a->n_head, c->data - 8, c->length + GBX_PNG_CHUNK_EXTRA);
	a->n_head += c->length + GBX_PNG_CHUNK_EXTRA;
}

/* libpng has read these already, so the header is what it is. */
static void
keep_head(struct animation *a)
{
	struct gbx_png_chunk c;

	memcpy(a->head, a->data, GBX_PNG_SIGNATURE_LEN);
	a->n_head = GBX_PNG_SIGNATURE_LEN;
	if (gbx_png_find(a->data, a->size, "IHDR", IHDR_LEN, &c) &&
	    c.length == IHDR_LEN)
		keep_chunk(a, &c);
	if (gbx_png_find(a->data, a->size, "PLTE", 0, &c) &&
	    c.length <= PLTE_MAX)
		keep_chunk(a, &c);
	if (gbx_png_find(a->data, a->size, "tRNS", 0, &c) &&
	    c.length <= TRNS_MAX)
		keep_chunk(a, &c);
}

static bool
in_order(struct animation *a, uint32_t sequence)
{
	return sequence == a->sequence++;
}

static bool
append_data(struct animation *a, const struct gbx_png_chunk *c)
{
	return c->length >= SEQUENCE_LEN && gbx_png_crc_fits(c) &&
	       in_order(a, gbx_be32(c->data)) &&
	       append_chunk(
		   a, "IDAT", c->data + SEQUENCE_LEN, c->length - SEQUENCE_LEN);
}

/* Up to the next frame's fcTL, which stays to be read. */
static bool
gather(struct animation *a, const struct gbx_area *area)
{
	struct gbx_png_chunk c;
	size_t at = a->pos;

	a->used = 0;
	if (!append(a, a->head, a->n_head) || a->n_head < WIDTH_AT + 8)
		return false;
	gbx_put_be32(a->file + WIDTH_AT, area->width);
	gbx_put_be32(a->file + WIDTH_AT + 4, area->height);
	while (gbx_png_next_chunk(a->data, a->size, &at, &c) &&
	       !gbx_png_is(&c, "fcTL") && !gbx_png_is(&c, "IEND")) {
		if (gbx_png_is(&c, "fdAT") && !append_data(a, &c))
			return false;
		a->pos = at;
	}
	return append_chunk(a, "IEND", a->head, 0);
}

/* ---- pixels ---------------------------------------------------------------
 */

/* PNG, third edition, 13.16, with straight alpha. */
static void
lay_over(uint8_t *to, const uint8_t *from, uint32_t n)
{
	uint32_t u, v, i;

	for (; n > 0; n--, to += 4, from += 4) {
		u = from[3] * 255u;
		v = (255u - from[3]) * to[3];
		if (u == 0)
			continue;
		for (i = 0; i < 3; i++)
			to[i] =
			    (uint8_t)((from[i] * u + to[i] * v + (u + v) / 2) /
				      (u + v));
		to[3] = (uint8_t)((u + v + 127) / 255);
	}
}

static uint8_t *
place(const struct animation *a, uint32_t y)
{
	const struct gbx_area *area = &a->frame.area;

	return a->canvas.canvas +
	       ((size_t)(area->top + y) * a->canvas.width + area->left) * 4;
}

static bool
paint_source(struct gbx_png_decoder *d, struct animation *a)
{
	gbx_png_canvas(d, place(a, 0), (size_t)a->canvas.width * 4);
	return true;
}

static bool
paint_over(struct gbx_png_decoder *d, struct animation *a)
{
	size_t row = (size_t)d->width * 4, step = d->interlaced ? row : 0;
	uint32_t y;

	free(a->pixels);
	a->pixels = calloc(d->interlaced ? d->height : 1, row);
	if (a->pixels == NULL)
		return false;
	if (d->interlaced)
		gbx_png_canvas(d, a->pixels, row);
	for (y = 0; y < d->height; y++) {
		if (!d->interlaced)
			gbx_png_row(d, y, a->pixels);
		lay_over(place(a, y), a->pixels + y * step, d->width);
	}
	return true;
}

static bool
paint(struct gbx_png_decoder *d, struct animation *a)
{
	if (!gbx_png_begin(d) || d->width != a->frame.area.width ||
	    d->height != a->frame.area.height)
		return false;
	if (!(a->frame.blend == GBX_PNG_BLEND_OVER ? paint_over(d, a)
						   : paint_source(d, a)))
		return false;
	gbx_png_finish(d);
	return true;
}

static enum gbx_wire_status
paint_first(struct gbx_png_decoder *d, void *arg)
{
	return paint(d, arg) ? GBX_WIRE_OK : GBX_WIRE_MALFORMED;
}

static enum gbx_wire_status
paint_file(struct gbx_png_decoder *d, void *arg)
{
	gbx_png_trust_crc(d);
	gbx_png_header(d);
	return paint_first(d, arg);
}

/* ---- frames ---------------------------------------------------------------
 */

/* Of the first one what was before is nothing. */
static void
dispose(struct animation *a, const struct gbx_png_control *f)
{
	if (f->dispose == GBX_PNG_DISPOSE_PREVIOUS && a->canvas.index > 1)
		gbx_compose_return(&a->canvas);
	else if (f->dispose != GBX_PNG_DISPOSE_NONE)
		gbx_compose_clear(&a->canvas, &f->area);
}

static bool
fits(const struct animation *a, const struct gbx_area *f)
{
	uint32_t width = a->canvas.width, height = a->canvas.height;

	return f->width > 0 && f->height > 0 && f->width <= width &&
	       f->height <= height && f->left <= width - f->width &&
	       f->top <= height - f->height;
}

/* The next fcTL. False: there is none, or it is not as it should be. */
static bool
next_frame(struct animation *a, struct gbx_png_control *ret)
{
	struct gbx_png_chunk c;

	while (gbx_png_next_chunk(a->data, a->size, &a->pos, &c) &&
	       !gbx_png_is(&c, "IEND"))
		if (gbx_png_is(&c, "fcTL"))
			return gbx_png_control(&c, ret) &&
			       in_order(a, ret->sequence) &&
			       fits(a, &ret->area);
	return false;
}

/* False: nothing can be shown of it. */
static bool
paint_frame(struct animation *a, const struct gbx_png_control *f)
{
	struct gbx_png_decoder d;
	bool good;

	if (f->dispose == GBX_PNG_DISPOSE_PREVIOUS &&
	    !gbx_compose_keep(&a->canvas))
		return false;
	if (!gather(a, &f->area))
		return false;
	a->frame = *f;
	good = gbx_png_open(&d, a->file, a->used, a->sink) &&
	       gbx_png_guard(&d, paint_file, a) == GBX_WIRE_OK;
	gbx_png_close(&d);
	return good;
}

/* The image before all. One that is no part of the animation leaves nothing on
 * the canvas. Its control is the first of all that are numbered. */
static bool
lay_first(struct gbx_png_decoder *d, struct animation *a,
    const struct gbx_png_extras *x)
{
	struct gbx_png_control f = {
	    .area = {0, 0, a->canvas.width, a->canvas.height},
	    .dispose = GBX_PNG_DISPOSE_CLEAR};

	if (x->animated) {
		f.ms = x->first.ms;
		f.dispose = x->first.dispose;
	}
	a->frame = f;
	if ((x->animated || a->canvas.first == 0) &&
	    gbx_png_guard(d, paint_first, a) != GBX_WIRE_OK)
		return false;
	if (!gbx_compose_frame(&a->canvas, f.ms))
		return false;
	if (!gbx_compose_complete(&a->canvas))
		dispose(a, &f);
	return true;
}

/* False: the sink refused. */
static bool
lay_others(struct animation *a)
{
	struct gbx_png_control f;

	while (!gbx_compose_complete(&a->canvas) && next_frame(a, &f)) {
		if (!paint_frame(a, &f))
			return true;
		if (!gbx_compose_frame(&a->canvas, f.ms))
			return false;
		if (!gbx_compose_complete(&a->canvas))
			dispose(a, &f);
	}
	return true;
}

/* Those after the image before all, whose fcTL, if it has one, was number 0 and
 * lay over all of it, or nothing after it is believed. */
static void
start(struct animation *a, const struct gbx_png_extras *x)
{
	const struct gbx_area *f = &x->first.area;
	struct gbx_png_chunk c;

	keep_head(a);
	a->pos = GBX_PNG_SIGNATURE_LEN;
	while (x->animated && gbx_png_next_chunk(a->data, a->size, &a->pos, &c))
		if (gbx_png_is(&c, "fcTL") && gbx_png_crc_fits(&c))
			break;
	if (x->animated &&
	    (!in_order(a, x->first.sequence) || f->left != 0 || f->top != 0 ||
		f->width != a->canvas.width || f->height != a->canvas.height))
		a->pos = a->size;
}

static enum gbx_wire_status
read_frames(struct gbx_png_decoder *d, struct animation *a,
    const struct gbx_png_extras *x)
{
	if (!gbx_compose_open(&a->canvas) || !lay_first(d, a, x))
		return GBX_WIRE_MALFORMED;
	start(a, x);
	if (!lay_others(a) || a->canvas.done == 0)
		return GBX_WIRE_MALFORMED;
	if (!gbx_compose_complete(&a->canvas))
		gbx_sink_degraded(a->sink);
	return GBX_WIRE_OK;
}

enum gbx_wire_status
gbx_apng_read(struct gbx_png_decoder *d, const struct gbx_png_extras *x,
    const struct gbx_task *task, struct gbx_sink *sink)
{
	enum gbx_wire_status status;
	struct animation a = {.data = task->data,
	    .size = task->size,
	    .sink = sink,
	    .canvas = {.sink = sink,
		.width = d->width,
		.height = d->height,
		.orientation = x->orientation,
		.first = task->first}};

	status = read_frames(d, &a, x);
	gbx_compose_close(&a.canvas);
	free(a.pixels);
	free(a.file);
	return status;
}
