/* SPDX-License-Identifier: ISC */
/*
 * BYTES: a file. It is opaque to us. Of one that an encoder wrote is known that
 * it begins as one of the types that the encoder can write, which keeps what
 * came out from being served as another type; of one that an archive held,
 * nothing.
 * Side: trusted.
 */
#include <string.h>

#include "broker/validate/check.h"
#include "schemas/ops.h"

enum gbx_gate_field
gbx_gate_bytes_block(const struct gbx_gate_block *block)
{
	return block->records != 0 ? GBX_FIELD_BLOCK_RECORDS : GBX_FIELD_NONE;
}

static bool
begins(const uint8_t *data, uint64_t length, const char *magic, size_t n)
{
	return length >= n && memcmp(data, magic, n) == 0;
}

enum gbx_gate_field
gbx_gate_bytes_data(uint32_t op, const uint8_t *data, uint64_t length)
{
	if (gbx_op_rows[op].files == GBX_WIRE_FILES_ANY)
		return GBX_FIELD_NONE;
	if (begins(data, length, "\x89PNG\r\n\x1a\n", 8) ||
	    begins(data, length, "\xff\xd8\xff", 3))
		return GBX_FIELD_NONE;
	if (length >= 12 && begins(data, length, "RIFF", 4) &&
	    memcmp(data + 8, "WEBP", 4) == 0)
		return GBX_FIELD_NONE;
	return GBX_FIELD_BYTES_MAGIC;
}
