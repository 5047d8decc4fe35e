/* SPDX-License-Identifier: ISC */
/*
 * Values of options: numbers, limits, layers, formats. Side: caller.
 * Each complains on stderr in one line when it returns false.
 */
#ifndef GBX_CMD_VALUES_H
#define GBX_CMD_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include <glovebox.h>

/* Decimal digits, then nothing or one of k, M, G: thousands of what is
 * counted (unit 1000), or of 1024 (unit 1024); unit 1 allows no suffix.
 * Complains about nothing. */
bool gbx_cmd_parse_number(const char *s, uint64_t unit, uint64_t *ret_n);

/* NAME=VALUE into limit[]. */
bool gbx_cmd_parse_limit(const char *arg, uint64_t limit[GBX_LIMIT_ROOM]);

/* Comma-separated posture names; the bits are added to *bits. */
bool gbx_cmd_parse_require(const char *arg, uint32_t *bits);

/* N, A-B or all; frames from 0 on. */
bool gbx_cmd_parse_frames(
    const char *arg, uint32_t *ret_first, uint32_t *ret_count);

/* Comma-separated: icc, orientation. Bits of enum gbx_want, added to *bits. */
bool gbx_cmd_parse_keep(const char *arg, uint32_t *bits);

bool gbx_cmd_parse_lockdown(const char *arg, uint32_t *ret_lockdown);

/* Complain, with the formats that an input may be declared as. Returns false.
 */
bool gbx_cmd_unknown_type(const char *arg);

/* The name of the format that is called so (gbx_type_format), or has this name
 * and is only ours; NULL if there is none. */
const char *gbx_cmd_format_name(const char *arg);

/* Complain, with the formats there are. Returns false. */
bool gbx_cmd_unknown_format(const char *arg);

#endif
