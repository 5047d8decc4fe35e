/* SPDX-License-Identifier: ISC */
/*
 * libpng over a byte range: nothing but the image, in rows of straight 8-bit
 * RGBA. Side: hostile.
 *
 * libpng breaks off by longjmp, so all of it but open and close is called from
 * a function that gbx_png_guard runs.
 */
#ifndef GBX_PNG_DECODER_H
#define GBX_PNG_DECODER_H

#include <png.h>

#include "sandboxed_parsers/runtime/parser.h"

struct gbx_png_decoder {
	/* after gbx_png_header */
	uint32_t width, height;
	size_t pos; /* of the range that was read */
	/* after gbx_png_begin */
	bool interlaced; /* then only gbx_png_canvas will do */

	png_structp png;
	png_infop info;
	const uint8_t *data;
	size_t size;
	size_t row_bytes; /* of a row of the file, not packed */
	int passes;
	bool at_end; /* the last row is being read */
	size_t room; /* bytes that may be read for it */
	struct gbx_sink *sink;
	enum gbx_wire_status ended; /* what the library's error means */
};

/* The range and the sink, which is told of damage and of limits, are borrowed
 * until close. False: no memory; close it all the same. */
bool gbx_png_open(struct gbx_png_decoder *d, const uint8_t *data, size_t size,
    struct gbx_sink *sink);
void gbx_png_close(struct gbx_png_decoder *d);
/* The CRCs are right, or made up: they are not looked at. */
void gbx_png_trust_crc(struct gbx_png_decoder *d);

/* What f returns, or where libpng broke off, MALFORMED or UNSUPPORTED
 * (codes.def): what f holds by then is to be freed by arg's owner. */
enum gbx_wire_status gbx_png_guard(struct gbx_png_decoder *d,
    enum gbx_wire_status (*f)(struct gbx_png_decoder *d, void *arg), void *arg);

/* In this order. Up to the image data. */
void gbx_png_header(struct gbx_png_decoder *d);
bool gbx_png_begin(struct gbx_png_decoder *d);
/* Either each row from the top, width * 4 bytes, or all of them at once. */
void gbx_png_row(struct gbx_png_decoder *d, uint32_t y, uint8_t *row);
void gbx_png_canvas(struct gbx_png_decoder *d, uint8_t *canvas, size_t stride);
/* To the end of the file. */
void gbx_png_finish(struct gbx_png_decoder *d);

#endif
