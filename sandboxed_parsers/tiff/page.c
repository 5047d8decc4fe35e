/* SPDX-License-Identifier: ISC */
/* The tags of a page, see page.h. Side: hostile. */
#include <string.h>

#include "sandboxed_parsers/tiff/page.h"

/* The tag holds up to 65535: gigabytes to unpack for a few pixels. */
#define PER_PIXEL_MAX 256

/* ---- samples ------------------------------------------------------------ */

static bool
depth_is_read(const struct gbx_tiff_page *p)
{
	switch (p->format) {
	case SAMPLEFORMAT_UINT:
	case SAMPLEFORMAT_VOID:
		return (p->bits >= 1 && p->bits <= 32) || p->bits == 64;
	case SAMPLEFORMAT_INT:
		return p->bits == 8 || p->bits == 16 || p->bits == 32 ||
		       p->bits == 64;
	case SAMPLEFORMAT_IEEEFP:
		return p->bits == 16 || p->bits == 24 || p->bits == 32 ||
		       p->bits == 64;
	default:
		return false;
	}
}

/* Not JBIG, which has sizes of its own that libtiff lets it allocate by; not
 * PixarLog, ThunderScan and NeXT, which nobody writes: see README.md. */
static bool
codec_is_read(uint16_t compression)
{
	switch (compression) {
	case COMPRESSION_NONE:
	case COMPRESSION_CCITTRLE:
	case COMPRESSION_CCITTRLEW:
	case COMPRESSION_CCITTFAX3:
	case COMPRESSION_CCITTFAX4:
	case COMPRESSION_PACKBITS:
	case COMPRESSION_LZW:
	case COMPRESSION_DEFLATE:
	case COMPRESSION_ADOBE_DEFLATE:
	case COMPRESSION_LZMA:
	case COMPRESSION_ZSTD:
	case COMPRESSION_JPEG:
	case COMPRESSION_OJPEG:
	case COMPRESSION_WEBP:
	case COMPRESSION_LERC:
	case COMPRESSION_SGILOG:
	case COMPRESSION_SGILOG24:
		return TIFFIsCODECConfigured(compression);
	default:
		return false;
	}
}

/* What libtiff would refuse only when it comes to the pixels. */
static bool
coding_is_read(TIFF *tif, const struct gbx_tiff_page *p, uint16_t compression)
{
	uint16_t predictor = PREDICTOR_NONE;

	if (compression == COMPRESSION_JPEG)
		return p->bits == 8;
	if (compression != COMPRESSION_LZW &&
	    compression != COMPRESSION_DEFLATE &&
	    compression != COMPRESSION_ADOBE_DEFLATE &&
	    compression != COMPRESSION_LZMA && compression != COMPRESSION_ZSTD)
		return true;
	TIFFGetField(tif, TIFFTAG_PREDICTOR, &predictor);
	return predictor != PREDICTOR_HORIZONTAL || p->bits == 8 ||
	       p->bits == 16 || p->bits == 32 || p->bits == 64;
}

static void
fill_reduce(struct gbx_tiff_page *p)
{
	uint32_t v, most;

	if (p->bits > 8 || p->photometric == PHOTOMETRIC_PALETTE) {
		for (v = 0; v < 256; v++)
			p->reduce[v] = (uint8_t)v;
		return;
	}
	most = (1u << p->bits) - 1;
	for (v = 0; v <= most; v++)
		p->reduce[v] = (uint8_t)((v * 255 + most / 2) / most);
}

/* ---- colours ------------------------------------------------------------ */

/* Some writers fill only the lower byte of the 16-bit entries; libtiff looks
 * for that, too (tif_getimage.c, checkcmap). */
