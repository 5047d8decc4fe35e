/* SPDX-License-Identifier: ISC */
/*
 * The words of the gate.
 * Side: trusted. Never lets a byte of the worker's into a word.
 */
#include "broker/validate/check.h"

const char *
gbx_gate_field_name(enum gbx_gate_field field)
{
	static const char *const name[GBX_FIELD_COUNT] = {
#define GBX_FIELD(ID, word, why) [GBX_FIELD_##ID] = word,
#include "broker/validate/fields.def"
	};

	return field < GBX_FIELD_COUNT ? name[field] : NULL;
}

bool
gbx_gate_is_memory(const char *field)
{
	return field == gbx_gate_field_name(GBX_FIELD_MEMORY);
}
