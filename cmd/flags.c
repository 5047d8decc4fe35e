/* SPDX-License-Identifier: ISC */
/* What a document holds that a reader should know of, see flags.h.
 * Side: caller. */
#include "cmd/flags.h"

#include "cmd/blocks.h"

/* By bit of enum gbx_doc_flag. */
static const char *const flag_names[] = {"macros", "external", "embedded",
    "encrypted", "ambiguous", "bidi", "text_elsewhere"};

#define N_FLAGS (sizeof(flag_names) / sizeof(flag_names[0]))

uint32_t
gbx_cmd_flags(const struct gbx_result *result)
{
	struct gbx_record record = {.size = sizeof(record)};
	struct gbx_block block;
	uint32_t flags = 0;
	size_t i;

	if (!gbx_cmd_find_block(result, GBX_BLOCK_RECORDS, &i, &block))
		return 0;
	for (size_t k = 0; k < block.records; k++)
		if (gbx_result_record(result, i, k, &record) == GBX_OK &&
		    record.kind == GBX_RECORD_FLAG)
			flags |= record.flags;
	return flags;
}

void
gbx_cmd_flags_json(struct gbx_cmd_json *j, const struct gbx_result *result)
{
	uint32_t flags = gbx_cmd_flags(result);

	gbx_cmd_json_open(j, "flags", '[');
	for (size_t i = 0; i < N_FLAGS; i++)
		if (flags & 1u << i)
			gbx_cmd_json_name(j, NULL, flag_names[i]);
	gbx_cmd_json_close(j, ']');
}
