/* SPDX-License-Identifier: ISC */
/* See grids.h. Side: hostile. */
#include <string.h>

#include "sandboxed_parsers/avif/grids.h"
#include "sandboxed_parsers/runtime/boxes.h"

#define FULL 4 /* version and flags: ISO/IEC 14496-12, 4.2 */

/* A number of an item or of how many, of 16 or 32 bits. */
static uint32_t
number(const uint8_t *p, size_t width)
{
	return width == 2 ? gbx_be16(p) : gbx_be32(p);
}

/* infe of version 2 or 3 (8.11.6): number, protection, type. */
static bool
is_grid_item(const struct gbx_box *infe, uint32_t item)
{
	size_t width = infe->size > 0 && infe->data[0] >= 3 ? 4 : 2;

	return infe->size >= FULL + width + 2 + 4 &&
	       number(infe->data + FULL, width) == item &&
	       memcmp(infe->data + FULL + width + 2, "grid", 4) == 0;
}

static bool
is_grid(const struct gbx_box *meta, uint32_t item)
{
	struct gbx_box iinf, infe;
	size_t pos;

	if (!gbx_box_find(meta, FULL, "iinf", &iinf) || iinf.size < FULL)
		return false;
	pos = FULL + (iinf.data[0] == 0 ? 2 : 4);
	while (
	    pos <= iinf.size && gbx_box_next(iinf.data, iinf.size, &pos, &infe))
		if (gbx_box_is(&infe, "infe") && is_grid_item(&infe, item))
			return true;
	return false;
}

/* dimg (8.11.12): from, how many, to. */
static bool
in_order(const struct gbx_box *dimg, size_t width)
{
	size_t n, i, at = width + 2;

	if (dimg->size < at)
		return true;
	n = gbx_be16(dimg->data + width);
	if (n > (dimg->size - at) / width)
		return true;
	for (i = 1; i < n; i++, at += width)
		if (number(dimg->data + at, width) >=
		    number(dimg->data + at + width, width))
			return false;
	return true;
}

bool
gbx_avif_shuffled(const uint8_t *data, size_t size)
{
	const struct gbx_box file = {NULL, data, size};
	struct gbx_box meta, iref, dimg;
	size_t pos = FULL, width;

	if (!gbx_box_find(&file, 0, "meta", &meta) ||
	    !gbx_box_find(&meta, FULL, "iref", &iref) || iref.size < FULL)
		return false;
	width = iref.data[0] == 0 ? 2 : 4;
	while (
	    pos <= iref.size && gbx_box_next(iref.data, iref.size, &pos, &dimg))
		if (gbx_box_is(&dimg, "dimg") && dimg.size >= width &&
		    is_grid(&meta, number(dimg.data, width)) &&
		    !in_order(&dimg, width))
			return true;
	return false;
}
