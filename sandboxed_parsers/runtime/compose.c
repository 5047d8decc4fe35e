/* SPDX-License-Identifier: ISC */
/*
 * Frames on a canvas, see compose.h. Side: hostile.
 */
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/runtime/compose.h"

static size_t
bytes_of(const struct gbx_compose *c)
{
	return (size_t)c->width * c->height * 4;
}

/* One frame is painted where the result is; of several each is a copy. */
bool
gbx_compose_open(struct gbx_compose *c)
{
	size_t stride;

	c->want = gbx_sink_frames_wanted(c->sink);
	if (c->want > 1)
		c->canvas = c->own = calloc(c->height, (size_t)c->width * 4);
	else
		c->canvas = gbx_sink_canvas(c->sink, &stride);
	return c->canvas != NULL;
}

void
gbx_compose_close(struct gbx_compose *c)
{
	free(c->own);
	free(c->before);
	c->canvas = c->own = c->before = NULL;
}

bool
gbx_compose_keep(struct gbx_compose *c)
{
	if (c->before == NULL)
		c->before = malloc(bytes_of(c));
	if (c->before != NULL)
		memcpy(c->before, c->canvas, bytes_of(c));
	return c->before != NULL;
}

void
gbx_compose_return(struct gbx_compose *c)
{
	if (c->before != NULL)
		memcpy(c->canvas, c->before, bytes_of(c));
}

/* Where an area ends, of a side of the canvas. */
static uint32_t
end_within(uint32_t side, uint32_t start, uint32_t length)
{
	return start < side && length < side - start ? start + length : side;
}

void
gbx_compose_clear(struct gbx_compose *c, const struct gbx_area *area)
{
	uint32_t right = end_within(c->width, area->left, area->width);
	uint32_t bottom = end_within(c->height, area->top, area->height), y;

	for (y = area->top; y < bottom && area->left < right; y++)
		memset(c->canvas + ((size_t)y * c->width + area->left) * 4, 0,
		    (size_t)(right - area->left) * 4);
}

static bool
copy_to_sink(struct gbx_compose *c)
{
	size_t stride;
	uint8_t *to = gbx_sink_canvas(c->sink, &stride);

	if (to != NULL)
		memcpy(to, c->own, bytes_of(c));
	return to != NULL;
}

/* The first image is begun already. */
static bool
deliver(struct gbx_compose *c, uint64_t ms)
{
	if (c->done > 0 &&
	    !gbx_sink_image_begin(c->sink, c->width, c->height, c->orientation))
		return false;
	if (c->own != NULL && !copy_to_sink(c))
		return false;
	gbx_sink_duration(c->sink, ms);
	c->done++;
	return gbx_sink_canvas_done(c->sink) && gbx_sink_image_end(c->sink);
}

bool
gbx_compose_frame(struct gbx_compose *c, uint64_t ms)
{
	bool wanted = c->index >= c->first && c->done < c->want;

	c->index++;
	return !wanted || deliver(c, ms);
}

bool
gbx_compose_complete(const struct gbx_compose *c)
{
	return c->done == c->want;
}
