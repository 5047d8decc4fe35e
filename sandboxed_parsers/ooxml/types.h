/* SPDX-License-Identifier: ISC */
/*
 * [Content_Types].xml: which format a package is. Side: hostile.
 */
#ifndef GBX_OOXML_TYPES_H
#define GBX_OOXML_TYPES_H

#include "sandboxed_parsers/ooxml/xml.h"

/* The format of the package by the type of its main part, and the flags that
 * types give rise to. *ret_format is NONE for a package of another kind. */
enum gbx_wire_status gbx_ooxml_types_read(struct gbx_zip *zip,
    struct gbx_zip_member *types, const struct gbx_ooxml_name *main_part,
    enum gbx_format *ret_format);

#endif
