/* SPDX-License-Identifier: ISC */
/*
 * What a page's tags don't say and its bytes do: which kind of JPEG is in it,
 * and whether it is only the preview of a camera's raw picture. Side: hostile.
 * Reads inside [data, data + size) only.
 */
#include <string.h>

#include "base/bytes.h"
#include "sandboxed_parsers/tiff/page.h"

#define SUBS_MAX 16 /* directories below a page that are looked at */

/* Compressions that cameras have of their own. */
#define NIKON_NEF  34713
#define SONY_ARW   32767
#define PENTAX_PEF 65535

#define PHOTOMETRIC_OF_LINEAR_RAW 34892

/* ---- JPEG --------------------------------------------------------------- */

/* The first frame header from p on; NULL: there is none. */
static const uint8_t *
find_frame(const uint8_t *p, const uint8_t *end)
{
	size_t length;

	if (end - p < 2 || p[0] != 0xff || p[1] != 0xd8)
		return NULL;
	for (p += 2; end - p >= 5 && p[0] == 0xff; p += 2 + length) {
		if (p[1] >= 0xc0 && p[1] <= 0xcf && p[1] != 0xc4 &&
		    p[1] != 0xc8 && p[1] != 0xcc)
			return p;
		length = gbx_be16(p + 2);
		if (p[1] == 0xda || length < 2 ||
		    length + 2 > (size_t)(end - p))
			return NULL;
	}
	return NULL;
}

/* Baseline, extended, progressive, arithmetic, of 8 bits; what has no header
 * is left to libtiff. */
bool
gbx_tiff_jpeg_is_read(TIFF *tif, const uint8_t *data, size_t size)
{
	uint64_t at = TIFFGetStrileOffset(tif, 0);
	const uint8_t *frame;

	if (at >= size)
		return true;
	frame = find_frame(data + at, data + size);
	if (frame == NULL)
		return true;
	return frame[4] == 8 &&
	       (frame[1] <= 0xc2 || frame[1] == 0xc9 || frame[1] == 0xca);
}

/* ---- camera raw --------------------------------------------------------- */

static bool
is_raw_page(TIFF *tif)
{
	uint16_t photometric = 0, compression = 0;

	TIFFGetField(tif, TIFFTAG_PHOTOMETRIC, &photometric);
	TIFFGetField(tif, TIFFTAG_COMPRESSION, &compression);
	return photometric == PHOTOMETRIC_CFA ||
	       photometric == PHOTOMETRIC_OF_LINEAR_RAW ||
	       compression == NIKON_NEF || compression == SONY_ARW ||
	       compression == PENTAX_PEF;
}

/* Canon's: its own eight bytes between the header and the first directory. */
static bool
is_cr2(const uint8_t *data, size_t size)
{
	return size >= 16 && memcmp(data, "II*\0\x10\0\0\0CR\2\0", 12) == 0;
}

/* DNG says it by a tag; others have the raw picture in a directory below the
 * page. */
bool
gbx_tiff_is_preview(
    TIFF *tif, uint64_t page, const uint8_t *data, size_t size, bool *ret_lost)
{
	uint64_t subs[SUBS_MAX], *offsets = NULL;
	uint8_t *version = NULL;
	uint16_t n = 0, i;
	bool raw = false;

	*ret_lost = false;
	if (is_cr2(data, size))
		return true;
	if (TIFFGetField(tif, TIFFTAG_DNGVERSION, &version))
		return true;
	if (!TIFFGetField(tif, TIFFTAG_SUBIFD, &n, &offsets))
		return false;
	if (n > SUBS_MAX)
		n = SUBS_MAX;
	for (i = 0; i < n; i++)
		subs[i] = offsets[i];
	for (i = 0; i < n && !raw; i++)
		raw = subs[i] != 0 && TIFFSetSubDirectory(tif, subs[i]) &&
		      is_raw_page(tif);
	*ret_lost = !TIFFSetSubDirectory(tif, page);
	return raw;
}