static bool
read_palette(TIFF *tif, struct gbx_tiff_page *p)
{
	uint16_t *map[3];
	uint32_t i, c, most = 0;

	if (p->bits > 8 || p->format != SAMPLEFORMAT_UINT ||
	    !TIFFGetField(tif, TIFFTAG_COLORMAP, &map[0], &map[1], &map[2]))
		return false;
	for (i = 0; i < 1u << p->bits; i++)
		for (c = 0; c < 3; c++)
			most = map[c][i] > most ? map[c][i] : most;
	for (i = 0; i < 1u << p->bits; i++)
		for (c = 0; c < 3; c++)
			p->palette[i][c] =
			    (uint8_t)(most < 256
					  ? map[c][i]
					  : (map[c][i] * 255u + 32767) / 65535);
	return true;
}

static bool
inks_are_cmyk(TIFF *tif)
{
	uint16_t inks = INKSET_CMYK, n = 4;

	TIFFGetField(tif, TIFFTAG_INKSET, &inks);
	TIFFGetField(tif, TIFFTAG_NUMBEROFINKS, &n);
	return inks == INKSET_CMYK && n == 4;
}

/* Kinds that libtiff makes pixels of. */
static bool
is_of_library(const struct gbx_tiff_page *p, uint16_t compression)
{
	return compression == COMPRESSION_OJPEG ||
	       p->photometric == PHOTOMETRIC_YCBCR ||
	       p->photometric == PHOTOMETRIC_CIELAB ||
	       p->photometric == PHOTOMETRIC_LOGL ||
	       p->photometric == PHOTOMETRIC_LOGLUV;
}

/* Its own first look at the page; what it can't do it says there, not when it
 * comes to the pixels. */
static bool
library_begins(TIFF *tif)
{
	char reason[1024];
	TIFFRGBAImage image;

	if (!TIFFRGBAImageOK(tif, reason) ||
	    !TIFFRGBAImageBegin(&image, tif, 0, reason))
		return false;
	TIFFRGBAImageEnd(&image);
	return true;
}

/* How many samples are colour; 0: not by us. */
static unsigned
count_colours(TIFF *tif, struct gbx_tiff_page *p)
{
	switch (p->photometric) {
	case PHOTOMETRIC_MINISWHITE:
	case PHOTOMETRIC_MINISBLACK:
		return 1;
	case PHOTOMETRIC_PALETTE:
		return read_palette(tif, p) ? 1 : 0;
	case PHOTOMETRIC_RGB:
		return 3;
	case PHOTOMETRIC_SEPARATED:
		return inks_are_cmyk(tif) ? 4 : 0;
	default:
		return 0;
	}
}

/* The fourth and last sample beside red, green and blue is alpha, straight,
 * where nothing says what it is: Panotools and Hugin write it so, and
 * ImageMagick and libvips read it so. Not of gray, where the same readers see
 * none, and not of more samples, which are bands of a scanner. */
static bool
is_silent_alpha(const struct gbx_tiff_page *p)
{
	return p->photometric == PHOTOMETRIC_RGB && p->per_pixel == 4;
}

static void
choose_channels(TIFF *tif, struct gbx_tiff_page *p)
{
	uint16_t n_extra = 0, *extra = NULL, i;

	for (i = 0; i < p->n_colours; i++)
		p->channel[i] = i;
	p->n_channels = p->n_colours;
	TIFFGetFieldDefaulted(tif, TIFFTAG_EXTRASAMPLES, &n_extra, &extra);
	for (i = 0; i < n_extra && i + p->n_colours < p->per_pixel; i++) {
		if (extra[i] != EXTRASAMPLE_ASSOCALPHA &&
		    extra[i] != EXTRASAMPLE_UNASSALPHA)
			continue;
		p->channel[p->n_channels++] = (uint16_t)(p->n_colours + i);
		p->premultiplied = extra[i] == EXTRASAMPLE_ASSOCALPHA;
		return;
	}
	if (is_silent_alpha(p))
		p->channel[p->n_channels++] = 3;
}

/* JPEG's own colours come out as RGB on demand; of the others libtiff makes
 * pixels: subsampled YCbCr, CIE L*a*b*, LogLuv, and JPEG as of TIFF 5. */
