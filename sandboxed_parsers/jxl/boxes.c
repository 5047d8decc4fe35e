/* SPDX-License-Identifier: ISC */
/*
 * Boxes of ISO/IEC 18181-2, see boxes.h. Side: hostile.
 */
#include <stdlib.h>
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

/* What of a codestream is in it; the number of a part comes before that. */
static size_t
part_of(const struct gbx_box *box, const uint8_t **ret_part)
{
	bool numbered = memcmp(box->type, "jxlp", 4) == 0;

	if ((!numbered && memcmp(box->type, "jxlc", 4) != 0) ||
	    (numbered && box->size < 4))
		return 0;
	*ret_part = box->data + (numbered ? 4 : 0);
	return box->size - (numbered ? 4 : 0);
}

static bool
has_long_box(const uint8_t *data, size_t size)
{
	struct gbx_box box;
	size_t pos = 0, at = 0;

	while (gbx_box_next(data, size, &pos, &box)) {
		if (gbx_be32(data + at) == 1)
			return true;
		at = pos;
	}
	return false;
}

bool
gbx_jxl_codestream(const uint8_t *data, size_t size, uint8_t **ret_copy,
    const uint8_t **ret_data, size_t *ret_size)
{
	const uint8_t *part = data;
	size_t pos = 0, n, used = 0;
	struct gbx_box box;

	*ret_copy = NULL;
	*ret_data = data;
	*ret_size = size;
	if (size < 8 || (data[0] == 0xff && data[1] == 0x0a) ||
	    !has_long_box(data, size))
		return true;
	*ret_copy = malloc(size);
	if (*ret_copy == NULL)
		return false;
	while (gbx_box_next(data, size, &pos, &box)) {
		n = part_of(&box, &part);
		memcpy(*ret_copy + used, part, n);
		used += n;
	}
	if (used > 0) {
		*ret_data = *ret_copy;
		*ret_size = used;
	}
	return true;
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
