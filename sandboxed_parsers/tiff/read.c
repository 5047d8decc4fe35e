/* SPDX-License-Identifier: ISC */
/*
 * Strips and tiles of a page into the sink, see page.h.
 * Side: hostile. What libtiff can't decode comes out as samples of 0, and the
 * rest goes on.
 */
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/tiff/page.h"

struct reader {
	TIFF *tif;
	const struct gbx_tiff_page *p;
	struct gbx_sink *sink;
	uint8_t *raw;		    /* as libtiff decodes it */
	size_t plane_size, row_len; /* one plane in raw, and a row of it */
	uint8_t *bytes;		    /* a row of samples, unpacked */
	uint32_t good, bad;
};

static uint32_t
least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static unsigned
count_planes(const struct gbx_tiff_page *p)
{
	return p->planes ? p->n_channels : 1;
}

static size_t
samples_in_row(const struct gbx_tiff_page *p, uint32_t n)
{
	return (size_t)n * (p->planes ? 1 : p->per_pixel);
}

/* libtiff's own idea of a row's length must hold the pixels that we look at:
 * it has one for each way of coding. */
static bool
make_room(struct reader *r, tmsize_t plane, tmsize_t row, uint32_t n)
{
	size_t samples = samples_in_row(r->p, n), planes = count_planes(r->p);

	if (plane <= 0 || row <= 0 || plane < row ||
	    (size_t)row < (samples * r->p->bits + 7) / 8)
		return false;
	r->plane_size = (size_t)plane;
	r->row_len = (size_t)row;
	if (r->plane_size > SIZE_MAX / planes)
		return false;
	r->raw = malloc(r->plane_size * planes);
	r->bytes = malloc(samples * planes);
	return r->raw != NULL && r->bytes != NULL;
}

/* n pixels of the row that begins `at` bytes into each plane. */
static void
paint(struct reader *r, size_t at, uint8_t *to, uint32_t n)
{
	const struct gbx_tiff_page *p = r->p;
	const uint8_t *from[TIFF_CHANNELS_MAX], *bytes;
	size_t samples = samples_in_row(p, n), c;
	bool plain = p->bits == 8 && p->format == SAMPLEFORMAT_UINT;

	for (c = 0; c < count_planes(p); c++) {
		bytes = r->raw + c * r->plane_size + at;
		if (!plain)
			gbx_tiff_unpack(
			    p, bytes, r->bytes + c * samples, samples);
		from[c] = plain ? bytes : r->bytes + c * samples;
	}
	for (c = 0; !p->planes && c < p->n_channels; c++)
		from[c] = (plain ? r->raw + at : r->bytes) + p->channel[c];
	gbx_tiff_paint(p, from, p->planes ? 1 : p->per_pixel, to, n);
}

static void
note(struct reader *r, bool good)
{
	if (good)
		r->good++;
	else
		r->bad++;
}

/* ---- strips ------------------------------------------------------------- */

static bool
emit_row(struct reader *r, uint32_t y, size_t at)
{
	uint8_t *row = gbx_sink_row(r->sink, y);

	if (row == NULL)
		return false;
	paint(r, at, row, r->p->width);
	return gbx_sink_row_done(r->sink, y);
}

/* Row by row: a strip may be the whole picture. After an error the next strip
 * is the next place where decoding can begin. */
static bool
read_lines(struct reader *r, uint32_t rows_per_strip)
{
	bool lost = false;
	uint32_t y;

	for (y = 0; y < r->p->height; y++) {
		if (y % rows_per_strip == 0)
			lost = false;
		if (lost || y % rows_per_strip == 0)
			memset(r->raw, 0, r->plane_size);
		if (!lost) {
			lost = TIFFReadScanline(r->tif, r->raw, y, 0) < 0;
			note(r, !lost);
		}
		if (!emit_row(r, y, 0))
			return false;
	}
	return true;
}

static void
read_planes(struct reader *r, uint32_t y, bool tiles, uint32_t x)
{
	unsigned c, n = count_planes(r->p);
	uint8_t *to = r->raw;
	tmsize_t size = (tmsize_t)r->plane_size, got;
	uint16_t plane;

	memset(r->raw, 0, r->plane_size * n);
	for (c = 0; c < n; c++, to += r->plane_size) {
		plane = r->p->planes ? r->p->channel[c] : 0;
		if (tiles)
			got = TIFFReadEncodedTile(r->tif,
			    TIFFComputeTile(r->tif, x, y, 0, plane), to, size);
		else
			got = TIFFReadEncodedStrip(r->tif,
			    TIFFComputeStrip(r->tif, y, plane), to, size);
		note(r, got >= 0);
	}
}

static bool
read_plane_strips(struct reader *r, uint32_t rows_per_strip)
{
	uint32_t y, row;

	for (y = 0; y < r->p->height; y++) {
		row = y % rows_per_strip;
		if (row == 0)
			read_planes(r, y, false, 0);
		if (!emit_row(r, y, row * r->row_len))
			return false;
	}
	return true;
}

