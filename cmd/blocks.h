/* SPDX-License-Identifier: ISC */
/*
 * Blocks of a result. Side: caller.
 */
#ifndef GBX_CMD_BLOCKS_H
#define GBX_CMD_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glovebox.h>

/* The first block of this kind, and where it stands (ret_index may be NULL). */
bool gbx_cmd_find_block(const struct gbx_result *result, uint32_t kind,
    size_t *ret_index, struct gbx_block *ret_block);

#endif
