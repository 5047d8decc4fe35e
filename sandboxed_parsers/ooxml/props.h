/* SPDX-License-Identifier: ISC */
/*
 * Properties of a document: title, author and the like. Side: hostile.
 */
#ifndef GBX_OOXML_PROPS_H
#define GBX_OOXML_PROPS_H

#include "sandboxed_parsers/ooxml/xml.h"

/* docProps/core.xml or docProps/app.xml, as property records. */
enum gbx_wire_status gbx_ooxml_props_read(
    struct gbx_zip *zip, struct gbx_zip_member *m);

#endif
