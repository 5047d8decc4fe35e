/* SPDX-License-Identifier: ISC */
/*
 * What the colours of a picture are called, and whether they are to be
 * converted. Side: hostile.
 */
#include <stdio.h>
#include <string.h>

#include "sandboxed_parsers/runtime/hdr.h"
#include "sandboxed_parsers/runtime/icc.h"
#include "sandboxed_parsers/runtime/sink.h"

/* A probe's block is there before the profile is. */
static void
set_space(struct gbx_sink *s, uint32_t space)
{
	s->colour.space = space;
	if (s->task->op == GBX_WIRE_OP_PROBE && s->n_blocks > 0)
		s->block[0].colour = space;
}

/* True: convert them. Thumbnails are sRGB, or stay what they are called if
 * that is wanted; all else stays as it is. */
static bool
found(struct gbx_sink *s, uint32_t space)
{
	bool keep = s->task->want & GBX_WIRE_WANT_COLOUR;

	s->colour.found = space;
	if (s->task->op != GBX_WIRE_OP_THUMBNAIL ||
	    space == GBX_WIRE_COLOUR_SRGB ||
	    (keep && space != GBX_WIRE_COLOUR_OTHER)) {
		set_space(s, space);
		return false;
	}
	/* Until gbx_sink_convert has done it. */
	set_space(s, GBX_WIRE_COLOUR_OTHER);
	return true;
}

static void
list(struct gbx_sink *s, const uint8_t *profile, size_t length)
{
	char text[256];

	if (gbx_icc_description(profile, length, text, sizeof(text)))
		gbx_sink_property(s, "icc.description", text, strlen(text));
	gbx_sink_size(s, "icc.size", length);
}

bool
gbx_gray_pixels(const uint8_t *rgba, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++, rgba += 4)
		if (rgba[0] != rgba[1] || rgba[1] != rgba[2])
			return false;
	return true;
}

bool
gbx_sink_colour(struct gbx_sink *s, const uint8_t *profile, size_t length)
{
	if (gbx_sink_wants_records(s))
		list(s, profile, length);
	return found(s, gbx_icc_name(profile, length));
}

/* ITU-T H.273, tables 2 and 3. The transfer of video is shown as it is, like
 * sRGB; those of BT.2020 for 10 and 12 bits are the same. */
static uint32_t
name_of(uint32_t colour_primaries, uint32_t transfer)
{
	if (colour_primaries == 1 &&
	    (transfer == 1 || transfer == 6 || transfer == 13 ||
		transfer == 14 || transfer == 15))
		return GBX_WIRE_COLOUR_SRGB;
	if (colour_primaries == 12 && transfer == 13)
		return GBX_WIRE_COLOUR_DISPLAY_P3;
	if (colour_primaries == 9 && (transfer == 14 || transfer == 15))
		return GBX_WIRE_COLOUR_REC2020;
	return GBX_WIRE_COLOUR_OTHER;
}

/* 2 is "unspecified"; of HDR the primaries are known all the same. */
bool
gbx_sink_code_points(
    struct gbx_sink *s, uint32_t colour_primaries, uint32_t transfer)
{
	if ((colour_primaries == 2 && !gbx_is_hdr(transfer)) || transfer == 2)
		return false;
	return found(s, name_of(colour_primaries, transfer));
}

bool
gbx_sink_named_colour(struct gbx_sink *s, uint32_t space)
{
	return found(s, space);
}

/* A thumbnail that was converted is sRGB; one that could not be stays in other
 * colours. */
void
gbx_sink_convert(struct gbx_sink *s, uint8_t *pixels, size_t n)
{
	if (s->colour.profile != NULL &&
	    s->colour.convert(s->colour.profile, pixels, n))
		set_space(s, GBX_WIRE_COLOUR_SRGB);
}
