/* SPDX-License-Identifier: ISC */
/* The header of a bitmap, see dib.h. Side: hostile. */
#include <string.h>

#include "base/bytes.h"
#include "sandboxed_parsers/bmp/dib.h"

/* Sizes of headers: OS/2's two (the second may end anywhere from 16 on), and
 * Windows' own, each the one before and more. */
#define CORE	  12u
#define OS2_LEAST 16u
#define INFO	  40u
#define V2	  52u /* and three masks */
#define V3	  56u /* and a mask for alpha */
#define OS2_MOST  64u
#define V4	  108u
#define V5	  124u

enum {
	BI_RGB = 0,
	BI_RLE8 = 1,
	BI_RLE4 = 2,
	BI_BITFIELDS = 3, /* OS/2: Huffman 1D */
	BI_JPEG = 4,	  /* OS/2: RLE24 */
	BI_PNG = 5,
	BI_ALPHABITFIELDS = 6
};

/* Bytes behind the header's last that are masks. */
static size_t
masks_after(uint32_t header, uint32_t compression)
{
	if (header != INFO)
		return 0;
	return compression == BI_BITFIELDS	  ? 12
	       : compression == BI_ALPHABITFIELDS ? 16
						  : 0;
}

static bool
is_os2(uint32_t header)
{
	return header >= OS2_LEAST && header <= OS2_MOST && header != INFO &&
	       header != V2 && header != V3;
}

/* ---- size --------------------------------------------------------------- */

static bool
read_core(const uint8_t *h, struct gbx_dib *d)
{
	d->width = gbx_le16(h + 4);
	d->height = gbx_le16(h + 6);
	d->bits = gbx_le16(h + 10);
	d->palette_step = 3;
	return d->width > 0 && d->height > 0;
}

/* A negative height means top-down; INT32_MIN has no positive twin. */
static bool
read_info(const uint8_t *h, struct gbx_dib *d)
{
	d->width = gbx_le32(h + 4);
	d->height = gbx_le32(h + 8);
	d->bits = gbx_le16(h + 14);
	d->palette_step = 4;
	if (d->height > INT32_MAX) {
		d->height = 0 - d->height;
		d->top_down = true;
	}
	return d->width > 0 && d->width <= INT32_MAX && d->height > 0 &&
	       d->height <= INT32_MAX;
}

/* ---- coding ------------------------------------------------------------- */

static enum gbx_wire_status
rows(const struct gbx_dib *d)
{
	switch (d->bits) {
	case 1:
	case 2:
	case 4:
	case 8:
	case 16:
	case 24:
	case 32:
		return GBX_WIRE_OK;
	case 64:
		return GBX_WIRE_UNSUPPORTED;
	default:
		return GBX_WIRE_MALFORMED;
	}
}

static enum gbx_wire_status
coded(struct gbx_dib *d, enum gbx_dib_coding coding, uint32_t bits)
{
	d->coding = coding;
	return d->bits == bits ? GBX_WIRE_OK : GBX_WIRE_MALFORMED;
}

static enum gbx_wire_status
fields(const struct gbx_dib *d)
{
	return d->bits == 16 || d->bits == 32 ? GBX_WIRE_OK
					      : GBX_WIRE_MALFORMED;
}

static enum gbx_wire_status
choose_coding(struct gbx_dib *d, uint32_t compression, bool os2)
{
	switch (compression) {
	case BI_RGB:
		return rows(d);
	case BI_RLE8:
		return coded(d, GBX_DIB_RLE8, 8);
	case BI_RLE4:
		return coded(d, GBX_DIB_RLE4, 4);
	case BI_BITFIELDS:
		return os2 ? GBX_WIRE_UNSUPPORTED : fields(d);
	case BI_ALPHABITFIELDS:
		return os2 ? GBX_WIRE_MALFORMED : fields(d);
	case BI_JPEG:
		return os2 ? coded(d, GBX_DIB_RLE24, 24) : GBX_WIRE_UNSUPPORTED;
	default: /* a PNG inside; CMYK */
		return GBX_WIRE_UNSUPPORTED;
	}
}

/* ---- masks -------------------------------------------------------------- */

