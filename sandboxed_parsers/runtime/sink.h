/* SPDX-License-Identifier: ISC */
/*
 * The inside of the sink, for the runtime and for the tests: where results go
 * while a parser runs, and how they become an Item of the reply.
 * Side: hostile (a parser may have taken over everything here).
 *
 * sink.c holds the common part, sink_image.c rows, canvas and scaling,
 * sink_frames.c blocks of pixels and their durations, sink_colour.c what they
 * are in, exif/list.c what EXIF says, sink_text.c text,
 * sink_records.c records, sink_bytes.c files.
 */
#ifndef GBX_RUNTIME_SINK_H
#define GBX_RUNTIME_SINK_H

#include "sandboxed_parsers/runtime/parser.h"

struct gbx_scale; /* scale.h */

struct gbx_sink_block {
	uint32_t kind, index;
	uint64_t offset, length;
	uint32_t width, height, layout, duration_ms, orientation, colour;
	uint32_t frames;
	uint64_t stride;
	uint32_t records;
};

struct gbx_sink {
	/* the frame, set by gbx_sink_open */
	const struct gbx_task *task;
	uint8_t *out;	    /* the data area of the output mapping, zeroed */
	size_t out_size;    /* its size */
	size_t out_used;    /* bytes used, by earlier items of a batch too */
	size_t out_start;   /* where this item began */
	uint64_t out_bytes; /* of its blocks reserved so far: the limit's sum */
	size_t out_dirty;   /* after a failure: written up to here, not used */

	/* the item */
	uint32_t format, total, limit, status;
	bool degraded;
	uint32_t n_blocks;
	struct gbx_sink_block block[GBX_BLOCKS_MAX];

	/* sink_image.c */
	struct {
		bool begun;
		uint32_t width, height;
		uint32_t orientation, stored; /* to be applied; EXIF's */
		uint8_t *pixels; /* rows go here: the output, or a row buffer */
		size_t stride;
		uint8_t *canvas;
		uint32_t rows;	       /* done */
		uint64_t offset;       /* of the result in the output */
		uint32_t out_w, out_h; /* its sides, turned if it is */
		bool joined;	       /* to the block before it */
		struct gbx_scale *scale;
	} image;

	/* sink_frames.c */
	struct {
		uint32_t done;
		uint32_t *duration_ms; /* in the arena, of those done */
		size_t room;
		uint32_t next_ms; /* of the frame begun */
	} frames;

	/* colour.c or shared/colour.c, whichever is linked */
	struct {
		uint32_t space; /* enum gbx_wire_colour, for the block */
		uint32_t found; /* the same, of the file */
		void *profile;
		bool (*convert)(void *profile, uint8_t *pixels, size_t n);
		void (*drop)(void *profile);
	} colour;

	/* sink_text.c */
	struct {
		bool begun;
		size_t offset, length;
		uint8_t pending[4]; /* a character cut by the end of a call */
		size_t n_pending;
	} text;
	struct {
		uint8_t *buf; /* grows in the arena; length-delimited records */
		size_t used, room;
		uint32_t count, flags;
		uint32_t members; /* of count */
		uint32_t parent;  /* 1 + the last property that is no detail */
	} rec;
};

/* Start an item at the next aligned place of out. */
void gbx_sink_open(struct gbx_sink *s, const struct gbx_task *task,
    uint8_t *out, size_t out_size, size_t out_used);

/* End it: settles the status from what the parser returned and what the sink
 * noted, writes the records, drops the blocks of anything but OK. Frees what
 * the sink took from the arena. */
void gbx_sink_close(struct gbx_sink *s, enum gbx_wire_status returned);

/* Reserve length bytes of output at an aligned offset; NULL and a limit noted
 * when they don't fit. Not yet a block: gbx_sink_add_block makes it one. */
uint8_t *gbx_sink_reserve(
    struct gbx_sink *s, uint64_t length, uint64_t *ret_offset);
/* Append a zeroed block of this kind; NULL and GBX_LIMIT_RECORDS noted when
 * there are too many. Borrowed until gbx_sink_close. */
struct gbx_sink_block *gbx_sink_add_block(struct gbx_sink *s, uint32_t kind);

/* The same right behind the last byte. */
uint8_t *gbx_sink_extend(
    struct gbx_sink *s, uint64_t length, uint64_t *ret_offset);

/* sink_colour.c: a picture that a gray profile can be of? */
bool gbx_gray_pixels(const uint8_t *rgba, size_t n);
/* Give them a name; true if they are to be converted. */
bool gbx_sink_colour(struct gbx_sink *s, const uint8_t *profile, size_t length);
bool gbx_sink_code_points(
    struct gbx_sink *s, uint32_t colour_primaries, uint32_t transfer);
bool gbx_sink_named_colour(struct gbx_sink *s, uint32_t space);
void gbx_sink_convert(struct gbx_sink *s, uint8_t *pixels, size_t n);

/* sink_text.c: the TEXT block is settled. */
bool gbx_sink_text_finish(struct gbx_sink *s);
/* sink_records.c: the RECORDS block is written, if there are any. */
bool gbx_sink_records_finish(struct gbx_sink *s);
void gbx_sink_records_free(struct gbx_sink *s);

/* sink_frames.c: room for the frame begun, joined to the block before it where
 * it has the same sides; then its block, or its part in that one. */
uint8_t *gbx_sink_frame_reserve(struct gbx_sink *s, uint64_t length);
bool gbx_sink_frame_add(
    struct gbx_sink *s, uint64_t stride, uint32_t orientation);
/* All durations, in the one block or in one of their own. */
bool gbx_sink_frames_finish(struct gbx_sink *s);
void gbx_sink_frames_free(struct gbx_sink *s);
/* sink_image.c: frees scaler and canvas. */
void gbx_sink_image_free(struct gbx_sink *s);

#endif
