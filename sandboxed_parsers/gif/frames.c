/* SPDX-License-Identifier: ISC */
/*
 * The blocks of a GIF, one after the other: GIF89a, sections 18 to 27.
 * Side: hostile. Allocates nothing; every step goes forward.
 */
#include <stdbool.h>

#include "sandboxed_parsers/gif/frames.h"

#define SCREEN_END 13 /* signature and logical screen descriptor */
#define IMAGE_LEN  9  /* image descriptor after its introducer */

struct walk {
	const uint8_t *data;
	size_t size, pos;
};

static bool
skip(struct walk *w, size_t n)
{
	if (n > w->size - w->pos)
		return false;
	w->pos += n;
	return true;
}

/* Bit 7: there is one; bits 0-2: 2 to the power of that and one colours. */
static size_t
table_bytes(uint8_t flags)
{
	return flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

static bool
skip_sub_blocks(struct walk *w)
{
	uint8_t n;

	do {
		if (w->pos >= w->size)
			return false;
		n = w->data[w->pos++];
		if (!skip(w, n))
			return false;
	} while (n > 0);
	return true;
}

/* Table, code size, data. A frame whose data are cut off counts. */
static void
skip_image(struct walk *w)
{
	uint8_t flags;

	if (w->size - w->pos < IMAGE_LEN)
		return;
	flags = w->data[w->pos + IMAGE_LEN - 1];
	if (!skip(w, IMAGE_LEN + table_bytes(flags) + 1) || !skip_sub_blocks(w))
		w->pos = w->size;
}

uint32_t
gbx_gif_count_frames(const uint8_t *data, size_t size, uint64_t most)
{
	struct walk w = {.data = data, .size = size};
	uint32_t n = 0;

	if (size < SCREEN_END || !skip(&w, SCREEN_END) ||
	    !skip(&w, table_bytes(data[10])))
		return 0;
	while (w.pos < w.size && n <= most) {
		switch (w.data[w.pos++]) {
		case 0x2c: /* image */
			n++;
			skip_image(&w);
			break;
		case 0x21: /* extension: a label, then data */
			if (!skip(&w, 1) || !skip_sub_blocks(&w))
				return n;
			break;
		case 0x3b: /* trailer */
			return n;
		default: /* filler between blocks, as decoders take it */
			break;
		}
	}
	return n;
}