/* Bits of a channel that are not next to each other mean nothing. */
static bool
masks_are_runs(const struct gbx_dib *d)
{
	uint32_t run;
	int c;

	for (c = 0; c < 4; c++) {
		if (d->mask[c] == 0)
			continue;
		run = d->mask[c] >> __builtin_ctz(d->mask[c]);
		if ((run & (run + 1)) != 0)
			return false;
	}
	return true;
}

/* Without masks of its own, 16 bits are five each and 32 are eight each; the
 * rest is unused, not alpha, whatever is in it. */
static bool
read_masks(
    const uint8_t *h, uint32_t header, uint32_t compression, struct gbx_dib *d)
{
	static const uint32_t five[3] = {0x7c00, 0x03e0, 0x001f};
	static const uint32_t eight[3] = {0xff0000, 0x00ff00, 0x0000ff};
	int c, n = 3;

	if (compression != BI_BITFIELDS && compression != BI_ALPHABITFIELDS) {
		memcpy(d->mask, d->bits == 16 ? five : eight, sizeof(five));
		return true;
	}
	if (header >= V3 || compression == BI_ALPHABITFIELDS)
		n = 4;
	if (header == V2)
		n = 3;
	for (c = 0; c < n; c++)
		d->mask[c] = gbx_le32(h + INFO + c * 4);
	return masks_are_runs(d);
}

/* ---- all of it ---------------------------------------------------------- */

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* As many colours as the depth has indices, or fewer if the header says so;
 * cut where the pixels or the data begin. More than that are skipped. Indices
 * without a palette are nothing: pixels that are said to begin before its
 * first colour (an offset that forgets it), or in the header, begin behind
 * both. */
static void
find_palette(const uint8_t *data, size_t size, size_t at, size_t pixels_at,
    uint32_t declared, struct gbx_dib *d)
{
	size_t n = d->bits <= 8 ? (size_t)1 << d->bits : 0;
	size_t step = d->palette_step, end = pixels_at;

	if (declared > 0)
		n = smaller(n, declared);
	d->pixels_at = pixels_at;
	if (end < at || (end == at && n > 0)) {
		end = 0;
		d->pixels_at = at + n * step;
	}
	if (end == 0)
		end = size;
	end = smaller(end, size);
	n = smaller(n, end > at ? (end - at) / step : 0);
	d->palette = data + at;
	d->n_colours = (uint32_t)n;
	d->palette_end = at + (uint64_t)(declared > n ? declared : n) * step;
}

static enum gbx_wire_status
read_long(const uint8_t *data, size_t size, uint32_t header, size_t pixels_at,
    struct gbx_dib *d)
{
	uint32_t compression = 0, declared = 0;
	enum gbx_wire_status status;
	size_t masks;

	if (!read_info(data, d))
		return GBX_WIRE_MALFORMED;
	if (header >= 20)
		compression = gbx_le32(data + 16);
	if (header >= 36)
		declared = gbx_le32(data + 32);
	status = choose_coding(d, compression, is_os2(header));
	if (status != GBX_WIRE_OK)
		return status;
	masks = masks_after(header, compression);
	if (masks > size - header || !read_masks(data, header, compression, d))
		return GBX_WIRE_MALFORMED;
	find_palette(data, size, header + masks, pixels_at, declared, d);
	return GBX_WIRE_OK;
}

enum gbx_wire_status
gbx_bmp_header(
    const uint8_t *data, size_t size, size_t pixels_at, struct gbx_dib *ret_dib)
{
	struct gbx_dib *d = ret_dib;
	enum gbx_wire_status status;
	uint32_t header;

	memset(d, 0, sizeof(*d));
	if (size < CORE)
		return GBX_WIRE_MALFORMED;
	header = gbx_le32(data);
	if (header > size)
		return GBX_WIRE_MALFORMED;
	if (header == CORE) {
		status = read_core(data, d) ? rows(d) : GBX_WIRE_MALFORMED;
		find_palette(data, size, CORE, pixels_at, 0, d);
		return d->bits > 24 || d->bits == 16 ? GBX_WIRE_MALFORMED
						     : status;
	}
	if (!is_os2(header) && header != INFO && header != V2 && header != V3 &&
	    header != V4 && header != V5)
		return GBX_WIRE_MALFORMED;
	return read_long(data, size, header, pixels_at, d);
}
