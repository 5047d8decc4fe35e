/* SPDX-License-Identifier: ISC */
/*
 * A GIF's extensions, see metadata.h. Side: hostile. All sub-blocks of one are
 * inside the file: gbx_gif_next has been over them.
 */
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/gif/frames.h"
#include "sandboxed_parsers/gif/metadata.h"

#define COMMENT	    0xfe
#define APPLICATION 0xff
#define APP_LEN	    11 /* identifier and code (GIF89a, section 26) */

/* How many bytes the sub-blocks hold; joined at out if that is not NULL. */
static size_t
join(const uint8_t *data, size_t at, uint8_t *out)
{
	size_t n, total = 0;

	for (; (n = data[at]) > 0; at += n + 1) {
		if (out != NULL)
			memcpy(out + total, data + at + 1, n);
		total += n;
	}
	return total;
}

static uint8_t *
joined(const uint8_t *data, size_t at, size_t *ret_length)
{
	size_t n = join(data, at, NULL);
	uint8_t *out = n > 0 ? malloc(n) : NULL;

	if (out != NULL)
		*ret_length = join(data, at, out);
	return out;
}

static void
list_comment(struct gbx_sink *sink, const uint8_t *data, size_t at)
{
	size_t n = 0;
	uint8_t *text = joined(data, at, &n);

	if (text != NULL)
		gbx_sink_property(sink, "gif.comment", (const char *)text, n);
	free(text);
}

/* XMP lies there as it is, not in sub-blocks, and a magic trailer leads every
 * reader to its end; so its size is only nearly that (XMP part 3, 1.1.2). */
static void
read_application(
    struct gbx_sink *sink, const uint8_t *data, const struct gbx_gif_walk *w)
{
	const uint8_t *name = data + w->blocks + 1;
	size_t inside = w->blocks + 1 + APP_LEN, n = 0;
	uint8_t *icc;

	if (data[w->blocks] != APP_LEN)
		return;
	if (memcmp(name, "XMP DataXMP", APP_LEN) == 0) {
		gbx_sink_size(sink, "xmp.size", w->pos - inside);
		return;
	}
	if (memcmp(name, "ICCRGBG1012", APP_LEN) != 0)
		return;
	icc = joined(data, inside, &n);
	if (icc != NULL)
		gbx_sink_icc(sink, icc, n);
	free(icc);
}

void
gbx_gif_metadata(struct gbx_sink *sink, const uint8_t *data, size_t size)
{
	struct gbx_gif_walk w = {.data = data, .size = size};
	enum gbx_gif_block block;

	while ((block = gbx_gif_next(&w)) != GBX_GIF_END) {
		if (block != GBX_GIF_EXTENSION)
			continue;
		if (w.label == COMMENT && gbx_sink_wants_records(sink))
			list_comment(sink, data, w.blocks);
		if (w.label == APPLICATION)
			read_application(sink, data, &w);
	}
}
