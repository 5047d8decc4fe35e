/* SPDX-License-Identifier: ISC */
/*
 * The running text of one part, in document order. Side: hostile.
 */
#ifndef GBX_OOXML_TEXT_H
#define GBX_OOXML_TEXT_H

#include "sandboxed_parsers/ooxml/xml.h"

/* Into the sink. The part's root must be this element; GBX_NS_NONE takes any.
 * A part that was read before gives nothing. */
enum gbx_wire_status gbx_ooxml_text_read(struct gbx_ooxml_zip *zip,
    struct gbx_ooxml_member *m, enum gbx_ooxml_ns root_ns, const char *root);

#endif
