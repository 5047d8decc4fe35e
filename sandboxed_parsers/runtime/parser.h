/* SPDX-License-Identifier: ISC */
/*
 * All that a parser sees: a byte range in, a sink out.
 * Side: hostile. A parser runs after lockdown: no system call, no clock, no
 * thread, no stdio, no locale. malloc works, until the arena is empty; then it
 * returns NULL. Whatever a parser does wrong only costs its own job.
 *
 * A format is one folder with one file that defines `gbx_parser`. The same
 * source runs locked down, under the fuzzer and in unit tests: only the sink
 * behind this header differs.
 */
#ifndef GBX_RUNTIME_PARSER_H
#define GBX_RUNTIME_PARSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schemas/formats.h"
#include "schemas/limits.h"

struct gbx_sink;

/* What is asked of the parser. Borrowed for the call. */
struct gbx_task {
	uint32_t op;	     /* enum gbx_wire_op */
	const uint8_t *data; /* the input, read-only */
	size_t size;
	uint64_t limit[GBX_LIMIT_COUNT]; /* by number, none is 0 */
	uint32_t first, count;
	uint32_t box_w, box_h;
	uint32_t dpi;
	uint32_t want;		    /* enum gbx_wire_want bits */
	uint8_t salt[GBX_SALT_LEN]; /* entropy, for hash tables */
};

/* A built-in sample: decoded once before lockdown, so that lazy tables,
 * pthread_once and first-use system calls are behind us. One for each feature
 * of the codec that has such a first use. */
struct gbx_sample {
	const char *name;
	const uint8_t *data;
	size_t size;
	uint32_t op; /* PROBE: with its metadata */
};

struct gbx_parser {
	uint32_t worker; /* enum gbx_worker_kind */
	/*
	 * Reads task->data, tells the sink what it found, and returns
	 * GBX_WIRE_OK, _MALFORMED or _UNSUPPORTED. After a sink call
	 * returned false or NULL, clean up and return anything: the sink has
	 * noted the limit and its word counts.
	 * A failed malloc needs no note either: the sink asks the arena.
	 */
	enum gbx_wire_status (*run)(
	    const struct gbx_task *task, struct gbx_sink *sink);
	/* Called once, before the samples, in the zygote; may be NULL. */
	void (*prepare)(void);
	const struct gbx_sample *samples;
	size_t n_samples;
};

/* Defined by each format's folder, used by the runtime. */
extern const struct gbx_parser gbx_parser;

/* ---- the sink ----------------------------------------------------------- */

/* Which format this turned out to be. Call first. */
void gbx_sink_format(struct gbx_sink *s, enum gbx_format format);
/* Frames, pages or members there are: what the format counts, or of LIST and
 * EXTRACT members. False: over the limit of that. LIST counts by itself. */
bool gbx_sink_total(struct gbx_sink *s, uint32_t total);
/* The library recovered from damage. */
void gbx_sink_degraded(struct gbx_sink *s);
/* The input runs into a limit; the verdict will name it. Returns false. */
bool gbx_sink_limit(struct gbx_sink *s, enum gbx_wire_limit limit);

/*
 * Images. begin() checks width x height against the limits before anything is
 * allocated; orientation is EXIF 1..8 or 0. Under PROBE that is all: begin()
 * emits the geometry, and the parser returns OK without decoding (pixels
 * wanted: gbx_sink_wants_pixels).
 *
 * Then either rows in order:
 *	for (y = 0; y < height; y++)
 *		row = gbx_sink_row(s, y); fill width x 4 bytes of straight RGBA;
 *		gbx_sink_row_done(s, y);
 * or, where rows come in passes or out of order, the whole canvas:
 *	px = gbx_sink_canvas(s, &stride); fill it; gbx_sink_canvas_done(s);
 * Memory is zeroed, belongs to the sink, and holds until the matching _done.
 */
bool gbx_sink_image_begin(
    struct gbx_sink *s, uint32_t width, uint32_t height, uint32_t orientation);
/*
 * A codec that can decode to a smaller size by itself: how many times smaller,
 * each way, than begin() said may the pixels be without being fewer than those
 * wanted? 1 where all are. Then, before the first row or the canvas, the size
 * that they really come in. False: no memory, or too small.
 */
