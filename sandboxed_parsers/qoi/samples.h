/* SPDX-License-Identifier: ISC */
/*
 * Pictures that warm a worker up, one for each path through
 * the decoder. Made by tests/samples/qoi.c (`make samples`);
 * don't edit.
 * Side: setup. Included by qoi.c alone.
 */
#ifndef GBX_QOI_SAMPLES_H
#define GBX_QOI_SAMPLES_H

#include "sandboxed_parsers/runtime/parser.h"

/* clang-format off */
static const uint8_t sample_chunks[] = {
    0x71, 0x6f, 0x69, 0x66, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x03,
    0x04, 0x00, 0xfe, 0x10, 0x20, 0x30, 0x7f, 0x55, 0x35, 0xa3, 0x88, 0xff,
    0x01, 0x02, 0x03, 0x80, 0xc5, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x01,
};

static const struct gbx_sample samples[] = {
    {"chunks", sample_chunks, sizeof(sample_chunks), GBX_WIRE_OP_DECODE},
    {"chunks", sample_chunks, sizeof(sample_chunks), GBX_WIRE_OP_THUMBNAIL},
    {"chunks", sample_chunks, sizeof(sample_chunks), GBX_WIRE_OP_PROBE},
};
/* clang-format on */

#endif
