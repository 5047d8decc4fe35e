/* SPDX-License-Identifier: ISC */
/* Targets as records. Side: hostile. */
#ifndef GBX_OOXML_RECORDS_H
#define GBX_OOXML_RECORDS_H

#include "sandboxed_parsers/runtime/parser.h"

/* "link", and its text as "link-text". When the records are nearly used up the
 * flag text_elsewhere says so instead. False: over a limit. */
bool gbx_ooxml_record_link(
    struct gbx_sink *sink, const char *target, const char *text, size_t n);
/* "external": what is fetched from outside, by a relationship or a field. */
bool gbx_ooxml_record_external(
    struct gbx_sink *sink, const char *value, size_t n);

#endif
