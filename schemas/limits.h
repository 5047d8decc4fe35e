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
#define GBX_RAW_MAX    768

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
#define GBX_OP(num, ID, name, wants, first, many, room, unit, records, files) \
	GBX_WIRE_OP_##ID = num,
#include "schemas/ops.def"
	GBX_WIRE_OP_COUNT /* one past the last */
};

/* What an item's total counts, of a format or an operation. Each has a limit of
 * its own. */
enum gbx_wire_unit {
	GBX_WIRE_UNIT_FORMAT = 0, /* of an operation: what the format counts */
	GBX_WIRE_UNIT_FRAMES = 1, /* pictures: such a format is an image */
	GBX_WIRE_UNIT_PAGES = 2,  /* pages, slides or sheets */
	GBX_WIRE_UNIT_MEMBERS = 3,
};

/* How large the data of an operation can become: the broker counts it. */
enum gbx_wire_room {
	GBX_WIRE_ROOM_METADATA = 1, /* properties, if they were asked for */
	GBX_WIRE_ROOM_PIXELS = 2,   /* the limit `pixels`, count times */
	GBX_WIRE_ROOM_BOX = 3,	    /* box_w x box_h pixels */
	GBX_WIRE_ROOM_TEXT = 4,	    /* the limit `text`, and properties */
	GBX_WIRE_ROOM_ENCODED = 5,  /* a file made of the input's pixels */
	GBX_WIRE_ROOM_MEMBERS = 6,  /* a record for each of `members` */
	GBX_WIRE_ROOM_OUTPUT = 7,   /* the limit `output` */
};

/* Which files a BYTES block may be. */
enum gbx_wire_files {
	GBX_WIRE_FILES_IMAGE = 0, /* PNG, JPEG or WebP, by their first bytes */
	GBX_WIRE_FILES_ANY = 1,
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
#define GBX_ASK(want) ((uint32_t)GBX_WIRE_WANT_##want)

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
	GBX_WIRE_REC_MEMBER = 3,   /* of an archive: all fields */
	GBX_WIRE_REC_COUNT = 4,
};
#define GBX_REC(kind) (1u << GBX_WIRE_REC_##kind)

/* What a member of an archive is. */
enum gbx_wire_member {
	GBX_WIRE_MEMBER_FILE = 1,
	GBX_WIRE_MEMBER_FOLDER = 2,
	GBX_WIRE_MEMBER_SYMLINK = 3,  /* value: where it leads to */
	GBX_WIRE_MEMBER_HARDLINK = 4, /* value: the member that it is */
	GBX_WIRE_MEMBER_OTHER = 5,    /* a device, a FIFO, ... */
	GBX_WIRE_MEMBER_COUNT = 6,
};

/* What a reader of a member should know of. The first two follow from its
 * names, and the gate holds them against those. */
enum gbx_wire_member_flag {
	GBX_WIRE_MEMBER_ABSOLUTE = 1u << 0, /* begins at a root or a drive */
	GBX_WIRE_MEMBER_UP = 1u << 1,	    /* has a component `..` */
	GBX_WIRE_MEMBER_CUT = 1u << 2,	    /* its name is longer than told */
	GBX_WIRE_MEMBER_ENCRYPTED = 1u << 3,
	GBX_WIRE_MEMBER_OVERLAP = 1u << 4,   /* shares bytes with another */
	GBX_WIRE_MEMBER_DUPLICATE = 1u << 5, /* another is called the same */
	GBX_WIRE_MEMBER_AMBIGUOUS = 1u << 6, /* others may read another one */
	GBX_WIRE_MEMBER_UNREAD = 1u << 7,    /* can't be extracted here */
	GBX_WIRE_MEMBER_FLAGS = (1u << 8) - 1,
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
