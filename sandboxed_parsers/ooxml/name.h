/* SPDX-License-Identifier: ISC */
/*
 * Names of parts: one form for all the ways to write the same one, and a keyed
 * hash of it, which stands for the name from then on.
 * Side: hostile. A name is only ever looked up in the package's own directory;
 * no file is opened by it.
 */
#ifndef GBX_OOXML_NAME_H
#define GBX_OOXML_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sandboxed_parsers/runtime/zip/zip.h"

#define GBX_OOXML_NAME_MAX GBX_ZIP_NAME_MAX

/* Lower case, slashes forward, none at the start (ECMA-376 part 2, 6.2.2 and
 * 7.3: ASCII case does not count). Not NUL-terminated. */
struct gbx_ooxml_name {
	char s[GBX_OOXML_NAME_MAX];
	size_t n;
};

/* gbx_siphash of it: stands for the name. */
uint64_t gbx_ooxml_name_hash(
    const uint8_t salt[GBX_SALT_LEN], const struct gbx_ooxml_name *name);

/* How a member's name is written, from the best on. */
enum gbx_ooxml_name_form {
	GBX_NAME_PLAIN = GBX_ZIP_PLAIN,
	/* Backslashes for slashes, and nothing else is odd: some writers on
	 * Windows do so. Read if no plain member has the name. */
	GBX_NAME_BACKSLASH = GBX_ZIP_OTHER,
	/* Never read: an empty, "." or ".." segment, from the root, a NUL, a
	 * piece of an interleaved part, longer than GBX_OOXML_NAME_MAX. */
	GBX_NAME_ODD = GBX_ZIP_ODD
};

/* The name of a ZIP member. Other programs may take all but a plain one for
 * another name. *ret_name is filled all the same. */
enum gbx_ooxml_name_form gbx_ooxml_name_member(
    const char *raw, size_t n, struct gbx_ooxml_name *ret_name);

/*
 * A relationship's target, seen from the part base. False if it leaves the
 * package: above its root, or to another scheme.
 */
bool gbx_ooxml_name_resolve(const struct gbx_ooxml_name *base,
    const char *target, struct gbx_ooxml_name *ret_name);

/* %41 becomes "a". False if there was nothing to decode. */
bool gbx_ooxml_name_decode(struct gbx_ooxml_name *name);

/* The part that holds the relationships of a part: dir/_rels/file.rels. False
 * if that is too long. */
bool gbx_ooxml_name_rels(
    const struct gbx_ooxml_name *part, struct gbx_ooxml_name *ret_rels);
/* The other way round. False if it is no such name. */
bool gbx_ooxml_name_source(
    const struct gbx_ooxml_name *rels, struct gbx_ooxml_name *ret_part);

bool gbx_ooxml_name_ends(const struct gbx_ooxml_name *name, const char *end);
bool gbx_ooxml_name_holds(const struct gbx_ooxml_name *name, const char *text);
void gbx_ooxml_name_set(struct gbx_ooxml_name *name, const char *text);

/* Does a target name a scheme ("http:", "file:")? RFC 3986, 3.1. */
bool gbx_ooxml_has_scheme(const char *target);

/* ASCII, case-insensitive. */
bool gbx_ooxml_same(const char *a, const char *b);
bool gbx_ooxml_starts(const char *text, const char *start);
bool gbx_ooxml_contains(const char *text, const char *part);
/* 0..15, or -1. */
int gbx_ooxml_hex(char c);

#endif
