/* SPDX-License-Identifier: ISC */
/* PNG files by hand, see mkpng.h. Side: tests. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/bytes.h"
#include "tests/unit/png/mkpng.h"

static void *
must(void *p)
{
	if (p == NULL) {
		fputs("Bail out! no memory\n", stdout);
		exit(1);
	}
	return p;
}

void
mkpng_bytes(struct mkpng *m, const void *data, size_t size)
{
	if (size > m->room - m->size) {
		m->room = (m->size + size) * 2;
		m->data = must(realloc(m->data, m->room));
	}
	if (size > 0)
		memcpy(m->data + m->size, data, size);
	m->size += size;
}

void
mkpng_chunk(struct mkpng *m, const char *type, const void *data, size_t size)
{
	uint8_t word[4];
	size_t start;

	gbx_put_be32(word, (uint32_t)size);
	mkpng_bytes(m, word, 4);
	start = m->size;
	mkpng_bytes(m, type, 4);
	mkpng_bytes(m, data, size);
	gbx_put_be32(
	    word, (uint32_t)crc32(0, m->data + start, (uInt)(m->size - start)));
	mkpng_bytes(m, word, 4);
}

void
mkpng_begin(struct mkpng *m, uint32_t width, uint32_t height, uint8_t depth,
    uint8_t colour, uint8_t interlaced)
{
	uint8_t ihdr[13] = {[8] = depth, [9] = colour, [12] = interlaced};

	mkpng_free(m);
	gbx_put_be32(ihdr, width);
	gbx_put_be32(ihdr + 4, height);
	mkpng_bytes(m, "\x89PNG\r\n\x1a\n", 8);
	mkpng_chunk(m, "IHDR", ihdr, sizeof(ihdr));
}

static uint8_t *
deflated(const uint8_t *data, size_t size, size_t *ret_size)
{
	uLongf packed = compressBound(size);
	uint8_t *buf = must(malloc(packed));

	if (compress2(buf, &packed, data, size, 6) != Z_OK)
		must(NULL);
	*ret_size = packed;
	return buf;
}

void
mkpng_deflated(
    struct mkpng *m, const char *type, const uint8_t *data, size_t size)
{
	size_t packed;
	uint8_t *buf = deflated(data, size, &packed);

	mkpng_chunk(m, type, buf, packed);
	free(buf);
}

/* A zero before each. */
static uint8_t *
filtered(const uint8_t *rows, size_t row_size, size_t n_rows)
{
	uint8_t *raw = must(calloc(n_rows, row_size + 1));
	size_t y;

	for (y = 0; y < n_rows; y++)
		memcpy(raw + y * (row_size + 1) + 1, rows + y * row_size,
		    row_size);
	return raw;
}

void
mkpng_image(
    struct mkpng *m, const uint8_t *rows, size_t row_size, size_t n_rows)
{
	uint8_t *raw = filtered(rows, row_size, n_rows);

	mkpng_deflated(m, "IDAT", raw, n_rows * (row_size + 1));
	free(raw);
}

void
mkpng_frame(struct mkpng *m, uint32_t *sequence, const uint8_t *rows,
    size_t row_size, size_t n_rows, size_t most)
{
	uint8_t *raw = filtered(rows, row_size, n_rows), *part;
	size_t size, i, n;
	uint8_t *buf = deflated(raw, n_rows * (row_size + 1), &size);

	for (i = 0; i < size; i += n) {
		n = size - i < most ? size - i : most;
		part = must(malloc(n + 4));
		gbx_put_be32(part, (*sequence)++);
		memcpy(part + 4, buf + i, n);
		mkpng_chunk(m, "fdAT", part, n + 4);
		free(part);
	}
	free(buf);
	free(raw);
}

void
mkpng_animation(struct mkpng *m, uint32_t frames)
{
	uint8_t actl[8] = {0};

	gbx_put_be32(actl, frames);
	mkpng_chunk(m, "acTL", actl, sizeof(actl));
}

void
mkpng_control(
    struct mkpng *m, uint32_t *sequence, const struct mkpng_control *c)
{
	uint8_t fctl[26];

	gbx_put_be32(fctl, (*sequence)++);
	gbx_put_be32(fctl + 4, c->width);
	gbx_put_be32(fctl + 8, c->height);
	gbx_put_be32(fctl + 12, c->left);
	gbx_put_be32(fctl + 16, c->top);
	fctl[20] = (uint8_t)(c->delay >> 8);
	fctl[21] = (uint8_t)c->delay;
	fctl[22] = (uint8_t)(c->per >> 8);
	fctl[23] = (uint8_t)c->per;
	fctl[24] = c->dispose;
	fctl[25] = c->blend;
	mkpng_chunk(m, "fcTL", fctl, sizeof(fctl));
}

void
mkpng_end(struct mkpng *m)
{
	mkpng_chunk(m, "IEND", NULL, 0);
}

void
mkpng_exif(struct mkpng *m, uint8_t orientation, int big)
{
	uint8_t le[] = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0,
	    0, 0, orientation, 0, 0, 0, 0, 0, 0, 0};
	uint8_t be[] = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0,
	    0, 1, 0, orientation, 0, 0, 0, 0, 0, 0};

	mkpng_chunk(m, "eXIf", big ? be : le, sizeof(le));
}

void
mkpng_free(struct mkpng *m)
{
	free(m->data);
	memset(m, 0, sizeof(*m));
}
