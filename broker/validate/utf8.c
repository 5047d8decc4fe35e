/* SPDX-License-Identifier: ISC */
/*
 * Characters: strict UTF-8, and which of them may stand where.
 * Side: trusted. Never repairs: a worker that sends ill-formed text lies.
 */
#include "broker/validate/check.h"
#include "schemas/hidden.h"

/* Unicode 15.0, table 3-7: the second byte's range depends on the first. */
static size_t
sequence(uint8_t lead, uint8_t *ret_low, uint8_t *ret_high)
{
	*ret_low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	*ret_high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	if (lead >= 0xf0 && lead <= 0xf4)
		return 4;
	return 0;
}

size_t
gbx_gate_utf8(const uint8_t *p, uint64_t n, uint32_t *ret_char)
{
	uint8_t low, high;
	uint32_t c = p[0];
	size_t i, length;

	length = sequence(p[0], &low, &high);
	if (length == 0 || length > n)
		return 0;
	if (length > 1)
		c &= 0x7fu >> length;
	for (i = 1; i < length; i++) {
		if (p[i] < low || p[i] > high)
			return 0;
		low = 0x80;
		high = 0xbf;
		c = c << 6 | (p[i] & 0x3f);
	}
	*ret_char = c;
	return length;
}

bool
gbx_gate_is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f);
}

/* Unicode 15.0, PropList.txt: Bidi_Control. */
bool
gbx_gate_is_bidi(uint32_t c)
{
	return c == 0x061c || c == 0x200e || c == 0x200f ||
	       (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* Every control, line break and bidi control is among the hidden ones, as
 * tests/unit/gate/test_data.c sees. */
bool
gbx_gate_is_label(const uint8_t *p, uint64_t n)
{
	uint32_t c;
	size_t step;

	for (; n > 0; p += step, n -= step) {
		step = gbx_gate_utf8(p, n, &c);
		if (step == 0 || gbx_hidden(c))
			return false;
	}
	return true;
}
