/* SPDX-License-Identifier: ISC */
/*
 * Names of members as people read them: UTF-8, or IBM code page 437 (APPNOTE
 * appendix D). Side: hostile. Allocates nothing.
 */
#include <libdeflate.h>
#include <string.h>

#include "base/bytes.h"
#include "sandboxed_parsers/runtime/utf8.h"
#include "sandboxed_parsers/runtime/zip/zip.h"

#define EXTRA_UTF8_NAME 0x7075

/* 0x80 to 0xff, as the Unicode Consortium maps them (CP437.TXT). */
static const uint16_t cp437[128] = {
    0x00c7,
    0x00fc,
    0x00e9,
    0x00e2,
    0x00e4,
    0x00e0,
    0x00e5,
    0x00e7,
    0x00ea,
    0x00eb,
    0x00e8,
    0x00ef,
    0x00ee,
    0x00ec,
    0x00c4,
    0x00c5,
    0x00c9,
    0x00e6,
    0x00c6,
    0x00f4,
    0x00f6,
    0x00f2,
    0x00fb,
    0x00f9,
    0x00ff,
    0x00d6,
    0x00dc,
    0x00a2,
    0x00a3,
    0x00a5,
    0x20a7,
    0x0192,
    0x00e1,
    0x00ed,
    0x00f3,
    0x00fa,
    0x00f1,
    0x00d1,
    0x00aa,
    0x00ba,
    0x00bf,
    0x2310,
    0x00ac,
    0x00bd,
    0x00bc,
    0x00a1,
    0x00ab,
    0x00bb,
    0x2591,
    0x2592,
    0x2593,
    0x2502,
    0x2524,
    0x2561,
    0x2562,
    0x2556,
    0x2555,
    0x2563,
    0x2551,
    0x2557,
    0x255d,
    0x255c,
    0x255b,
    0x2510,
    0x2514,
    0x2534,
    0x252c,
    0x251c,
    0x2500,
    0x253c,
    0x255e,
    0x255f,
    0x255a,
    0x2554,
    0x2569,
    0x2566,
    0x2560,
    0x2550,
    0x256c,
    0x2567,
    0x2568,
    0x2564,
    0x2565,
    0x2559,
    0x2558,
    0x2552,
    0x2553,
    0x256b,
    0x256a,
    0x2518,
    0x250c,
    0x2588,
    0x2584,
    0x258c,
    0x2590,
    0x2580,
    0x03b1,
    0x00df,
    0x0393,
    0x03c0,
    0x03a3,
    0x03c3,
    0x00b5,
    0x03c4,
    0x03a6,
    0x0398,
    0x03a9,
    0x03b4,
    0x221e,
    0x03c6,
    0x03b5,
    0x2229,
    0x2261,
    0x00b1,
    0x2265,
    0x2264,
    0x2320,
    0x2321,
    0x00f7,
    0x2248,
    0x00b0,
    0x2219,
    0x00b7,
    0x221a,
    0x207f,
    0x00b2,
    0x25a0,
    0x00a0,
};

/* Info-ZIP's name in UTF-8 (APPNOTE 4.6.9): a version, the CRC of the name that
 * it stands for, the name. One that stands for another name is out of date. */
static const uint8_t *
unicode_path(const struct gbx_zip_name *name, size_t *ret_n)
{
	const uint8_t *p = name->extra;
	size_t left = name->n_extra, n;

	for (; left >= 4; p += 4 + n, left -= 4 + n) {
		n = gbx_le16(p + 2);
		if (n > left - 4)
			return NULL;
		if (gbx_le16(p) != EXTRA_UTF8_NAME || n < 6 || p[4] != 1 ||
		    gbx_le32(p + 5) !=
			libdeflate_crc32(0, name->raw, name->n_raw))
			continue;
		*ret_n = n - 5;
		return p + 9;
	}
	return NULL;
}

static bool
is_utf8(const uint8_t *p, size_t n)
{
	uint32_t c;
	size_t step;

	for (; n > 0; p += step, n -= step) {
		step = gbx_utf8_next(p, n, &c);
		if (step == 0)
			return false;
		/* The replacement itself may stand in a name. */
		if (c == GBX_UTF8_REPLACEMENT && !(step == 3 && *p == 0xef))
			return false;
	}
	return true;
}

static size_t
from_cp437(const uint8_t *p, size_t n, char *out, size_t room)
{
	size_t used = 0, i;

	for (i = 0; i < n && room - used >= 3; i++)
		used += gbx_utf8_put(p[i] < 0x80 ? p[i] : cp437[p[i] - 0x80],
		    (uint8_t *)out + used);
	return used;
}

size_t
gbx_zip_decode_name(const struct gbx_zip_name *name, char *out, size_t room)
{
	const uint8_t *p = name->raw;
	size_t n = name->n_raw;
	const uint8_t *better = unicode_path(name, &n);

	if (better != NULL)
		p = better;
	else
		n = name->n_raw;
	/* Info-ZIP writes UTF-8 without saying so; by chance no other name is
	 * well-formed. */
	if (better == NULL && !name->utf8 && !is_utf8(p, n))
		return from_cp437(p, n, out, room);
	if (n > room)
		n = room;
	memcpy(out, p, n);
	return n;
}
