/* SPDX-License-Identifier: ISC */
/*
 * The sink's frames: which block each goes to, and how long it is shown.
 * Side: hostile. Frames with the same sides lie one behind another in one
 * block, so that a long animation is a short reply.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "sandboxed_parsers/runtime/sink.h"

uint32_t
gbx_sink_frames_wanted(const struct gbx_sink *s)
{
	uint32_t n = s->task->op == GBX_WIRE_OP_DECODE ? s->task->count : 1;

	if (s->task->first >= s->total)
		return 0;
	return n < s->total - s->task->first ? n : s->total - s->task->first;
}

/* ---- blocks ---------------------------------------------------------------
 */

static struct gbx_sink_block *
last_block(struct gbx_sink *s)
{
	return s->n_blocks > 0 ? &s->block[s->n_blocks - 1] : NULL;
}

uint8_t *
gbx_sink_frame_reserve(struct gbx_sink *s, uint64_t length)
{
	const struct gbx_sink_block *last = last_block(s);

	s->image.joined = s->task->op == GBX_WIRE_OP_DECODE && last != NULL &&
			  last->width == s->image.out_w &&
			  last->height == s->image.out_h &&
			  last->orientation == s->image.orientation;
	return s->image.joined ? gbx_sink_extend(s, length, &s->image.offset)
			       : gbx_sink_reserve(s, length, &s->image.offset);
}

static bool
make_room(struct gbx_sink *s, size_t n)
{
	size_t had = s->frames.room, room = had * 2 > n ? had * 2 : n + 16;
	uint32_t *more;

	if (n <= had)
		return true;
	more = realloc(s->frames.duration_ms, room * sizeof(*more));
	if (more == NULL)
		return false;
	memset(more + had, 0, (room - had) * sizeof(*more));
	s->frames.duration_ms = more;
	s->frames.room = room;
	return true;
}

/* Zeroes are not kept before the first that is none. */
static bool
note_duration(struct gbx_sink *s)
{
	if (s->frames.next_ms == 0 && s->frames.duration_ms == NULL)
		return true;
	if (!make_room(s, (size_t)s->frames.done + 1))
		return false;
	s->frames.duration_ms[s->frames.done] = s->frames.next_ms;
	return true;
}

bool
gbx_sink_frame_add(struct gbx_sink *s, uint64_t stride, uint32_t orientation)
{
	struct gbx_sink_block *b = s->image.joined
				       ? last_block(s)
				       : gbx_sink_add_block(s, GBX_WIRE_PIXELS);

	if (b == NULL || !note_duration(s))
		return false;
	s->frames.next_ms = 0;
	b->length += stride * s->image.out_h;
	b->frames++;
	s->frames.done++;
	if (s->image.joined)
		return true;
	b->index = s->task->first + s->frames.done - 1;
	b->offset = s->image.offset;
	b->width = s->image.out_w;
	b->height = s->image.out_h;
	b->stride = stride;
	b->layout = GBX_WIRE_RGBA8;
	b->orientation = orientation;
	b->colour = s->colour.space;
	return true;
}

/* ---- durations ------------------------------------------------------------
 */

void
gbx_sink_duration(struct gbx_sink *s, uint64_t ms)
{
	if (s->total > 1 && gbx_sink_wants_pixels(s))
		s->frames.next_ms =
		    ms < GBX_DURATION_MAX ? (uint32_t)ms : GBX_DURATION_MAX;
}

bool
gbx_sink_frames_finish(struct gbx_sink *s)
{
	uint32_t i, n = s->frames.done;
	uint64_t length = (uint64_t)n * GBX_DURATION_SIZE, offset;
	struct gbx_sink_block *b;
	uint8_t *to;

	if (s->frames.duration_ms == NULL)
		return true;
	if (n == 1) {
		last_block(s)->duration_ms = s->frames.duration_ms[0];
		return true;
	}
	to = gbx_sink_reserve(s, length, &offset);
	b = to == NULL ? NULL : gbx_sink_add_block(s, GBX_WIRE_DURATIONS);
	if (b == NULL)
		return false;
	for (i = 0; i < n; i++)
		gbx_put_le32(to + (size_t)i * GBX_DURATION_SIZE,
		    s->frames.duration_ms[i]);
	b->offset = offset;
	b->length = length;
	return true;
}

void
gbx_sink_frames_free(struct gbx_sink *s)
{
	free(s->frames.duration_ms);
	memset(&s->frames, 0, sizeof(s->frames));
}
