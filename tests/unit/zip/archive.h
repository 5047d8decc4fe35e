/* SPDX-License-Identifier: ISC */
/*
 * An archive of tests/support/mkzip.h, opened on a sink. Side: tests.
 */
#ifndef GBX_TESTS_ZIP_ARCHIVE_H
#define GBX_TESTS_ZIP_ARCHIVE_H

#include "sandboxed_parsers/runtime/sink.h"
#include "sandboxed_parsers/runtime/zip/zip.h"
#include "tests/support/mkzip.h"

struct archive {
	struct gbx_task task;
	struct gbx_sink sink;
	struct gbx_zip zip;
	uint8_t
	    *copy; /* of exactly its size, so that a sanitizer sees its end */
	uint8_t out[4096];
};

/* Raw names, with the check. */
extern const struct gbx_zip_how archive_how;

/* All limits are high. */
void archive_init(struct archive *a);
/* Ends z and frees it. */
enum gbx_wire_status archive_open(
    struct archive *a, struct mkzip *z, const struct gbx_zip_how *how);
/* The same of n bytes that are no such archive. */
enum gbx_wire_status archive_bytes(struct archive *a, const void *data,
    size_t n, const struct gbx_zip_how *how);
/* By its raw name. */
struct gbx_zip_member *archive_find(struct archive *a, const char *name);
/* Whether the flag was raised. */
bool archive_flag(struct archive *a, enum gbx_wire_flag flag);
void archive_close(struct archive *a);

#endif
