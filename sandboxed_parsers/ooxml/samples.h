/* SPDX-License-Identifier: ISC */
/*
 * Documents to warm up on, made by tests/support/mkooxml.py. Side: hostile.
 */
#ifndef GBX_OOXML_SAMPLES_H
#define GBX_OOXML_SAMPLES_H

#include "sandboxed_parsers/runtime/parser.h"

#define GBX_OOXML_SAMPLES 2

extern const struct gbx_sample gbx_ooxml_samples[GBX_OOXML_SAMPLES];

#endif
