/* SPDX-License-Identifier: ISC */
/*
 * Archives as containers. Side: hostile.
 */
#ifndef GBX_OOXML_ARCHIVE_H
#define GBX_OOXML_ARCHIVE_H

#include "sandboxed_parsers/runtime/zip/zip.h"

/* LIST and EXTRACT. */
enum gbx_wire_status gbx_ooxml_archive(
    const struct gbx_task *task, struct gbx_sink *sink);

/* ooxml.c: which document the package is; NONE if it is none that is known. */
enum gbx_format gbx_ooxml_format(
    const struct gbx_task *task, struct gbx_sink *sink);

#endif
