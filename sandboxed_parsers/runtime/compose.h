/* SPDX-License-Identifier: ISC */
/*
 * The canvas on which the frames of an animation are laid, one on another, and
 * from which those that are wanted go to the sink. Side: hostile.
 *
 *	gbx_compose_open(&c);		the first image is begun in the sink
 *	for each frame of the file:
 *		gbx_compose_keep(&c);	if it says "as before" when it is over
 *		paint on c.canvas
 *		gbx_compose_frame(&c, ms);
 *		gbx_compose_clear(&c, &area); or gbx_compose_return(&c);
 *	gbx_compose_close(&c);
 */
#ifndef GBX_RUNTIME_COMPOSE_H
#define GBX_RUNTIME_COMPOSE_H

#include "sandboxed_parsers/runtime/parser.h"

/* Zeroed but for the first four. */
struct gbx_compose {
	struct gbx_sink *sink;
	uint32_t width, height, orientation; /* as the sink was told */
	uint32_t first; /* of the frames wanted: task->first */

	uint8_t *canvas; /* straight RGBA, width * 4 bytes a row; transparent */
	uint32_t want;	 /* frames from first on */
	uint32_t index;	 /* frames laid so far */
	uint32_t done;	 /* of those, gone to the sink */
	uint8_t *own;	 /* the canvas, where the sink's is not kept */
	uint8_t *before;
};

/* Of a frame; what is outside of the canvas is cut off. */
struct gbx_area {
	uint32_t left, top, width, height;
};

/* False: no memory. */
bool gbx_compose_open(struct gbx_compose *c);
void gbx_compose_close(struct gbx_compose *c);

/* The canvas as it is now is to return. False: no memory. */
bool gbx_compose_keep(struct gbx_compose *c);
void gbx_compose_return(struct gbx_compose *c);
void gbx_compose_clear(struct gbx_compose *c, const struct gbx_area *area);

/* The canvas as it is now is the next frame, shown for so long. False: the
 * sink refused. */
bool gbx_compose_frame(struct gbx_compose *c, uint64_t ms);
bool gbx_compose_complete(const struct gbx_compose *c);

#endif
