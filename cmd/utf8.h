/* SPDX-License-Identifier: ISC */
/*
 * UTF-8 for what the command prints: strict decoding. Side: caller.
 * Which characters a terminal must not get as they are: schemas/hidden.def.
 */
#ifndef GBX_CMD_UTF8_H
#define GBX_CMD_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What gbx_cmd_utf8_next gives for bytes that are not UTF-8. */
#define GBX_CMD_NOT_UTF8 UINT32_MAX

/*
 * Decode the character at s, length > 0. Returns the bytes it takes; for
 * ill-formed bytes the maximal part that could have begun a character (Unicode
 * 15, 3.9, "U+FFFD substitution of maximal subparts"), at least 1.
 */
size_t gbx_cmd_utf8_next(const char *s, size_t length, uint32_t *ret_char);

bool gbx_cmd_utf8_valid(const char *s, size_t length);

#endif
