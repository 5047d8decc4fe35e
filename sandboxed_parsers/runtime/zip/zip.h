/* SPDX-License-Identifier: ISC */
/*
 * ZIP archives, for every format that lies in one: the directory once, its
 * members as streams, or whole into memory of the caller's.
 * Side: hostile.
 *
 * minizip reads the directory and finds a member's bytes; zlib or libdeflate
 * inflate them straight from the input. A member is read once: that bounds the
 * work by the directory, however the members overlap. Nothing is inflated past
 * what the limit `ratio` allows.
 *
 * Functions return GBX_WIRE_OK, _MALFORMED or _UNSUPPORTED; a limit that was
 * run into is noted in the sink, and whatever was returned then does not count.
 *
 * directory.c reads the directory, check.c looks for what another program
 * would read in another way, member.c reads members, list.c tells them and
 * gives them out, record.c and names.c read what minizip does not.
 */
#ifndef GBX_RUNTIME_ZIP_ZIP_H
#define GBX_RUNTIME_ZIP_ZIP_H

#include <minizip/unzip.h>
#include <zlib.h>

#include "sandboxed_parsers/runtime/parser.h"

/* Longer names are kept in the archive, but are not found by their name. */
#define GBX_ZIP_NAME_MAX 1024
/* Members up to this size are inflated at once by libdeflate: as much memory
 * as the window that zlib would have for them. */
#define GBX_ZIP_WHOLE 32768

struct libdeflate_decompressor;

/* How a name is written, from the best on. Of members with one name, the one
 * with the better form is found, then the first. */
enum gbx_zip_form {
	GBX_ZIP_PLAIN,
	GBX_ZIP_OTHER, /* other programs may take it for another name */
	GBX_ZIP_ODD    /* the same, and it is never found by its name */
};

/* A name or an extra field, in bytes: their lengths have 16 bits. */
#define GBX_ZIP_FIELD_MAX 65535
#define GBX_ZIP_UTF8	  (1u << 11) /* of the bits: so the name is encoded */
#define GBX_ZIP_TAKEN	  (1u << 15) /* of the marks: was read */
#define GBX_ZIP_ENCRYPTED (1u << 0 | 1u << 6 | 1u << 13) /* of the bits */

/* One member, as minizip reads the directory. */
struct gbx_zip_member {
	uint64_t hash;	/* of its name */
	uint64_t where; /* minizip's position of its directory record */
	uint64_t packed, size;
	uint32_t crc;
	uint16_t method, bits; /* bits: general purpose, APPNOTE 4.4.4 */
	uint16_t marks;	       /* GBX_ZIP_TAKEN; the others are the format's */
	uint16_t form;	       /* enum gbx_zip_form */
	bool wide;	       /* its sizes are in a ZIP64 field */
};

/* What else the directory says of one: for a list of members. */
struct gbx_zip_info {
	size_t n_name;	     /* its whole length, also where it was cut */
	uint16_t made_by;    /* version and, in the high byte, system */
	uint32_t dos_time;   /* date and time, APPNOTE 4.4.6 */
	uint32_t attributes; /* external; mode << 16 if made on Unix */
};

/* How a format reads its archives. */
struct gbx_zip_how {
	/* What it makes of a member's name: fill in hash, form and marks. n is
	 * at most GBX_ZIP_NAME_MAX + 1, where the name is too long. NULL: the
	 * bytes are the name. */
	void (*name)(const uint8_t salt[GBX_SALT_LEN], const char *raw,
	    size_t n, struct gbx_zip_member *m);
	/* Look for ambiguity in the archive's raw bytes. */
	bool check;
};

/* A byte range that can be read like a file. */
struct gbx_zip_bytes {
	const uint8_t *data;
	uint64_t size, pos;
};

struct gbx_zip_key {
	uint64_t hash;
	uint32_t at;
};

struct gbx_zip {
	const struct gbx_task *task;
	struct gbx_sink *sink;
	const struct gbx_zip_how *how;
	struct gbx_zip_bytes bytes;
	unzFile unz;
	struct gbx_zip_member *member; /* in the directory's order */
	struct gbx_zip_key *key;       /* by hash, once opened */
	size_t n, room;
	z_stream z;
	bool z_ready;
	struct libdeflate_decompressor *libdeflate;
	uint8_t *whole;		   /* GBX_ZIP_WHOLE bytes, or NULL */
	uint64_t packed, unpacked; /* of all members read so far */
};

