/* SPDX-License-Identifier: ISC */
/*
 * Names of outputs with a number in them: "out-%d.png", "out-%04d.png".
 * Side: caller.
 */
#ifndef GBX_CMD_NUMBERED_H
#define GBX_CMD_NUMBERED_H

#include <stdbool.h>
#include <stdint.h>

/* Does the name hold a place for the number, one and no more? */
bool gbx_cmd_is_numbered(const char *name);

/* The name with the number in its place; the caller frees it. NULL: no
 * memory. */
char *gbx_cmd_numbered(const char *name, uint32_t number);

#endif
