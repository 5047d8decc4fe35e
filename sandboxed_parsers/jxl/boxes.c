/* SPDX-License-Identifier: ISC */
/*
 * Boxes of ISO/IEC 18181-2, see boxes.h. Side: hostile.
 */
#include <string.h>

#include "base/bytes.h"
#include "sandboxed_parsers/jxl/boxes.h"
#include "sandboxed_parsers/runtime/boxes.h"

/* Four bytes in front say how many more are to be passed over. */
static void
list_exif(struct gbx_sink *sink, const struct gbx_box *box)
{
	size_t skip;

	if (box->size < 4)
		return;
	skip = gbx_be32(box->data);
	if (skip < box->size - 4)
		gbx_sink_exif(sink, box->data + 4 + skip, box->size - 4 - skip);
}

static void
list_packed(struct gbx_sink *sink, const struct gbx_box *box)
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
	struct gbx_box box;
	size_t pos = 0;

	/* A bare codestream has none. */
	if (size < 2 || (data[0] == 0xff && data[1] == 0x0a))
		return;
	while (gbx_box_next(data, size, &pos, &box)) {
		if (memcmp(box.type, "Exif", 4) == 0)
			list_exif(sink, &box);
		else if (memcmp(box.type, "xml ", 4) == 0)
			gbx_sink_size(sink, "xmp.size", box.size);
		else if (memcmp(box.type, "brob", 4) == 0)
			list_packed(sink, &box);
	}
}
