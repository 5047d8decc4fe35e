/* SPDX-License-Identifier: ISC */
/*
 * The orientation out of an EXIF block: a TIFF header and its first directory
 * (Exif 2.32, 4.5 and 4.6; TIFF 6.0, section 2). No other tag is looked at.
 * Side: hostile. Reads inside [exif, exif + size) only; follows one offset.
 */
#include <stdbool.h>
#include <string.h>

#include "sandboxed_parsers/runtime/exif.h"

#define ORIENTATION 0x0112
#define TYPE_SHORT  3
#define TYPE_LONG   4
#define ENTRY	    12

static uint32_t
get(const uint8_t *p, unsigned int n, bool big)
{
	uint32_t v = 0;
	unsigned int i;

	for (i = 0; i < n; i++)
		v |= (uint32_t)p[i] << (8 * (big ? n - 1 - i : i));
	return v;
}

static uint32_t
entry_orientation(const uint8_t *entry, bool big)
{
	uint32_t v;

	/* A LONG is wrong, and read by everyone. */
	if (get(entry + 4, 4, big) != 1)
		return 0;
	if (get(entry + 2, 2, big) == TYPE_SHORT)
		v = get(entry + 8, 2, big);
	else if (get(entry + 2, 2, big) == TYPE_LONG)
		v = get(entry + 8, 4, big);
	else
		return 0;
	return v <= 8 ? v : 0;
}

uint32_t
gbx_exif_orientation(const uint8_t *exif, size_t size)
{
	uint32_t offset, n, i;
	const uint8_t *entry;
	bool big;

	/* Some writers put JPEG's header before the TIFF one. */
	if (size >= 6 && memcmp(exif, "Exif\0", 6) == 0) {
		exif += 6;
		size -= 6;
	}
	if (size < 8 || exif[0] != exif[1] ||
	    (exif[0] != 'I' && exif[0] != 'M'))
		return 0;
	big = exif[0] == 'M';
	offset = get(exif + 4, 4, big);
	if (get(exif + 2, 2, big) != 42 || offset > size || size - offset < 2)
		return 0;
	n = get(exif + offset, 2, big);
	entry = exif + offset + 2;
	size -= (size_t)offset + 2;
	for (i = 0; i < n && size >= ENTRY; i++) {
		if (get(entry, 2, big) == ORIENTATION)
			return entry_orientation(entry, big);
		entry += ENTRY;
		size -= ENTRY;
	}
	return 0;
}
