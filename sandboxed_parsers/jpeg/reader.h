/* SPDX-License-Identifier: ISC */
/*
 * What the files of this folder share: the library's state and what became of
 * the picture. Side: hostile. jpeg.c reads, messages.c listens.
 */
#ifndef GBX_JPEG_READER_H
#define GBX_JPEG_READER_H

#include <setjmp.h>
#include <stdio.h> /* jpeglib.h wants it first */

#include <jpeglib.h>

#include <jerror.h> /* its numbers go by jpeglib.h's version */

#include "sandboxed_parsers/runtime/parser.h"

/* What setjmp says. */
enum {
	GBX_JPEG_OVER = 1, /* nothing comes of it but the status */
	GBX_JPEG_CUT,	   /* what stands behind the last scan is not of it */
	GBX_JPEG_END,	   /* the same, and all rows are there */
};

enum gbx_jpeg_stage {
	GBX_JPEG_HEADER,
	GBX_JPEG_SCANS, /* of several, all are read before the first row */
	GBX_JPEG_ROWS,
	GBX_JPEG_BEHIND,
};

struct gbx_jpeg {
	struct jpeg_decompress_struct jpeg; /* first: callbacks get to us */
	struct jpeg_error_mgr error;
	struct jpeg_progress_mgr progress;
	jmp_buf env;
	const struct gbx_task *task;
	struct gbx_sink *sink;
	uint32_t orientation;
	enum gbx_jpeg_stage stage;
	bool no_end;		     /* the file ends before EOI */
	enum gbx_wire_status status; /* what an error means */
};

static inline struct gbx_jpeg *
gbx_jpeg_of(j_common_ptr jpeg)
{
	return (struct gbx_jpeg *)(void *)jpeg;
}

/* Sets the library's error manager. */
void gbx_jpeg_listen(struct gbx_jpeg *r);
/* After the last row: if EOI is missing, nothing else is. */
bool gbx_jpeg_is_whole(const struct gbx_jpeg *r);

#endif
