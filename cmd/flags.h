/* SPDX-License-Identifier: ISC */
/*
 * Flags of a document or an archive. Side: caller.
 */
#ifndef GBX_CMD_FLAGS_H
#define GBX_CMD_FLAGS_H

#include <stdint.h>

#include <glovebox.h>

#include "cmd/print.h"

/* enum gbx_doc_flag bits of all FLAG records. */
uint32_t gbx_cmd_flags(const struct gbx_result *result);
/* "flags": their names. */
void gbx_cmd_flags_json(
    struct gbx_cmd_json *j, const struct gbx_result *result);

#endif
