/* SPDX-License-Identifier: ISC */
/*
 * Every cap and number that the two sides of the boundary agree on.
 * Side: the wire. Holds no code; includes nothing but <stdint.h>.
 */
#ifndef GBX_SCHEMAS_LIMITS_H
#define GBX_SCHEMAS_LIMITS_H

#include <stdint.h>

/* A job is one datagram of at most this many bytes, with exactly two fds. */
#define GBX_JOB_MAX 4096
#define GBX_JOB_FDS 2

/* The last page of the output memfd: u32 little-endian length, then Reply. */
#define GBX_REPLY_PAGE 4096
#define GBX_REPLY_MAX  (GBX_REPLY_PAGE - 4)

#define GBX_NONCE_LEN 16
#define GBX_SALT_LEN  16

/* Inputs in one job. 64 one-block replies fit the reply page. */
#define GBX_BATCH_MAX 64
/* Blocks of one item, and of a whole reply. Frames of the same sides are one
 * block. */
#define GBX_BLOCKS_MAX	     8
#define GBX_REPLY_BLOCKS_MAX 128

/* Offsets of blocks, and of the inputs of a batch, are multiples of this. */
#define GBX_ALIGN 64

/* Results up to this size are copied out; larger ones are mapped. */
#define GBX_COPY_MAX 65536

/* How long a frame may be shown, in milliseconds: an hour. In a DURATIONS block
 * each takes so many bytes, little-endian. */
#define GBX_DURATION_MAX  3600000
#define GBX_DURATION_SIZE 4

/* One side of an image. With 8 bytes a pixel a row still fits in 32 bits. */
#define GBX_SIDE_MAX 1000000

/* A record and its strings, in bytes. */
#define GBX_RECORD_MAX 4096
#define GBX_NAME_MAX   1024
#define GBX_VALUE_MAX  2048

/* What protobuf-c may allocate while it unpacks one hostile message. */
#define GBX_UNPACK_BUDGET 49152

/* A worker's stack, and the exit status of one that ran out of it, or that
 * crashed after its memory had run out. */
#define GBX_STACK_MAX	(1u << 20)
#define GBX_EXIT_STACK	77
#define GBX_EXIT_MEMORY 78

#define GBX_LIMIT_COUNT 15 /* numbers 1..14; 0 means none */

enum gbx_wire_limit {
	GBX_WIRE_LIMIT_NONE = 0,
#define GBX_LIMIT(num, ID, name, unit, def, ceil, text) \
	GBX_WIRE_LIMIT_##ID = num,
#include "schemas/limits.def"
};

enum gbx_wire_op {
	GBX_WIRE_OP_PROBE = 1,
	GBX_WIRE_OP_DECODE = 2,
	GBX_WIRE_OP_THUMBNAIL = 3,
	GBX_WIRE_OP_TEXT = 4,
	GBX_WIRE_OP_ENCODE = 5,
	GBX_WIRE_OP_COUNT = 6,
};

enum gbx_wire_lockdown {
	GBX_WIRE_LOCK_FILTER = 1,
	GBX_WIRE_LOCK_STRICT = 2,
};

/* How the worker says an input ended; the broker adds the verdicts that only
 * it can give (crashed, violation, deadline, ...). */
enum gbx_wire_status {
	GBX_WIRE_OK = 1,
	GBX_WIRE_MALFORMED = 2,
	GBX_WIRE_UNSUPPORTED = 3,
	GBX_WIRE_LIMIT = 4,
};

enum gbx_wire_kind {
	GBX_WIRE_PIXELS = 1,
	GBX_WIRE_TEXT = 2,
	GBX_WIRE_RECORDS = 3,
	GBX_WIRE_BYTES = 4,
	GBX_WIRE_DURATIONS = 5, /* u32 each, of the frames before it */
};

/* What a job asks for beside its operation. */
enum gbx_wire_want {
	GBX_WIRE_WANT_METADATA = 1u << 0,    /* PROBE: properties, too */
	GBX_WIRE_WANT_ORIENTATION = 1u << 1, /* THUMBNAIL: as stored */
	GBX_WIRE_WANT_COLOUR = 1u << 2,	     /* THUMBNAIL: as stored */
	GBX_WIRE_WANT_ALL = (1u << 3) - 1,
};

/* What pixels are in, by name: a profile never leaves the worker. */
enum gbx_wire_colour {
	GBX_WIRE_COLOUR_UNTOLD =
	    0, /* the file says nothing that was looked at */
	GBX_WIRE_COLOUR_SRGB = 1,
	GBX_WIRE_COLOUR_DISPLAY_P3 = 2,
	GBX_WIRE_COLOUR_ADOBE_RGB = 3,
	GBX_WIRE_COLOUR_REC2020 = 4,
	GBX_WIRE_COLOUR_PROPHOTO = 5,
	GBX_WIRE_COLOUR_OTHER = 6, /* none of these */
	GBX_WIRE_COLOUR_COUNT = 7,
};

/* Bytes a pixel: RGBA8 straight alpha, 4. */
enum gbx_wire_layout {
	GBX_WIRE_RGBA8 = 1,
};

enum gbx_wire_record {
	GBX_WIRE_REC_PROPERTY = 1, /* name = value, both UTF-8 */
	GBX_WIRE_REC_FLAG = 2,	   /* flags: one bit of enum gbx_wire_flag */
	GBX_WIRE_REC_MEMBER = 3, /* of an archive: name, offset, size, packed */
	GBX_WIRE_REC_COUNT = 4,
};

/* What a document holds that its reader should know of. */
enum gbx_wire_flag {
	GBX_WIRE_FLAG_MACROS = 1u << 0,
	GBX_WIRE_FLAG_EXTERNAL = 1u << 1,  /* refers to targets outside */
	GBX_WIRE_FLAG_EMBEDDED = 1u << 2,  /* embedded objects */
	GBX_WIRE_FLAG_ENCRYPTED = 1u << 3, /* encrypted members */
	GBX_WIRE_FLAG_AMBIGUOUS = 1u << 4, /* others may read other content */
	GBX_WIRE_FLAG_BIDI = 1u << 5,	   /* the text holds bidi controls */
	GBX_WIRE_FLAG_TEXT_ELSEWHERE = 1u << 6, /* in parts not read */
	GBX_WIRE_FLAG_ALL = (1u << 7) - 1,
};

#endif
