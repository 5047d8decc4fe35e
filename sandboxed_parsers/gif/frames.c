/* SPDX-License-Identifier: ISC */
/*
 * The blocks of a GIF, one after the other: GIF89a, sections 18 to 27.
 * Side: hostile. Allocates nothing; every step goes forward.
 */
#include "sandboxed_parsers/gif/frames.h"
#include "base/bytes.h"

#define SCREEN_END 13 /* signature and logical screen descriptor */
#define IMAGE_LEN  9  /* image descriptor after its introducer */

static bool
skip(struct gbx_gif_walk *w, size_t n)
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
skip_sub_blocks(struct gbx_gif_walk *w)
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
skip_image(struct gbx_gif_walk *w)
{
	uint8_t flags;

	if (w->size - w->pos < IMAGE_LEN)
		return;
	flags = w->data[w->pos + IMAGE_LEN - 1];
	if (!skip(w, IMAGE_LEN + table_bytes(flags) + 1) || !skip_sub_blocks(w))
		w->pos = w->size;
}

static bool
begin(struct gbx_gif_walk *w)
{
	w->begun = true;
	return w->size >= SCREEN_END && skip(w, SCREEN_END) &&
	       skip(w, table_bytes(w->data[10]));
}

/* An extension that is cut off is the end. */
static bool
read_extension(struct gbx_gif_walk *w)
{
	if (w->pos >= w->size)
		return false;
	w->label = w->data[w->pos++];
	w->blocks = w->pos;
	return skip_sub_blocks(w);
}

enum gbx_gif_block
gbx_gif_next(struct gbx_gif_walk *w)
{
	if (!w->begun && !begin(w))
		return GBX_GIF_END;
	while (w->pos < w->size)
		switch (w->data[w->pos++]) {
		case 0x2c:
			w->image = w->pos;
			skip_image(w);
			return GBX_GIF_IMAGE;
		case 0x21:
			if (read_extension(w))
				return GBX_GIF_EXTENSION;
			w->pos = w->size;
			break;
		case 0x3b:
			w->pos = w->size;
			break;
		default: /* filler between blocks, as decoders take it */
			break;
		}
	return GBX_GIF_END;
}

bool
gbx_gif_first_extent(
    const uint8_t *data, size_t size, uint32_t *ret_width, uint32_t *ret_height)
{
	struct gbx_gif_walk w = {.data = data, .size = size};
	enum gbx_gif_block block;

	while ((block = gbx_gif_next(&w)) != GBX_GIF_END) {
		if (block != GBX_GIF_IMAGE || size - w.image < IMAGE_LEN)
			continue;
		data += w.image;
		*ret_width = (uint32_t)gbx_le16(data) + gbx_le16(data + 4);
		*ret_height = (uint32_t)gbx_le16(data + 2) + gbx_le16(data + 6);
		return true;
	}
	return false;
}

uint32_t
gbx_gif_count_frames(const uint8_t *data, size_t size, uint64_t most)
{
	struct gbx_gif_walk w = {.data = data, .size = size};
	enum gbx_gif_block block;
	uint32_t n = 0;

	while (n <= most && (block = gbx_gif_next(&w)) != GBX_GIF_END)
		if (block == GBX_GIF_IMAGE)
			n++;
	return n;
}
