/* SPDX-License-Identifier: ISC */
/*
 * What the name of an archive's member says about where it would land. The
 * worker that lists an archive and the gate use the same rule.
 * Side: the wire. Static inline only.
 */
#ifndef GBX_SCHEMAS_PATHS_H
#define GBX_SCHEMAS_PATHS_H

#include <stdbool.h>
#include <stddef.h>

#include "schemas/limits.h"

static inline bool
gbx_path_is_separator(uint8_t c)
{
	return c == '/' || c == '\\';
}

/* A root, or a drive letter as Windows has it. */
static inline bool
gbx_path_is_absolute(const uint8_t *p, size_t n)
{
	uint8_t letter = n > 0 ? p[0] | 0x20 : 0;

	return n > 0 &&
	       (gbx_path_is_separator(p[0]) ||
		   (n > 1 && p[1] == ':' && letter >= 'a' && letter <= 'z'));
}

/* Two dots, and behind them nothing but dots and spaces, which Windows takes
 * off the end of a name. */
static inline bool
gbx_path_is_up(const uint8_t *p, size_t n)
{
	size_t i = 2;

	if (n < 2 || p[0] != '.' || p[1] != '.')
		return false;
	while (i < n && (p[i] == '.' || p[i] == ' '))
		i++;
	return i == n;
}

/* enum gbx_wire_member_flag: ABSOLUTE and UP. */
static inline uint32_t
gbx_path_flags(const void *name, size_t n)
{
	const uint8_t *p = name;
	uint32_t flags = 0;
	size_t i, start = 0;

	if (n == 0) /* and name perhaps NULL */
		return 0;
	if (gbx_path_is_absolute(p, n))
		flags |= GBX_WIRE_MEMBER_ABSOLUTE;
	for (i = 0; i <= n; i++) {
		if (i < n && !gbx_path_is_separator(p[i]))
			continue;
		if (gbx_path_is_up(p + start, i - start))
			flags |= GBX_WIRE_MEMBER_UP;
		start = i + 1;
	}
	return flags;
}

#endif
