/* SPDX-License-Identifier: ISC */
/*
 * Writes ZIP archives, also such as no program writes. Side: tests.
 */
#ifndef GBX_TESTS_SUPPORT_MKZIP_H
#define GBX_TESTS_SUPPORT_MKZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mkzip_bytes {
	uint8_t *p;
	size_t n, room;
};

struct mkzip {
	struct mkzip_bytes out, dir;
	uint32_t count;
	/* The end record says so, unless 0. */
	uint32_t say_count;
	bool zip64; /* with a ZIP64 end record */
	const char *comment;
};

/* What is odd about a member; all zero: nothing. */
struct mkzip_odd {
	const char *local_name;	   /* the local header's, of another content */
	const char *gap;	   /* bytes before the local header */
	const char *tail;	   /* packed bytes behind the deflate stream */
	const char *utf8_name;	   /* in an extra field of the directory */
	uint16_t bits;		   /* general purpose bits of both headers */
	uint16_t local_bits;	   /* more bits of the local one */
	uint16_t method;	   /* named in both, if not 0 */
	uint16_t local_method;	   /* xor */
	uint32_t local_size, size; /* added to the uncompressed size */
	uint32_t crc;		   /* xor, both */
	bool no_descriptor;	   /* bit 3 set, nothing follows */
	bool again;		   /* a directory entry for the member before */
};

void mkzip_put(struct mkzip_bytes *b, const void *p, size_t n);
void mkzip_add(struct mkzip *z, const char *name, const void *data, size_t n,
    bool deflate, const struct mkzip_odd *odd);
/* Text, deflated, nothing odd. */
void mkzip_text(struct mkzip *z, const char *name, const char *text);
/* Directory and end record; z->out is the archive then. */
void mkzip_end(struct mkzip *z);
void mkzip_free(struct mkzip *z);

#endif
