/* SPDX-License-Identifier: ISC */
/*
 * A PNG into a sink: the whole of a file, or a part of an icon.
 * Side: hostile.
 */
#ifndef GBX_PNG_PNG_H
#define GBX_PNG_PNG_H

#include "sandboxed_parsers/runtime/parser.h"

/* The image before all frames of task->data, and that alone. The sink knows
 * the format already. */
enum gbx_wire_status gbx_png_read(
    const struct gbx_task *task, struct gbx_sink *sink);

#endif
