/* SPDX-License-Identifier: ISC */
/*
 * Bytes that grow, for files made by hand. Ends the program without memory.
 * Side: tests.
 */
#ifndef GBX_TESTS_BYTES_H
#define GBX_TESTS_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* Starts as zeroes; size may be set back to write over. */
struct bytes {
	uint8_t *data;
	size_t size, room;
};

void bytes_put(struct bytes *b, const void *data, size_t size);
void bytes_fill(struct bytes *b, uint8_t value, size_t n);
/* The n low bytes of v, the lowest first or last. */
void bytes_le(struct bytes *b, uint32_t v, int n);
void bytes_be(struct bytes *b, uint32_t v, int n);
void bytes_free(struct bytes *b);

#endif