static bool
read_strips(struct reader *r)
{
	tmsize_t line = TIFFScanlineSize(r->tif);
	uint32_t rows = 0;

	TIFFGetFieldDefaulted(r->tif, TIFFTAG_ROWSPERSTRIP, &rows);
	rows = least(rows, r->p->height);
	if (rows == 0 ||
	    !make_room(r, r->p->planes ? TIFFVStripSize(r->tif, rows) : line,
		line, r->p->width))
		return false;
	if (!r->p->planes)
		return read_lines(r, rows);
	return r->plane_size / rows >= r->row_len && read_plane_strips(r, rows);
}

/* ---- tiles -------------------------------------------------------------- */

static void
paint_tile(struct reader *r, uint8_t *canvas, size_t stride, uint32_t width,
    uint32_t height)
{
	uint32_t y;

	for (y = 0; y < height; y++)
		paint(r, y * r->row_len, canvas + y * stride, width);
}

static bool
read_tiles(struct reader *r)
{
	uint32_t w = 0, h = 0, x, y, width = r->p->width, height = r->p->height;
	uint8_t *canvas;
	size_t stride;

	TIFFGetField(r->tif, TIFFTAG_TILEWIDTH, &w);
	TIFFGetField(r->tif, TIFFTAG_TILELENGTH, &h);
	if (w == 0 || h == 0 ||
	    !make_room(r, TIFFTileSize(r->tif), TIFFTileRowSize(r->tif),
		least(w, width)) ||
	    r->plane_size / r->row_len < least(h, height))
		return false;
	canvas = gbx_sink_canvas(r->sink, &stride);
	if (canvas == NULL)
		return false;
	for (y = 0; y < height; y += least(h, height - y))
		for (x = 0; x < width; x += least(w, width - x)) {
			read_planes(r, y, true, x);
			paint_tile(r, canvas + y * stride + (size_t)x * 4,
			    stride, least(w, width - x), least(h, height - y));
		}
	return gbx_sink_canvas_done(r->sink);
}

/* ---- libtiff's own pixels ----------------------------------------------- */

/* Colours of L*a*b* are relative to the file's white, and a screen shows its
 * own for it: libtiff takes one for the other without turning them, and white
 * of D50 becomes yellow. */
static void
show_white_as_white(TIFF *tif)
{
	static const float d65[2] = {0.3127f, 0.3290f};
	uint16_t photometric = 0;

	TIFFGetField(tif, TIFFTAG_PHOTOMETRIC, &photometric);
	if (photometric == PHOTOMETRIC_CIELAB ||
	    photometric == PHOTOMETRIC_ICCLAB)
		TIFFSetField(tif, TIFFTAG_WHITEPOINT, d65);
}

/* Packed with red in the lowest byte: RGBA on a little-endian machine. Its
 * alpha is premultiplied, but these kinds have none. Asked for the orientation
 * that it has, libtiff turns nothing. */
static bool
read_by_library(struct reader *r)
{
	char reason[1024];
	uint8_t *canvas;
	TIFFRGBAImage image;
	size_t stride, i;
	uint32_t pixel;

	show_white_as_white(r->tif);
	if (!TIFFRGBAImageBegin(&image, r->tif, 0, reason))
		return false;
	image.req_orientation = image.orientation;
	canvas = gbx_sink_canvas(r->sink, &stride);
	if (canvas != NULL) {
		memset(canvas, 0, stride * r->p->height);
		note(r, TIFFRGBAImageGet(&image, (uint32_t *)(void *)canvas,
			    r->p->width, r->p->height));
		for (i = 0; i < (size_t)r->p->width * r->p->height; i++) {
			memcpy(&pixel, canvas + i * 4, 4);
			canvas[i * 4] = (uint8_t)TIFFGetR(pixel);
			canvas[i * 4 + 1] = (uint8_t)TIFFGetG(pixel);
			canvas[i * 4 + 2] = (uint8_t)TIFFGetB(pixel);
			canvas[i * 4 + 3] = (uint8_t)TIFFGetA(pixel);
		}
	}
	TIFFRGBAImageEnd(&image);
	return canvas != NULL && gbx_sink_canvas_done(r->sink);
}

bool
gbx_tiff_read(TIFF *tif, const struct gbx_tiff_page *p, struct gbx_sink *sink,
    bool *ret_damaged)
{
	struct reader r = {.tif = tif, .p = p, .sink = sink};
	bool done;

	if (p->by_library)
		done = read_by_library(&r);
	else if (p->tiled)
		done = read_tiles(&r);
	else
		done = read_strips(&r);
	free(r.bytes);
	free(r.raw);
	*ret_damaged = r.bad > 0;
	return done && r.good > 0;
}
