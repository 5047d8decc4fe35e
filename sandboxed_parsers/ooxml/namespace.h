/* SPDX-License-Identifier: ISC */
/*
 * Which vocabulary a namespace stands for. Side: hostile.
 */
#ifndef GBX_OOXML_NAMESPACE_H
#define GBX_OOXML_NAMESPACE_H

#include "sandboxed_parsers/ooxml/xml.h"

/* uri[0..n); never GBX_NS_NONE. */
uint32_t gbx_ooxml_ns_of(const char *uri, size_t n);

#endif
