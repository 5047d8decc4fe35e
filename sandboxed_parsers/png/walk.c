/* SPDX-License-Identifier: ISC */
/*
 * Chunks, see walk.h. Side: hostile. Allocates nothing; every step goes
 * forward.
 */
#include <string.h>
#include <zlib.h>

#include "base/bytes.h"
#include "sandboxed_parsers/png/walk.h"

bool
gbx_png_next_chunk(
    const uint8_t *data, size_t size, size_t *pos, struct gbx_png_chunk *ret)
{
	const uint8_t *p = data + *pos;

	if (size < *pos || size - *pos < GBX_PNG_CHUNK_EXTRA)
		return false;
	ret->length = gbx_be32(p);
	if (ret->length > size - *pos - GBX_PNG_CHUNK_EXTRA)
		return false;
	ret->type = p + 4;
	ret->data = p + 8;
	*pos += GBX_PNG_CHUNK_EXTRA + ret->length;
	return true;
}

bool
gbx_png_is(const struct gbx_png_chunk *c, const char *type)
{
	return memcmp(c->type, type, 4) == 0;
}

bool
gbx_png_crc_fits(const struct gbx_png_chunk *c)
{
	return crc32(0, c->type, (uInt)c->length + 4) ==
	       gbx_be32(c->data + c->length);
}

static bool
find(const uint8_t *data, size_t size, const char *end, const char *type,
    size_t least, struct gbx_png_chunk *ret)
{
	size_t pos = GBX_PNG_SIGNATURE_LEN;

	while (
	    gbx_png_next_chunk(data, size, &pos, ret) && !gbx_png_is(ret, end))
		if (gbx_png_is(ret, type) && ret->length >= least &&
		    gbx_png_crc_fits(ret))
			return true;
	return false;
}

bool
gbx_png_find(const uint8_t *data, size_t size, const char *type, size_t least,
    struct gbx_png_chunk *ret)
{
	return find(data, size, "IDAT", type, least, ret);
}

bool
gbx_png_find_anywhere(const uint8_t *data, size_t size, const char *type,
    size_t least, struct gbx_png_chunk *ret)
{
	return find(data, size, "IEND", type, least, ret);
}
