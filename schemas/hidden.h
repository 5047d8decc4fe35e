/* SPDX-License-Identifier: ISC */
/*
 * Is a character one of hidden.def? Side: the wire; both sides keep to it, and
 * the command for its terminal.
 */
#ifndef GBX_SCHEMAS_HIDDEN_H
#define GBX_SCHEMAS_HIDDEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool
gbx_hidden(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} rows[] = {
#define GBX_HIDDEN(first, last) {first, last},
#include "schemas/hidden.def"
	};
	size_t low = 0, high = sizeof(rows) / sizeof(rows[0]);

	if (c >= 0x20 && c < 0x7f)
		return false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c > rows[middle].last)
			low = middle + 1;
		else if (c < rows[middle].first)
			high = middle;
		else
			return true;
	}
	return false;
}

#endif
