/* SPDX-License-Identifier: ISC */
/* See mktiff.h. Side: tests. */
#include "tests/unit/tiff/mktiff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct memory {
	uint8_t *data;
	size_t size, room, pos;
};

static void
must(int held, const char *what)
{
	if (held)
		return;
	printf("Bail out! mktiff: %s\n", what);
	exit(1);
}

/* ---- a file in memory --------------------------------------------------- */

static tmsize_t
on_read(thandle_t handle, void *to, tmsize_t n)
{
	struct memory *m = handle;
	size_t left = m->pos < m->size ? m->size - m->pos : 0;
	size_t take = (size_t)n < left ? (size_t)n : left;

	memcpy(to, m->data + m->pos, take);
	m->pos += take;
	return (tmsize_t)take;
}

static tmsize_t
on_write(thandle_t handle, void *from, tmsize_t n)
{
	struct memory *m = handle;
	size_t end = m->pos + (size_t)n;

	if (end > m->room) {
		m->data = realloc(m->data, end * 2);
		must(m->data != NULL, "memory");
		memset(m->data + m->room, 0, end * 2 - m->room);
		m->room = end * 2;
	}
	memcpy(m->data + m->pos, from, (size_t)n);
	m->pos = end;
	if (end > m->size)
		m->size = end;
	return n;
}

static toff_t
on_seek(thandle_t handle, toff_t to, int whence)
{
	struct memory *m = handle;

	m->pos = whence == SEEK_CUR   ? m->pos + to
		 : whence == SEEK_END ? m->size + to
				      : to;
	return m->pos;
}

static int
on_close(thandle_t handle)
{
	(void)handle;
	return 0;
}

static toff_t
on_size(thandle_t handle)
{
	struct memory *m = handle;

	return m->size;
}

/* ---- pages -------------------------------------------------------------- */

static void
set_tags(TIFF *tif, const struct mktiff *m)
{
	static uint16_t map[3][65536];
	uint16_t extra = (uint16_t)(m->extra - 1);
	int i;

	TIFFSetField(tif, TIFFTAG_IMAGEWIDTH, m->width);
	TIFFSetField(tif, TIFFTAG_IMAGELENGTH, m->height);
	TIFFSetField(tif, TIFFTAG_BITSPERSAMPLE, m->bits);
	TIFFSetField(tif, TIFFTAG_SAMPLESPERPIXEL, m->per_pixel);
	if (m->photometric != MKTIFF_NO_PHOTOMETRIC)
		TIFFSetField(tif, TIFFTAG_PHOTOMETRIC, m->photometric);
	TIFFSetField(tif, TIFFTAG_COMPRESSION, m->compression);
	TIFFSetField(tif, TIFFTAG_PLANARCONFIG,
	    m->planes ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
	if (m->format)
		TIFFSetField(tif, TIFFTAG_SAMPLEFORMAT, m->format);
	if (m->extra)
		TIFFSetField(tif, TIFFTAG_EXTRASAMPLES, 1, &extra);
	if (m->predictor)
		TIFFSetField(tif, TIFFTAG_PREDICTOR, m->predictor);
	if (m->orientation)
		TIFFSetField(tif, TIFFTAG_ORIENTATION, m->orientation);
	if (m->subsampling)
		TIFFSetField(tif, TIFFTAG_YCBCRSUBSAMPLING, m->subsampling,
		    m->subsampling);
	if (m->compression == COMPRESSION_JPEG &&
	    m->photometric == PHOTOMETRIC_YCBCR)
		TIFFSetField(tif, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
	if (m->inks)
		TIFFSetField(tif, TIFFTAG_NUMBEROFINKS, m->inks);
	if (m->own_tables)
		TIFFSetField(tif, TIFFTAG_JPEGTABLESMODE, 0);
	if (m->dng != NULL)
		TIFFSetField(tif, TIFFTAG_DNGVERSION, m->dng);
	for (i = 0; i < 256; i++) {
		map[0][i] = (uint16_t)(i * 257);
		map[1][i] = (uint16_t)(65535 - i * 257);
		map[2][i] = (uint16_t)(i * 31 % 256 * 257);
	}
	if (m->photometric == PHOTOMETRIC_PALETTE)
		TIFFSetField(tif, TIFFTAG_COLORMAP, map[0], map[1], map[2]);
	if (m->icc != NULL)
		TIFFSetField(
		    tif, TIFFTAG_ICCPROFILE, (uint32_t)m->icc_size, m->icc);
	if (m->tile) {
		TIFFSetField(tif, TIFFTAG_TILEWIDTH, m->tile);
		TIFFSetField(tif, TIFFTAG_TILELENGTH, m->tile);
	} else {
		TIFFSetField(
		    tif, TIFFTAG_ROWSPERSTRIP, m->rows ? m->rows : m->height);
	}
}

/* How long strip or tile number i is; the last strip may be short. */
static tmsize_t
length_of(TIFF *tif, const struct mktiff *m, uint32_t i)
{
	uint32_t rows = m->rows ? m->rows : m->height, first;

	if (m->tile)
		return TIFFTileSize(tif);
	first = i * rows % ((m->height + rows - 1) / rows * rows);
	return TIFFVStripSize(
	    tif, rows < m->height - first ? rows : m->height - first);
}

/* Every strip or tile, from the samples or from a pattern; tiles take the
 * samples as they come, not as a picture. */
static void
put_data(TIFF *tif, const struct mktiff *m, uint32_t page)
{
	uint32_t n = m->tile ? TIFFNumberOfTiles(tif) : TIFFNumberOfStrips(tif);
	const uint8_t *from = m->samples;
	tmsize_t size, k;
	uint8_t *data;
	uint32_t i;

	for (i = 0; i < n; i++) {
		size = length_of(tif, m, i);
		data = malloc((size_t)size);
		must(data != NULL, "memory");
		for (k = 0; k < size; k++)
			data[k] = (uint8_t)((uint32_t)(k * (k % 7 + 3)) +
					    i * 11 + page);
		if (from != NULL) {
			memcpy(data, from, (size_t)size);
			from += size;
		}
		must((m->tile ? TIFFWriteEncodedTile(tif, i, data, size)
			      : TIFFWriteEncodedStrip(tif, i, data, size)) >= 0,
		    "data");
		free(data);
	}
}

/* One pixel of that photometric, linked from the page before it. */
static void
put_page(TIFF *tif, const struct mktiff *m, uint32_t page)
{
	struct mktiff sub = {
	    1, 1, 8, 1, (uint16_t)m->below, COMPRESSION_NONE, .format = 0};
	toff_t none = 0;

	set_tags(tif, m);
	if (m->below != 0)
		TIFFSetField(tif, TIFFTAG_SUBIFD, 1, &none);
	put_data(tif, m, page);
	must(TIFFWriteDirectory(tif), "directory");
	if (m->below == 0)
		return;
	set_tags(tif, &sub);
	put_data(tif, &sub, page);
	must(TIFFWriteDirectory(tif), "directory below");
}

uint8_t *
mktiff(const struct mktiff *m, size_t *ret_size)
{
	struct memory memory = {0};
	uint32_t i, pages = m->pages ? m->pages : 1;
	TIFF *tif = TIFFClientOpen("memory", m->mode ? m->mode : "w", &memory,
	    on_read, on_write, on_seek, on_close, on_size, NULL, NULL);

	must(tif != NULL, "open");
	for (i = 0; i < pages; i++)
		put_page(tif, m, i);
	TIFFClose(tif);
	*ret_size = memory.size;
	return memory.data;
}
