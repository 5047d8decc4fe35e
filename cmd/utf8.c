/* SPDX-License-Identifier: ISC */
/*
 * Strict UTF-8 (RFC 3629: no surrogates, no overlong forms, up to U+10FFFF).
 * Side: caller. Knows no locale, never reads past the length it was given.
 */
#include "cmd/utf8.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Lead bytes, and the range of the byte after them (Unicode table 3-7). */
static const struct lead {
	uint8_t from, to; /* lead byte */
	uint8_t more;	  /* bytes that follow */
	uint8_t second, second_to;
} leads[] = {
    {0xc2, 0xdf, 1, 0x80, 0xbf},
    {0xe0, 0xe0, 2, 0xa0, 0xbf},
    {0xe1, 0xec, 2, 0x80, 0xbf},
    {0xed, 0xed, 2, 0x80, 0x9f},
    {0xee, 0xef, 2, 0x80, 0xbf},
    {0xf0, 0xf0, 3, 0x90, 0xbf},
    {0xf1, 0xf3, 3, 0x80, 0xbf},
    {0xf4, 0xf4, 3, 0x80, 0x8f},
};

static const struct lead *
find_lead(uint8_t byte)
{
	for (size_t i = 0; i < ARRAY_SIZE(leads); i++)
		if (byte >= leads[i].from && byte <= leads[i].to)
			return &leads[i];
	return NULL;
}

size_t
gbx_cmd_utf8_next(const char *s, size_t length, uint32_t *ret_char)
{
	const uint8_t *p = (const uint8_t *)s;
	const struct lead *lead;
	uint32_t c;

	*ret_char = GBX_CMD_NOT_UTF8;
	if (p[0] < 0x80) {
		*ret_char = p[0];
		return 1;
	}
	lead = find_lead(p[0]);
	if (!lead)
		return 1;
	c = p[0] & (0x3fu >> lead->more);
	for (size_t i = 1; i <= lead->more; i++) {
		uint8_t low = i == 1 ? lead->second : 0x80;
		uint8_t high = i == 1 ? lead->second_to : 0xbf;

		if (i >= length || p[i] < low || p[i] > high)
			return i;
		c = c << 6 | (p[i] & 0x3fu);
	}
	*ret_char = c;
	return (size_t)lead->more + 1;
}

bool
gbx_cmd_utf8_valid(const char *s, size_t length)
{
	uint32_t c;

	for (size_t i = 0; i < length;) {
		i += gbx_cmd_utf8_next(s + i, length - i, &c);
		if (c == GBX_CMD_NOT_UTF8)
			return false;
	}
	return true;
}
