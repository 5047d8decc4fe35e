/* SPDX-License-Identifier: ISC */
/*
 * The package (ECMA-376 part 2): a ZIP archive whose members are parts, found
 * by the one form of their names. Side: hostile.
 */
#ifndef GBX_OOXML_PACKAGE_H
#define GBX_OOXML_PACKAGE_H

#include "sandboxed_parsers/ooxml/name.h"
#include "sandboxed_parsers/runtime/zip/zip.h"

/* Marks of a member, besides GBX_ZIP_TAKEN. */
enum {
	GBX_PART_RELS = 1 << 0,	   /* holds relationships */
	GBX_PART_MACROS = 1 << 1,  /* vbaProject.bin */
	GBX_PART_EMBEDDED = 1 << 2 /* in embeddings/ or activeX/ */
};

/* gbx_zip_open, and the flags that names give rise to. Under TEXT the archive
 * is checked for ambiguity. End with gbx_zip_close. */
enum gbx_wire_status gbx_ooxml_open(
    struct gbx_zip *zip, const struct gbx_task *task, struct gbx_sink *sink);

/* NULL if there is none, or if it has an odd name. The name may be decoded. */
struct gbx_zip_member *gbx_ooxml_find(
    struct gbx_zip *zip, struct gbx_ooxml_name *name);
bool gbx_ooxml_name_of(struct gbx_zip *zip, const struct gbx_zip_member *m,
    struct gbx_ooxml_name *ret_name);

#endif
