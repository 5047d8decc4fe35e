/* SPDX-License-Identifier: ISC */
/*
 * DURATIONS: how long each of an item's frames is shown, four bytes each, the
 * lowest first.
 * Side: trusted. Any four bytes are a number; it only has to be small enough.
 */
#include "base/checked.h"
#include "broker/validate/check.h"

enum gbx_gate_field
gbx_gate_durations_block(const struct gbx_gate_block *block, uint64_t frames)
{
	uint64_t length;

	if (!gbx_mul_ok(frames, GBX_DURATION_SIZE, &length) ||
	    block->length != length)
		return GBX_FIELD_BLOCK_LENGTH;
	if (block->records != 0)
		return GBX_FIELD_BLOCK_RECORDS;
	return GBX_FIELD_NONE;
}

uint32_t
gbx_gate_duration(const uint8_t *data)
{
	return (uint32_t)data[0] | (uint32_t)data[1] << 8 |
	       (uint32_t)data[2] << 16 | (uint32_t)data[3] << 24;
}

enum gbx_gate_field
gbx_gate_durations_data(const uint8_t *data, uint64_t length)
{
	uint64_t i;

	for (i = 0; i < length; i += GBX_DURATION_SIZE)
		if (gbx_gate_duration(data + i) > GBX_DURATION_MAX)
			return GBX_FIELD_DURATIONS_RANGE;
	return GBX_FIELD_NONE;
}