/* A member being read. Borrows the archive; one at a time. */
struct gbx_zip_part {
	struct gbx_zip *zip;
	const uint8_t *data; /* not NULL: what is left, as plain bytes */
	uint64_t left;	     /* uncompressed bytes still promised */
	uint32_t crc, crc_wanted;
};

/* Reads the directory. Raises the flag `encrypted` if a member is, and
 * `ambiguous` if two have one name, if the form of one is not plain, or if the
 * check found something. how is borrowed until gbx_zip_close, which is due
 * also after failure. */
enum gbx_wire_status gbx_zip_open(struct gbx_zip *zip,
    const struct gbx_task *task, struct gbx_sink *sink,
    const struct gbx_zip_how *how);
void gbx_zip_close(struct gbx_zip *zip);

/* NULL if there is none, or if its form is odd. Without a how->name, hash is
 * gbx_siphash of the bytes. */
struct gbx_zip_member *gbx_zip_find(struct gbx_zip *zip, uint64_t hash);
/* The first bytes of its name, as they stand there: not NUL-terminated, of any
 * encoding, with anything in them. False: minizip can't read the record. */
bool gbx_zip_info(struct gbx_zip *zip, const struct gbx_zip_member *m,
    char *name, size_t room, struct gbx_zip_info *ret_info);

/* Once per member, by either way: MALFORMED if it was taken already. */
enum gbx_wire_status gbx_zip_part_open(struct gbx_zip *zip,
    struct gbx_zip_member *m, struct gbx_zip_part *ret_part);
/* Up to n bytes; *ret_got 0 at the end, when length and CRC were right. */
enum gbx_wire_status gbx_zip_part_read(
    struct gbx_zip_part *part, void *buf, size_t n, size_t *ret_got);
/* All m->size bytes into buf, which has room for that many: if not, the limit
 * is noted. On failure buf holds anything. */
enum gbx_wire_status gbx_zip_extract(struct gbx_zip *zip,
    struct gbx_zip_member *m, void *buf, size_t room,
    enum gbx_wire_limit limit);

/* ---- as a container ------------------------------------------------------ */

/* A MEMBER record for each member; of links their targets are read. */
enum gbx_wire_status gbx_zip_list(struct gbx_zip *zip);
/* The bytes of the member with that number. UNSUPPORTED: there is none, it is
 * encrypted, or its method is not known. */
enum gbx_wire_status gbx_zip_give(struct gbx_zip *zip, uint32_t number);

/* A name as it is stored, and what helps to read it: inside the input. */
struct gbx_zip_name {
	const uint8_t *raw, *extra;
	size_t n_raw, n_extra;
	bool utf8; /* it says that it is UTF-8 */
};
/* record.c: of a member's directory record. False: it is not where it was. */
bool gbx_zip_name_of(const struct gbx_zip *zip, const struct gbx_zip_member *m,
    struct gbx_zip_name *ret_name);
/* record.c: sizes that did not fit their fields, where there are such (ZIP64):
 * minizip 1.1 misses them where a long has 64 bits. False: they are cut
 * short. */
bool gbx_zip_wide_sizes(const struct gbx_zip *zip, struct gbx_zip_member *m);
/* record.c: where the bytes of such a member begin, after its local header was
 * held against the directory. */
bool gbx_zip_wide_data(const struct gbx_zip *zip,
    const struct gbx_zip_member *m, uint64_t *ret_pos);
/* names.c: as UTF-8, which is ill-formed where the name is; cut after room
 * bytes. Returns the length. */
size_t gbx_zip_decode_name(
    const struct gbx_zip_name *name, char *out, size_t room);

/* ---- between the files -------------------------------------------------- */

/* hash, form and marks of a name, as how says. */
void gbx_zip_name(const struct gbx_zip *zip, const char *raw, size_t n,
    struct gbx_zip_member *m);

/* member.c: where its packed bytes are, after the local header was held against
 * the directory. */
enum gbx_wire_status gbx_zip_data(struct gbx_zip *zip,
    const struct gbx_zip_member *m, const uint8_t **ret_data);

/* check.c: reads the archive's raw bytes without minizip. False: there is
 * something that another program may read in another way. *ret_ok is false if
 * memory was short. */
bool gbx_zip_check(const struct gbx_zip *zip, bool *ret_ok);
/* The members that the end record declares; false if there is no end record.
 * A few reads: the cheap check that comes first. */
bool gbx_zip_count(const struct gbx_task *task, uint64_t *ret_count);

#endif
