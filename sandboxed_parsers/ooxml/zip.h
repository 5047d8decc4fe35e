/* SPDX-License-Identifier: ISC */
/*
 * The package as a ZIP archive: its directory once, its parts as streams.
 * Side: hostile.
 *
 * minizip reads the directory and finds a part's bytes; zlib inflates them
 * straight from the input. A part is never whole in memory, and is read once:
 * that bounds the work by the directory, however the members overlap.
 *
 * Functions return GBX_WIRE_OK, _MALFORMED or _UNSUPPORTED; a limit that was
 * run into is noted in the sink, and whatever was returned then does not count.
 */
#ifndef GBX_OOXML_ZIP_H
#define GBX_OOXML_ZIP_H

#include <minizip/unzip.h>
#include <zlib.h>

#include "sandboxed_parsers/ooxml/name.h"
#include "sandboxed_parsers/runtime/parser.h"

enum {
	GBX_ZIP_RELS = 1 << 0,	   /* holds relationships */
	GBX_ZIP_MACROS = 1 << 1,   /* vbaProject.bin */
	GBX_ZIP_EMBEDDED = 1 << 2, /* in embeddings/ or activeX/ */
	GBX_ZIP_TAKEN = 1 << 3	   /* was read */
};

/* One member, as minizip reads the directory. */
struct gbx_ooxml_member {
	uint64_t hash;	/* of its name */
	uint64_t where; /* minizip's position of its directory record */
	uint64_t packed, size;
	uint32_t crc;
	uint16_t method, bits; /* bits: general purpose, APPNOTE 4.4.4 */
	uint16_t marks;	       /* GBX_ZIP_* */
	uint16_t form;	       /* enum gbx_ooxml_name_form */
};

/* A byte range that can be read like a file. */
struct gbx_ooxml_bytes {
	const uint8_t *data;
	uint64_t size, pos;
};

struct gbx_ooxml_zip {
	const struct gbx_task *task;
	struct gbx_sink *sink;
	struct gbx_ooxml_bytes bytes;
	unzFile unz;
	struct gbx_ooxml_member *member; /* by hash, once opened */
	size_t n, room;
	z_stream z;
	bool z_ready;
	uint64_t packed, unpacked; /* of all parts read so far */
};

/* A part being read. Borrows the package. */
struct gbx_ooxml_part {
	struct gbx_ooxml_zip *zip;
	const uint8_t *data; /* stored parts: what is left */
	uint64_t left;	     /* uncompressed bytes still promised */
	uint32_t crc, crc_wanted;
	bool stored;
};

/* Reads the directory, and under TEXT raises the flags that it gives rise to.
 * End with gbx_ooxml_zip_close, also after failure. */
enum gbx_wire_status gbx_ooxml_zip_open(struct gbx_ooxml_zip *zip,
    const struct gbx_task *task, struct gbx_sink *sink);
void gbx_ooxml_zip_close(struct gbx_ooxml_zip *zip);

/* NULL if there is none, or if it has an odd name. The name may be decoded. */
struct gbx_ooxml_member *gbx_ooxml_zip_find(
    struct gbx_ooxml_zip *zip, struct gbx_ooxml_name *name);
bool gbx_ooxml_zip_name(struct gbx_ooxml_zip *zip,
    const struct gbx_ooxml_member *m, struct gbx_ooxml_name *ret_name);

/* Once per member: MALFORMED if it was taken already. */
enum gbx_wire_status gbx_ooxml_part_open(struct gbx_ooxml_zip *zip,
    struct gbx_ooxml_member *m, struct gbx_ooxml_part *ret_part);
/* Up to n bytes; *ret_got 0 at the end, when length and CRC were right. */
enum gbx_wire_status gbx_ooxml_part_read(
    struct gbx_ooxml_part *part, void *buf, size_t n, size_t *ret_got);

/* zip_check.c: reads the archive's raw bytes without minizip. False: there is
 * something that another program may read in another way. *ret_ok is false if
 * memory was short. member is in the directory's order. */
bool gbx_ooxml_zip_check(const struct gbx_task *task,
    const struct gbx_ooxml_member *member, size_t n, bool *ret_ok);
/* The members that the end record declares; false if there is no end record.
 * A few reads: the cheap check that comes first. */
bool gbx_ooxml_zip_count(const struct gbx_task *task, uint64_t *ret_count);

/* Sort n things by a 64-bit key without memory of its own (glibc's qsort asks
 * malloc, and sysinfo(2) the first time). */
void gbx_ooxml_sort(
    void *base, size_t n, size_t width, uint64_t (*key)(const void *thing));

#endif
