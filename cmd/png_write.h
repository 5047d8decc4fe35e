/* SPDX-License-Identifier: ISC */
/*
 * Validated pixels to PNG. Side: caller; the one place with a codec.
 */
#ifndef GBX_CMD_PNG_WRITE_H
#define GBX_CMD_PNG_WRITE_H

#include <stdio.h>

#include <glovebox.h>

/* Write a PIXELS block as an 8-bit PNG, RGB if every pixel is opaque, else
 * RGBA. Returns 0 or an errno; f is then in no useful state. */
int gbx_cmd_png_write(FILE *f, const struct gbx_block *pixels);

#endif
