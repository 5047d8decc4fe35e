/* SPDX-License-Identifier: ISC */
/*
 * The frames of an animated PNG (PNG, third edition, 4.9). Side: hostile.
 */
#ifndef GBX_PNG_APNG_H
#define GBX_PNG_APNG_H

#include "sandboxed_parsers/png/image.h"

/* Those that task asks for; d and x are as gbx_png_open_image left them.
 * Called outside of a guard. Frame 0 is the image that every viewer shows. */
enum gbx_wire_status gbx_apng_read(struct gbx_png_decoder *d,
    const struct gbx_png_extras *x, const struct gbx_task *task,
    struct gbx_sink *sink);

#endif
