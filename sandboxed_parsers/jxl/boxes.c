/* SPDX-License-Identifier: ISC */
/*
 * Boxes of ISO/IEC 18181-2, see boxes.h. Side: hostile. Every step goes
 * forward; a box that reaches past the end is the last.
 */
#include <string.h>

#include "base/bytes.h"
#include "sandboxed_parsers/jxl/boxes.h"

#define BOX  8
#define LONG 16

struct box {
	const uint8_t *type, *data;
	size_t size;
};

/* ISO/IEC 14496-12, 4.2: a size of 1 stands for one in 64 bits behind the type,
 * of 0 for all that is left. */
static bool
next_box(const uint8_t *data, size_t size, size_t *pos, struct box *ret)
{
	size_t left = size - *pos, head = BOX;
	uint64_t whole;

	if (left < BOX)
		return false;
	whole = gbx_be32(data + *pos);
	if (whole == 1) {
		if (left < LONG)
			return false;
		whole = (uint64_t)gbx_be32(data + *pos + 8) << 32 |
			gbx_be32(data + *pos + 12);
		head = LONG;
	} else if (whole == 0) {
		whole = left;
	}
	if (whole < head || whole > left)
		return false;
	*ret = (struct box){
	    data + *pos + 4, data + *pos + head, (size_t)whole - head};
	*pos += (size_t)whole;
	return true;
}

/* Four bytes in front say how many more are to be passed over. */
static void
list_exif(struct gbx_sink *sink, const struct box *box)
{
	size_t skip;

	if (box->size < 4)
		return;
	skip = gbx_be32(box->data);
	if (skip < box->size - 4)
		gbx_sink_exif(sink, box->data + 4 + skip, box->size - 4 - skip);
}

static void
list_packed(struct gbx_sink *sink, const struct box *box)
{
	if (box->size < 4)
		return;
	if (memcmp(box->data, "Exif", 4) == 0)
		gbx_sink_size(sink, "exif.packed-size", box->size - 4);
	if (memcmp(box->data, "xml ", 4) == 0)
		gbx_sink_size(sink, "xmp.packed-size", box->size - 4);
}

void
gbx_jxl_metadata(struct gbx_sink *sink, const uint8_t *data, size_t size)
{
	struct box box;
	size_t pos = 0;

	/* A bare codestream has none. */
	if (size < 2 || (data[0] == 0xff && data[1] == 0x0a))
		return;
	while (next_box(data, size, &pos, &box)) {
		if (memcmp(box.type, "Exif", 4) == 0)
			list_exif(sink, &box);
		else if (memcmp(box.type, "xml ", 4) == 0)
			gbx_sink_size(sink, "xmp.size", box.size);
		else if (memcmp(box.type, "brob", 4) == 0)
			list_packed(sink, &box);
	}
}
