/* SPDX-License-Identifier: ISC */
/*
 * Members in a result of GBX_OP_LIST. Side: caller.
 */
#ifndef GBX_CMD_MEMBERS_H
#define GBX_CMD_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glovebox.h>

/* The next member: *at starts at 0, *number at UINT32_MAX, and is then the
 * member's. False past the last. */
bool gbx_cmd_member(const struct gbx_result *result, size_t *at,
    uint32_t *number, struct gbx_record *ret_record);

#endif
