/* SPDX-License-Identifier: ISC */
/* Blocks of a result, see blocks.h. Side: caller. */
#include "cmd/blocks.h"

bool
gbx_cmd_find_block(const struct gbx_result *result, uint32_t kind,
    size_t *ret_index, struct gbx_block *ret_block)
{
	struct gbx_block block = {.size = sizeof(block)};

	for (size_t i = 0; gbx_result_block(result, i, &block) == GBX_OK; i++)
		if (block.kind == kind) {
			if (ret_index)
				*ret_index = i;
			*ret_block = block;
			return true;
		}
	return false;
}
