/* SPDX-License-Identifier: ISC */
/*
 * UTF-8 as parsers meet it: ill-formed more often than not.
 * Side: hostile. It repairs; the gate has a stricter one of its own, which
 * believes nothing of this.
 */
#ifndef GBX_RUNTIME_UTF8_H
#define GBX_RUNTIME_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GBX_UTF8_REPLACEMENT 0xfffdu

/* How long the character that starts with lead is, and the range of its second
 * byte (Unicode 15, table 3-7). 0: nothing starts so. */
static inline size_t
gbx_utf8_lead(uint8_t lead, uint8_t *ret_low, uint8_t *ret_high)
{
	*ret_low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	*ret_high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
	if (lead < 0x80)
		return 1;
	if (lead < 0xc2 || lead > 0xf4)
		return 0;
	return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/*
 * The character at p[0..n), n > 0. Returns the bytes it takes; ill-formed ones
 * give U+FFFD for each maximal subpart (Unicode 15, 3.9). Returns 0 if the
 * bytes are the beginning of a character and the rest is missing.
 */
static inline size_t
gbx_utf8_next(const uint8_t *p, size_t n, uint32_t *ret_char)
{
	uint8_t low, high;
	size_t i, length;
	uint32_t c = p[0];

	*ret_char = GBX_UTF8_REPLACEMENT;
	length = gbx_utf8_lead(p[0], &low, &high);
	if (length == 0)
		return 1;
	if (length > 1)
		c &= 0x7fu >> length;
	for (i = 1; i < length; i++) {
		if (i == n)
			return 0;
		if (p[i] < low || p[i] > high)
			return i;
		low = 0x80;
		high = 0xbf;
		c = c << 6 | (p[i] & 0x3fu);
	}
	*ret_char = c;
	return length;
}

/* c is a scalar value. Returns the bytes written, 1..4. */
static inline size_t
gbx_utf8_put(uint32_t c, uint8_t ret_bytes[4])
{
	if (c < 0x80) {
		ret_bytes[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		ret_bytes[0] = (uint8_t)(0xc0 | c >> 6);
		ret_bytes[1] = (uint8_t)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		ret_bytes[0] = (uint8_t)(0xe0 | c >> 12);
		ret_bytes[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		ret_bytes[2] = (uint8_t)(0x80 | (c & 0x3f));
		return 3;
	}
	ret_bytes[0] = (uint8_t)(0xf0 | c >> 18);
	ret_bytes[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
	ret_bytes[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	ret_bytes[3] = (uint8_t)(0x80 | (c & 0x3f));
	return 4;
}

/* C0, DEL, C1. */
static inline bool
gbx_utf8_is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f);
}

/* Unicode 15, PropList.txt: Bidi_Control. */
static inline bool
gbx_utf8_is_bidi(uint32_t c)
{
	return c == 0x061c || c == 0x200e || c == 0x200f ||
	       (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static inline bool
gbx_utf8_is_line_break(uint32_t c)
{
	return c == 0x2028 || c == 0x2029;
}

#endif
