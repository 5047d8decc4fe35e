/* SPDX-License-Identifier: ISC */
/*
 * Writes sandboxed_parsers/gif/samples.h (`make samples`), by giflib's own
 * encoder. Side: tests.
 */
#include <gif_lib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/samples/print.h"

#define SIDE 16

struct buffer {
	uint8_t bytes[8192];
	size_t size;
};

static int
on_write(GifFileType *gif, const GifByteType *data, int n)
{
	struct buffer *b = gif->UserData;

	if ((size_t)n > sizeof(b->bytes) - b->size)
		return 0;
	memcpy(b->bytes + b->size, data, (size_t)n);
	b->size += (size_t)n;
	return n;
}

static void
must(int status)
{
	if (status != GIF_OK) {
		fputs("giflib refused\n", stderr);
		exit(1);
	}
}

static void
put_frame(GifFileType *gif, bool interlaced, int shift)
{
	static const int start[4] = {0, 4, 2, 1}, step[4] = {8, 8, 4, 2};
	const GraphicsControlBlock control = {
	    .DisposalMode = DISPOSE_PREVIOUS,
	    .DelayTime = 10,
	    .TransparentColor = 3,
	};
	GifByteType block[4], line[SIDE];
	int pass, x, y;

	EGifGCBToExtension(&control, block);
	must(EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, 4, block));
	must(EGifPutImageDesc(gif, 0, 0, SIDE, SIDE, interlaced, NULL));
	for (pass = interlaced ? 0 : 3; pass < 4; pass++)
		for (y = interlaced ? start[pass] : 0; y < SIDE;
		     y += interlaced ? step[pass] : 1) {
			for (x = 0; x < SIDE; x++)
				line[x] = (GifByteType)((x * y + shift) % 16);
			must(EGifPutLine(gif, line, SIDE));
		}
}

static void
make(struct sample *s, const char *name, const char *op, bool interlaced,
    int frames)
{
	struct buffer b = {.size = 0};
	GifColorType colours[16];
	ColorMapObject *map;
	GifFileType *gif;
	int i, err;

	for (i = 0; i < 16; i++)
		colours[i] = (GifColorType){(GifByteType)(i * 16),
		    (GifByteType)(255 - i * 16), (GifByteType)(i * 5)};
	map = GifMakeMapObject(16, colours);
	gif = EGifOpen(&b, on_write, &err);
	EGifSetGifVersion(gif, true);
	must(EGifPutScreenDesc(gif, SIDE, SIDE, 4, 0, map));
	for (i = 0; i < frames; i++)
		put_frame(gif, interlaced, i * 3);
	must(EGifCloseFile(gif, &err));
	GifFreeMapObject(map);
	s->name = name;
	s->op = op;
	s->size = b.size;
	s->data = malloc(b.size);
	memcpy(s->data, b.bytes, b.size);
}

int
main(int argc, char **argv)
{
	struct sample samples[4];

	make(&samples[0], "rows", "DECODE", false, 2);
	make(&samples[1], "interlaced", "DECODE", true, 1);
	make(&samples[2], "rows", "THUMBNAIL", false, 2);
	make(&samples[3], "rows", "PROBE", false, 2);
	print_samples("gif", argc > 1 ? argv[1] : NULL, samples, 4);
	return 0;
}
