/* SPDX-License-Identifier: ISC */
/*
 * Records of the directory read by ourselves, where minizip gives less than
 * they hold: whole names with their extra field, and ZIP64.
 * Side: hostile. Reads nothing outside the input. Source: APPNOTE.TXT 6.3.10.
 */
#include <string.h>

#include "base/bytes.h"
#include "sandboxed_parsers/runtime/zip/zip.h"

#define SIG_LOCAL   0x04034b50u
#define SIG_RECORD  0x02014b50u
#define LEN_LOCAL   30
#define LEN_RECORD  46
#define EXTRA_ZIP64 0x0001

static uint64_t
get64(const uint8_t *p)
{
	return gbx_le32(p) | (uint64_t)gbx_le32(p + 4) << 32;
}

/* n bytes at pos of the input, or NULL. */
static const uint8_t *
bytes_at(const struct gbx_zip *zip, uint64_t pos, uint64_t n)
{
	uint64_t size = zip->task->size;

	return pos <= size && n <= size - pos ? zip->task->data + pos : NULL;
}

static const uint8_t *
record_of(const struct gbx_zip *zip, const struct gbx_zip_member *m)
{
	const uint8_t *p = bytes_at(zip, m->where, LEN_RECORD);

	return p != NULL && gbx_le32(p) == SIG_RECORD ? p : NULL;
}

bool
gbx_zip_name_of(const struct gbx_zip *zip, const struct gbx_zip_member *m,
    struct gbx_zip_name *ret_name)
{
	const uint8_t *p = record_of(zip, m);

	if (p == NULL ||
	    bytes_at(zip, m->where,
		LEN_RECORD + gbx_le16(p + 28) + gbx_le16(p + 30)) == NULL)
		return false;
	*ret_name = (struct gbx_zip_name){
	    .raw = p + LEN_RECORD,
	    .n_raw = gbx_le16(p + 28),
	    .extra = p + LEN_RECORD + gbx_le16(p + 28),
	    .n_extra = gbx_le16(p + 30),
	    .utf8 = m->bits & GBX_ZIP_UTF8,
	};
	return true;
}

/* ---- ZIP64 --------------------------------------------------------------- */

/* The next of those that are saturated: they stand in the order of the record
 * (APPNOTE 4.5.3). */
static bool
take_wide(uint64_t *value, const uint8_t **p, const uint8_t *end)
{
	if (*value != UINT32_MAX)
		return true;
	if (end - *p < 8)
		return false;
	*value = get64(*p);
	*p += 8;
	return true;
}

static bool
read_wide(
    const struct gbx_zip_name *name, struct gbx_zip_member *m, uint64_t *offset)
{
	const uint8_t *p = name->extra, *data;
	size_t left = name->n_extra, n;

	for (; left >= 4; p += 4 + n, left -= 4 + n) {
		n = gbx_le16(p + 2);
		if (n > left - 4)
			return false;
		if (gbx_le16(p) != EXTRA_ZIP64)
			continue;
		data = p + 4;
		return take_wide(&m->size, &data, p + 4 + n) &&
		       take_wide(&m->packed, &data, p + 4 + n) &&
		       take_wide(offset, &data, p + 4 + n);
	}
	return true;
}

bool
gbx_zip_wide_sizes(const struct gbx_zip *zip, struct gbx_zip_member *m)
{
	struct gbx_zip_name name;
	uint64_t offset = 0;

	if (m->size != UINT32_MAX && m->packed != UINT32_MAX)
		return true;
	m->wide = true;
	return gbx_zip_name_of(zip, m, &name) && read_wide(&name, m, &offset);
}

/* Where the local header is, by the record. */
static bool
local_offset(const struct gbx_zip *zip, const struct gbx_zip_member *m,
    uint64_t *ret_offset)
{
	const uint8_t *p = record_of(zip, m);
	struct gbx_zip_member said = *m;
	struct gbx_zip_name name;

	if (p == NULL || !gbx_zip_name_of(zip, m, &name))
		return false;
	said.packed = gbx_le32(p + 20);
	said.size = gbx_le32(p + 24);
	*ret_offset = gbx_le32(p + 42);
	return read_wide(&name, &said, ret_offset);
}

bool
gbx_zip_wide_data(const struct gbx_zip *zip, const struct gbx_zip_member *m,
    uint64_t *ret_pos)
{
	struct gbx_zip_name name;
	const uint8_t *p;
	uint64_t at, n;

	if (!local_offset(zip, m, &at) || !gbx_zip_name_of(zip, m, &name))
		return false;
	p = bytes_at(zip, at, LEN_LOCAL);
	if (p == NULL || gbx_le32(p) != SIG_LOCAL ||
	    gbx_le16(p + 8) != m->method || gbx_le16(p + 26) != name.n_raw)
		return false;
	n = LEN_LOCAL + (uint64_t)name.n_raw + gbx_le16(p + 28);
	if (bytes_at(zip, at, n) == NULL ||
	    memcmp(p + LEN_LOCAL, name.raw, name.n_raw) != 0)
		return false;
	*ret_pos = at + n;
	return true;
}
