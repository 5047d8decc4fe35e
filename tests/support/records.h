/* SPDX-License-Identifier: ISC */
/* All records of a block that the gate accepted, one by one. Side: tests. */
#ifndef GBX_TESTS_SUPPORT_RECORDS_H
#define GBX_TESTS_SUPPORT_RECORDS_H

#include "broker/validate/gate.h"

/* ret has room for block->records. False: they do not parse, or there is
 * something behind them. */
static inline bool
all_records(const struct gbx_gate_block *block, const uint8_t *data,
    struct gbx_gate_record *ret)
{
	uint64_t pos = 0;
	uint32_t i;

	for (i = 0; i < block->records; i++)
		if (!gbx_gate_records(block, data, &pos, 1, &ret[i]))
			return false;
	return pos == block->length;
}

#endif
