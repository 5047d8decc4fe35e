/* SPDX-License-Identifier: ISC */
/*
 * The kinds of document. Each reads its text into the sink; under PROBE only
 * what the answer needs. Side: hostile.
 */
#ifndef GBX_OOXML_DOCUMENT_H
#define GBX_OOXML_DOCUMENT_H

#include "sandboxed_parsers/ooxml/relationships.h"
#include "sandboxed_parsers/ooxml/text.h"

/* main_part is the name of m, the part that the package points to. */
enum gbx_wire_status gbx_ooxml_docx(struct gbx_zip *zip,
    struct gbx_zip_member *m, const struct gbx_ooxml_name *main_part);
enum gbx_wire_status gbx_ooxml_pptx(struct gbx_zip *zip,
    struct gbx_zip_member *m, const struct gbx_ooxml_name *main_part);

#endif
