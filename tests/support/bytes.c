/* SPDX-License-Identifier: ISC */
/* See bytes.h. Side: tests. */
#include "tests/support/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t *
grow(struct bytes *b, size_t size)
{
	uint8_t *at;

	if (b->size + size > b->room) {
		b->room = (b->size + size) * 2;
		b->data = realloc(b->data, b->room);
		if (b->data == NULL) {
			puts("Bail out! no memory");
			exit(1);
		}
	}
	at = b->data + b->size;
	b->size += size;
	return at;
}

void
bytes_put(struct bytes *b, const void *data, size_t size)
{
	if (size > 0)
		memcpy(grow(b, size), data, size);
}

void
bytes_fill(struct bytes *b, uint8_t value, size_t n)
{
	if (n > 0)
		memset(grow(b, n), value, n);
}

void
bytes_le(struct bytes *b, uint32_t v, int n)
{
	uint8_t *to = grow(b, (size_t)n);

	for (; n > 0; n--, v >>= 8)
		*to++ = (uint8_t)v;
}

void
bytes_be(struct bytes *b, uint32_t v, int n)
{
	uint8_t *to = grow(b, (size_t)n);

	for (; n > 0; n--, v >>= 8)
		to[n - 1] = (uint8_t)v;
}

void
bytes_free(struct bytes *b)
{
	free(b->data);
	memset(b, 0, sizeof(*b));
}
