/* SPDX-License-Identifier: ISC */
/*
 * TEXT: running text. Bidi controls are no attack in it (Arabic and Hebrew
 * need them), but a reader must be told: they are counted here, and the flag
 * that the worker sent is held against the count.
 * Side: trusted.
 */
#include <string.h>

#include "broker/validate/check.h"

enum gbx_gate_field
gbx_gate_text_block(
    const struct gbx_gate_job *job, const struct gbx_gate_block *block)
{
	if (block->length > job->limit[GBX_WIRE_LIMIT_TEXT])
		return GBX_FIELD_BLOCK_LENGTH;
	if (block->records != 0)
		return GBX_FIELD_BLOCK_RECORDS;
	return GBX_FIELD_NONE;
}

/* Eight bytes, all of them 0x20..0x7e? Subtracting 0x20 from a byte below it
 * borrows into the top bit, adding 1 to 0x7f carries into it; a byte that has
 * neither disturbs no neighbour. */
static bool
is_plain(const uint8_t *p)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return ((w | (w - ones * 0x20) | (w + ones)) & ones * 0x80) == 0;
}

enum gbx_gate_field
gbx_gate_text_data(const uint8_t *text, uint64_t length, bool *ret_bidi)
{
	uint32_t c;
	size_t step;

	for (; length > 0; text += step, length -= step) {
		step = 8;
		if (length >= step && is_plain(text))
			continue;
		step = gbx_gate_utf8(text, length, &c);
		if (step == 0)
			return GBX_FIELD_TEXT_UTF8;
		if (gbx_gate_is_control(c) && c != '\t' && c != '\n')
			return GBX_FIELD_TEXT_CONTROL;
		if (gbx_gate_is_bidi(c))
			*ret_bidi = true;
	}
	return GBX_FIELD_NONE;
}