static enum gbx_wire_status
choose_way(TIFF *tif, struct gbx_tiff_page *p, uint16_t compression)
{
	if (compression == COMPRESSION_JPEG &&
	    p->photometric == PHOTOMETRIC_YCBCR && p->per_pixel == 3 &&
	    !p->planes) {
		TIFFSetField(tif, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
		p->photometric = PHOTOMETRIC_RGB;
	}
	p->n_colours = count_colours(tif, p);
	if (compression != COMPRESSION_OJPEG && p->n_colours > 0)
		return depth_is_read(p) && p->n_colours <= p->per_pixel &&
			       p->per_pixel <= PER_PIXEL_MAX &&
			       coding_is_read(tif, p, compression)
			   ? GBX_WIRE_OK
			   : GBX_WIRE_UNSUPPORTED;
	p->by_library = true;
	return is_of_library(p, compression) && library_begins(tif)
		   ? GBX_WIRE_OK
		   : GBX_WIRE_UNSUPPORTED;
}

static bool
is_fax(uint16_t compression)
{
	return compression == COMPRESSION_CCITTRLE ||
	       compression == COMPRESSION_CCITTRLEW ||
	       compression == COMPRESSION_CCITTFAX3 ||
	       compression == COMPRESSION_CCITTFAX4;
}

/* As libtiff guesses it (tif_getimage.c): the fax codes write white as 0. */
static uint16_t
missing_photometric(const struct gbx_tiff_page *p, uint16_t compression)
{
	if (p->per_pixel >= 3)
		return PHOTOMETRIC_RGB;
	return is_fax(compression) ? PHOTOMETRIC_MINISWHITE
				   : PHOTOMETRIC_MINISBLACK;
}

enum gbx_wire_status
gbx_tiff_page_open(
    TIFF *tif, const uint8_t *data, size_t size, struct gbx_tiff_page *p)
{
	enum gbx_wire_status status;
	uint16_t compression, config, orientation = 0;

	memset(p, 0, sizeof(*p));
	if (!TIFFGetField(tif, TIFFTAG_IMAGEWIDTH, &p->width) ||
	    !TIFFGetField(tif, TIFFTAG_IMAGELENGTH, &p->height))
		return GBX_WIRE_MALFORMED;
	TIFFGetFieldDefaulted(tif, TIFFTAG_COMPRESSION, &compression);
	TIFFGetFieldDefaulted(tif, TIFFTAG_BITSPERSAMPLE, &p->bits);
	TIFFGetFieldDefaulted(tif, TIFFTAG_SAMPLESPERPIXEL, &p->per_pixel);
	TIFFGetFieldDefaulted(tif, TIFFTAG_SAMPLEFORMAT, &p->format);
	TIFFGetFieldDefaulted(tif, TIFFTAG_PLANARCONFIG, &config);
	if (!TIFFGetField(tif, TIFFTAG_PHOTOMETRIC, &p->photometric)) {
		/* YCbCr or RGB: nothing tells. */
		if (compression == COMPRESSION_JPEG && p->per_pixel > 1)
			return GBX_WIRE_UNSUPPORTED;
		p->photometric = missing_photometric(p, compression);
	}
	if (TIFFGetField(tif, TIFFTAG_ORIENTATION, &orientation) &&
	    orientation <= 8)
		p->orientation = orientation;
	p->tiled = TIFFIsTiled(tif);
	p->planes = config == PLANARCONFIG_SEPARATE && p->per_pixel > 1;
	if (!codec_is_read(compression) ||
	    (compression == COMPRESSION_JPEG &&
		!gbx_tiff_jpeg_is_read(tif, data, size)))
		return GBX_WIRE_UNSUPPORTED;
	status = choose_way(tif, p, compression);
	if (status == GBX_WIRE_OK && !p->by_library) {
		choose_channels(tif, p);
		fill_reduce(p);
	}
	return status;
}
