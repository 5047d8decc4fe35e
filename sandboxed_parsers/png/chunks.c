/* SPDX-License-Identifier: ISC */
/*
 * Chunks that libpng is not asked for, see chunks.h: it would store each, and
 * decide for us what is too much. Side: hostile. Reads inside the range only;
 * a chunk whose CRC is wrong is not there.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/bytes.h"
#include "sandboxed_parsers/png/chunks.h"
#include "sandboxed_parsers/runtime/exif.h"

#define ICC_MAX	    (4u << 20)
#define KEYWORD_MAX 79
#define CONTROL_LEN 26

/* ---- before the image -----------------------------------------------------
 */

/* A denominator of 0 is 100. */
static uint64_t
milliseconds(uint32_t delay, uint32_t denominator)
{
	if (denominator == 0)
		denominator = 100;
	return (UINT64_C(1000) * delay + denominator / 2) / denominator;
}

bool
gbx_png_control(const struct gbx_png_chunk *c, struct gbx_png_control *ret)
{
	const uint8_t *p = c->data;

	if (!gbx_png_is(c, "fcTL") || c->length != CONTROL_LEN ||
	    !gbx_png_crc_fits(c) || p[24] > GBX_PNG_DISPOSE_PREVIOUS ||
	    p[25] > GBX_PNG_BLEND_OVER)
		return false;
	ret->sequence = gbx_be32(p);
	ret->area = (struct gbx_area){gbx_be32(p + 12), gbx_be32(p + 16),
	    gbx_be32(p + 4), gbx_be32(p + 8)};
	ret->ms = milliseconds(gbx_be16(p + 20), gbx_be16(p + 22));
	ret->dispose = p[24];
	ret->blend = p[25];
	return true;
}

/* acTL: eight bytes, the first number is the frames, which are never 0. */
static uint32_t
frames_of(const uint8_t *data, size_t size)
{
	struct gbx_png_chunk c;
	uint32_t frames;

	if (!gbx_png_find(data, size, "acTL", 8, &c) || c.length != 8)
		return 0;
	frames = gbx_be32(c.data);
	return frames <= GBX_PNG_NUMBER_MAX ? frames : 0;
}

struct gbx_png_extras
gbx_png_extras(const uint8_t *data, size_t size, size_t whole)
{
	struct gbx_png_extras x = {.frames = 1};
	struct gbx_png_chunk c;
	uint32_t frames = frames_of(data, size);

	if (frames > 0) {
		x.animated = gbx_png_find(data, size, "fcTL", 0, &c) &&
			     gbx_png_control(&c, &x.first);
		x.frames = frames + !x.animated;
	}
	if (gbx_png_find_anywhere(data, whole, "eXIf", 8, &c))
		x.orientation = gbx_exif_orientation(c.data, c.length);
	return x;
}

/* ---- compressed -----------------------------------------------------------
 */

/* The first most bytes of what it holds, however much that is; freed by the
 * caller. NULL: damaged before that, or no memory. */
static uint8_t *
inflate_some(const uint8_t *in, size_t n, size_t most, size_t *ret_length)
{
	z_stream z = {.next_in = (uint8_t *)(uintptr_t)in, .avail_in = (uInt)n};
	uint8_t *out = malloc(most);
	int code;

	if (out == NULL || inflateInit(&z) != Z_OK) {
		free(out);
		return NULL;
	}
	z.next_out = out;
	z.avail_out = (uInt)most;
	code = inflate(&z, Z_SYNC_FLUSH);
	*ret_length = most - z.avail_out;
	inflateEnd(&z);
	if (code == Z_STREAM_END || (code == Z_OK && z.avail_out == 0))
		return out;
	free(out);
	return NULL;
}

/* ---- colours --------------------------------------------------------------
 */

/* A name with its NUL, a method, then the compressed profile, which says how
 * long it is in its first four bytes. */
static bool
tell_icc(struct gbx_sink *sink, const struct gbx_png_chunk *c)
{
	const uint8_t *end = memchr(c->data, 0,
	    c->length < KEYWORD_MAX + 1 ? c->length : KEYWORD_MAX + 1);
	size_t at, n = 0, want;
	uint8_t *icc;

	if (end == NULL)
		return false;
	at = (size_t)(end - c->data) + 1;
	if (at + 1 >= c->length || c->data[at] != 0)
		return false;
	at++;
	icc = inflate_some(c->data + at, c->length - at, 4, &n);
	want = icc != NULL && n == 4 ? gbx_be32(icc) : 0;
	free(icc);
	if (want < 128 || want > ICC_MAX)
		return false;
	icc = inflate_some(c->data + at, c->length - at, want, &n);
	if (icc == NULL || n != want) {
		free(icc);
		return false;
	}
	gbx_sink_icc(sink, icc, n);
	free(icc);
	return true;
}

/* cHRM: white, red, green and blue, x and y of each, times 100,000. Without
 * it they are those of sRGB, and without gAMA the curve is. */
