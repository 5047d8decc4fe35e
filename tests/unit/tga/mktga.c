/* SPDX-License-Identifier: ISC */
/* See mktga.h. Side: tests. */
#include "tests/unit/tga/mktga.h"

void
mktga_begin(struct bytes *b, const struct mktga *m)
{
	uint32_t i, k;

	b->size = 0;
	bytes_le(b, 3, 1);
	bytes_le(b, m->map_bits > 0, 1);
	bytes_le(b, m->kind, 1);
	bytes_le(b, m->map_first, 2);
	bytes_le(b, m->map_length, 2);
	bytes_le(b, m->map_bits, 1);
	bytes_le(b, 0, 4);
	bytes_le(b, m->width, 2);
	bytes_le(b, m->height, 2);
	bytes_le(b, m->bits, 1);
	bytes_le(b, m->descriptor, 1);
	bytes_put(b, "id!", 3);
	for (i = 0; i < m->map_length; i++)
		for (k = 0; k < (m->map_bits + 7u) / 8; k++)
			bytes_le(b, i + k, 1);
}