uint32_t gbx_sink_image_spare(const struct gbx_sink *s);
bool gbx_sink_image_reduce(struct gbx_sink *s, uint32_t width, uint32_t height);
bool gbx_sink_wants_pixels(const struct gbx_sink *s);
uint8_t *gbx_sink_row(struct gbx_sink *s, uint32_t y);
bool gbx_sink_row_done(struct gbx_sink *s, uint32_t y);
uint8_t *gbx_sink_canvas(struct gbx_sink *s, size_t *ret_stride);
bool gbx_sink_canvas_done(struct gbx_sink *s);
/* How many frames to deliver, from task->first on: no more than gbx_sink_total
 * said that there are; 0 if that one is not there. */
uint32_t gbx_sink_frames_wanted(const struct gbx_sink *s);
/* How long the frame begun is shown; at most an hour. Of a still: nothing. */
void gbx_sink_duration(struct gbx_sink *s, uint64_t ms);
/* After the last row of the frame. */
bool gbx_sink_image_end(struct gbx_sink *s);

/*
 * The colours of the picture, before its first row: an ICC profile, or the
 * code points of ITU-T H.273 (sRGB is 1, 13). Thumbnails become sRGB by it;
 * `decode` stays as it is, and is told what it is in. What can't be used is
 * passed over. The profile is borrowed for the call.
 */
void gbx_sink_icc(struct gbx_sink *s, const uint8_t *profile, size_t length);
void gbx_sink_cicp(
    struct gbx_sink *s, uint32_t colour_primaries, uint32_t transfer);
/*
 * As PNG's cHRM and gAMA have it: x and y of white, red, green and blue (NULL,
 * or such as can't be: those of sRGB), and light = stored to the power of
 * 1 / gamma (0: sRGB's curve). Only workers without shared libraries have this.
 */
void gbx_sink_measured(struct gbx_sink *s, const double xy[8], double gamma);

/*
 * Text: UTF-8, appended. Ill-formed bytes become U+FFFD, NUL and control
 * characters other than tab and newline become spaces, bidi controls are kept
 * and noted as a flag. False: over the limit `text` or `output`.
 */
bool gbx_sink_text(struct gbx_sink *s, const char *text, size_t length);

/* The bytes of a file, appended: ops ENCODE and EXTRACT. Of an empty file: a
 * call with no bytes. False: over the limit `output`. */
bool gbx_sink_bytes(struct gbx_sink *s, const void *data, size_t length);
/* The same for a file whose length is known: the caller fills all of it. NULL:
 * over the limit. */
uint8_t *gbx_sink_file(struct gbx_sink *s, uint64_t length);

/*
 * Records, gathered in the arena and written out when the parser returns.
 * Strings are made to fit the wire's rules (valid UTF-8, no character of
 * schemas/hidden.def, cut at GBX_NAME_MAX and GBX_VALUE_MAX on a character
 * boundary).
 * They are dropped but for TEXT, and PROBE with METADATA: wants_records says
 * whether to look for them. False: over the limit `records`.
 */
bool gbx_sink_wants_records(const struct gbx_sink *s);
bool gbx_sink_property(struct gbx_sink *s, const char *name, const char *value,
    size_t value_length);
/* A property that belongs to the last one (its parent); dropped if that was. */
bool gbx_sink_detail(struct gbx_sink *s, const char *name, const char *value,
    size_t value_length);
/* How many records the limit still allows. */
uint32_t gbx_sink_records_left(const struct gbx_sink *s);
/* A property whose value is a number of bytes. */
bool gbx_sink_size(struct gbx_sink *s, const char *name, size_t size);
/* The tags of an EXIF block, from its TIFF header on or from JPEG's "Exif" in
 * front of that, as "exif.NAME"; links with libexif. Only where records are
 * wanted. */
void gbx_sink_exif(struct gbx_sink *s, const uint8_t *exif, size_t size);
/* A flag is kept once, however often it is raised. */
bool gbx_sink_flag(struct gbx_sink *s, enum gbx_wire_flag flag);

/* A member of an archive, as its directory has it; strings are borrowed for the
 * call. Where its names lead is found out by the sink. */
struct gbx_member {
	const char *name; /* as decoded; what is ill-formed is replaced */
	size_t name_length;
	const void *raw; /* as stored */
	size_t raw_length;
	const char *target; /* of a link; else NULL and 0 */
	size_t target_length;
	uint32_t type;		 /* enum gbx_wire_member */
	uint32_t flags;		 /* enum gbx_wire_member_flag */
	uint64_t offset, packed; /* inside the input, or 0 */
	uint64_t size;		 /* as claimed; 0: not known */
};

/* Counts for the total. Dropped but for LIST. False: over the limit
 * `members`. */
bool gbx_sink_member(struct gbx_sink *s, const struct gbx_member *member);

#endif