static void
tell_measured(struct gbx_sink *sink, const uint8_t *data, size_t size)
{
	double gamma = 0, xy[8];
	struct gbx_png_chunk c;
	bool primaries;
	size_t i;

	if (gbx_png_find(data, size, "gAMA", 4, &c))
		gamma = gbx_be32(c.data) / 100000.0;
	primaries = gbx_png_find(data, size, "cHRM", 32, &c);
	for (i = 0; i < 8 && primaries; i++)
		xy[i] = gbx_be32(c.data + i * 4) / 100000.0;
	if (primaries || gamma > 0)
		gbx_sink_measured(sink, primaries ? xy : NULL, gamma);
}

/* cICP: primaries, transfer, a matrix that is 0 for RGB, and full range. */
void
gbx_png_colours(struct gbx_sink *sink, const uint8_t *data, size_t size)
{
	struct gbx_png_chunk c;

	if (gbx_png_find(data, size, "cICP", 4, &c) && c.data[2] == 0) {
		gbx_sink_cicp(sink, c.data[0], c.data[1]);
		return;
	}
	if (gbx_png_find(data, size, "iCCP", 1, &c) && tell_icc(sink, &c))
		return;
	if (gbx_png_find(data, size, "sRGB", 1, &c)) {
		gbx_sink_cicp(sink, 1, 13);
		return;
	}
	tell_measured(sink, data, size);
}

/* ---- metadata -------------------------------------------------------------
 */

/* ISO 8859-1, as tEXt and zTXt have it. */
static void
put_latin1(
    struct gbx_sink *sink, const char *name, const uint8_t *text, size_t n)
{
	char utf8[GBX_VALUE_MAX];
	size_t i, used = 0;

	for (i = 0; i < n && used + (text[i] >= 0x80) < sizeof(utf8); i++) {
		if (text[i] >= 0x80)
			utf8[used++] = (char)(0xc0 | text[i] >> 6);
		utf8[used++] =
		    (char)(text[i] < 0x80 ? text[i] : 0x80 | (text[i] & 0x3f));
	}
	gbx_sink_property(sink, name, utf8, used);
}

static void
put_compressed(struct gbx_sink *sink, const char *name, const uint8_t *in,
    size_t n, bool latin1)
{
	size_t length = 0;
	uint8_t *text = inflate_some(in, n, GBX_VALUE_MAX, &length);

	if (text != NULL && latin1)
		put_latin1(sink, name, text, length);
	else if (text != NULL)
		gbx_sink_property(sink, name, (const char *)text, length);
	free(text);
}

/* iTXt behind its keyword: compressed or not, a method, two strings that we
 * skip, and UTF-8. */
static void
put_international(
    struct gbx_sink *sink, const char *name, const uint8_t *p, size_t n)
{
	bool compressed;
	const uint8_t *end;
	int i;

	if (n < 2 || p[0] > 1 || p[1] != 0)
		return;
	compressed = p[0] == 1;
	p += 2;
	n -= 2;
	for (i = 0; i < 2; i++) {
		end = memchr(p, 0, n);
		if (end == NULL)
			return;
		n -= (size_t)(end - p) + 1;
		p = end + 1;
	}
	if (strcmp(name, "png.XML:com.adobe.xmp") == 0)
		gbx_sink_size(sink, "xmp.size", n);
	else if (compressed)
		put_compressed(sink, name, p, n, false);
	else
		gbx_sink_property(sink, name, (const char *)p, n);
}

/* "png.Comment". */
static void
list_text(struct gbx_sink *sink, const struct gbx_png_chunk *c)
{
	char name[4 + KEYWORD_MAX + 1] = "png.";
	const uint8_t *end = memchr(c->data, 0,
	    c->length < KEYWORD_MAX + 1 ? c->length : KEYWORD_MAX + 1);
	size_t n, left;

	if (end == NULL || end == c->data || !gbx_png_crc_fits(c))
		return;
	n = (size_t)(end - c->data);
	memcpy(name + 4, c->data, n);
	left = c->length - n - 1;
	if (gbx_png_is(c, "tEXt"))
		put_latin1(sink, name, end + 1, left);
	else if (gbx_png_is(c, "iTXt"))
		put_international(sink, name, end + 1, left);
	else if (left > 1 && end[1] == 0)
		put_compressed(sink, name, end + 2, left - 1, true);
}

void
gbx_png_metadata(struct gbx_sink *sink, const uint8_t *data, size_t size)
{
	size_t pos = GBX_PNG_SIGNATURE_LEN;
	bool exif = false;
	struct gbx_png_chunk c;

	while (gbx_png_next_chunk(data, size, &pos, &c)) {
		if (gbx_png_is(&c, "tEXt") || gbx_png_is(&c, "zTXt") ||
		    gbx_png_is(&c, "iTXt"))
			list_text(sink, &c);
		if (gbx_png_is(&c, "eXIf") && !exif && gbx_png_crc_fits(&c)) {
			exif = true;
			gbx_sink_exif(sink, c.data, c.length);
		}
	}
}
