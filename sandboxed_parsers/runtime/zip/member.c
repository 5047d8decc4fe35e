/* SPDX-License-Identifier: ISC */
/*
 * The content of members, through zlib and libdeflate.
 * Side: hostile. Never inflates past what the directory promises and the limit
 * `ratio` allows; a stream never holds more than GBX_ZIP_WHOLE bytes.
 *
 * libdeflate takes a third to a half of zlib's instructions, but wants the
 * whole member's memory. What it refuses is read once more by zlib, whose word
 * counts: both see one error where the bytes before it are already read.
 */
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/runtime/zip/zip.h"

#define FREE_BYTES (UINT64_C(1) << 20) /* the ratio counts past these */

/* The most that may come out by now. Members that overlap share their packed
 * bytes, so these never count for more than the input. */
static uint64_t
allowance(const struct gbx_zip *zip)
{
	uint64_t packed = zip->packed, most;

	if (packed > zip->task->size)
		packed = zip->task->size;
	if (__builtin_mul_overflow(
		packed, zip->task->limit[GBX_WIRE_LIMIT_RATIO], &most) ||
	    __builtin_add_overflow(most, FREE_BYTES, &most))
		return UINT64_MAX;
	return most;
}

static enum gbx_wire_status
count_packed(struct gbx_zip *zip, const struct gbx_zip_member *m)
{
	zip->packed += m->packed; /* each part once, each below the input */
	if (m->size > allowance(zip) ||
	    zip->unpacked > allowance(zip) - m->size) {
		gbx_sink_limit(zip->sink, GBX_WIRE_LIMIT_RATIO);
		return GBX_WIRE_MALFORMED;
	}
	return GBX_WIRE_OK;
}

/* Where minizip sees the part's bytes, after it held the local header against
 * the directory. */
enum gbx_wire_status
gbx_zip_data(struct gbx_zip *zip, const struct gbx_zip_member *m,
    const uint8_t **ret_data)
{
	uint64_t pos, size = zip->task->size;

	if (m->wide) {
		if (!gbx_zip_wide_data(zip, m, &pos))
			return GBX_WIRE_MALFORMED;
	} else {
		if (unzSetOffset64(zip->unz, m->where) != UNZ_OK ||
		    unzOpenCurrentFile2(zip->unz, NULL, NULL, 1) != UNZ_OK)
			return GBX_WIRE_MALFORMED;
		pos = unzGetCurrentFileZStreamPos64(zip->unz);
		unzCloseCurrentFile(zip->unz);
	}
	if (pos > size || m->packed > size - pos || m->packed > UINT32_MAX)
		return GBX_WIRE_MALFORMED;
	*ret_data = zip->task->data + pos;
	return GBX_WIRE_OK;
}

static enum gbx_wire_status
start_inflate(struct gbx_zip *zip, const uint8_t *data, uint64_t packed)
{
	int err;

	err = zip->z_ready ? inflateReset(&zip->z)
			   : inflateInit2(&zip->z, -MAX_WBITS);
	if (err != Z_OK) {
		gbx_sink_limit(zip->sink, GBX_WIRE_LIMIT_MEMORY);
		return GBX_WIRE_MALFORMED;
	}
	zip->z_ready = true;
	zip->z.next_in = (z_const Bytef *)data;
	zip->z.avail_in = (uInt)packed;
	return GBX_WIRE_OK;
}

/* The member's n = m->size bytes at once, into buf. False: zlib shall say what
 * is wrong. */
static bool
inflate_whole(struct gbx_zip *zip, const struct gbx_zip_member *m,
    const uint8_t *data, void *buf)
{
	size_t in = 0, out = 0;

	if (zip->libdeflate == NULL)
		zip->libdeflate = libdeflate_alloc_decompressor();
	return zip->libdeflate != NULL &&
	       libdeflate_deflate_decompress_ex(zip->libdeflate, data,
		   (size_t)m->packed, buf, (size_t)m->size, &in,
		   &out) == LIBDEFLATE_SUCCESS &&
	       in == m->packed && out == m->size;
}

/* A deflated member: at once if it is small, else as a stream. */
static enum gbx_wire_status
start_deflated(struct gbx_zip *zip, const struct gbx_zip_member *m,
    struct gbx_zip_part *part)
{
	const uint8_t *data = part->data;

	part->data = NULL;
	if (m->size > 0 && m->size <= GBX_ZIP_WHOLE) {
		if (zip->whole == NULL)
			zip->whole = malloc(GBX_ZIP_WHOLE);
		if (zip->whole != NULL &&
		    inflate_whole(zip, m, data, zip->whole)) {
			part->data = zip->whole;
			return GBX_WIRE_OK;
		}
	}
	return start_inflate(zip, data, m->packed);
}

/* The member's packed bytes are part->data. */
static enum gbx_wire_status
take(struct gbx_zip *zip, struct gbx_zip_member *m, struct gbx_zip_part *part)
{
	enum gbx_wire_status status;

	if (m->marks & GBX_ZIP_TAKEN)
		return GBX_WIRE_MALFORMED;
	m->marks |= GBX_ZIP_TAKEN;
	if (m->bits & 1 || (m->method != 0 && m->method != Z_DEFLATED))
		return GBX_WIRE_UNSUPPORTED;
	*part = (struct gbx_zip_part){
	    .zip = zip,
	    .left = m->size,
	    .crc_wanted = m->crc,
	};
	status = count_packed(zip, m);
	if (status == GBX_WIRE_OK)
		status = gbx_zip_data(zip, m, &part->data);
	if (status == GBX_WIRE_OK && m->method == 0 && m->packed != m->size)
		status = GBX_WIRE_MALFORMED;
	return status;
}

enum gbx_wire_status
gbx_zip_part_open(struct gbx_zip *zip, struct gbx_zip_member *m,
    struct gbx_zip_part *ret_part)
{
	enum gbx_wire_status status;
	struct gbx_zip_part part;

	status = take(zip, m, &part);
	if (status == GBX_WIRE_OK && m->method == Z_DEFLATED)
		status = start_deflated(zip, m, &part);
	if (status == GBX_WIRE_OK)
		*ret_part = part;
	return status;
}

/* All bytes that the directory promised are out: the stream must end here, on
 * both sides. A reader that trusts the stream and one that trusts the directory
 * must see the same. */
static bool
ends_here(z_stream *z, int err)
{
	Bytef one_more;

	if (err == Z_OK) {
		/* cppcheck-suppress autoVariables */
		z->next_out = &one_more;
		z->avail_out = 1;
		err = inflate(z, Z_NO_FLUSH);
		if (z->avail_out == 0)
			return false;
	}
	return err == Z_STREAM_END && z->avail_in == 0;
}

static enum gbx_wire_status
inflate_some(struct gbx_zip_part *part, void *buf, size_t n, size_t *ret_got)
{
	z_stream *z = &part->zip->z;
	bool fits;
	int err;

	if (n > part->left)
		n = (size_t)part->left;
	z->next_out = buf;
	z->avail_out = (uInt)n;
	err = inflate(z, Z_NO_FLUSH);
	*ret_got = n - z->avail_out;
	if (err == Z_MEM_ERROR)
		gbx_sink_limit(part->zip->sink, GBX_WIRE_LIMIT_MEMORY);
	if (*ret_got == part->left)
		fits = ends_here(z, err);
	else
		fits = err == Z_OK && *ret_got == n;
	return fits ? GBX_WIRE_OK : GBX_WIRE_MALFORMED;
}

static enum gbx_wire_status
copy_some(struct gbx_zip_part *part, void *buf, size_t n, size_t *ret_got)
{
	*ret_got = n < part->left ? n : (size_t)part->left;
	memcpy(buf, part->data, *ret_got);
	part->data += *ret_got;
	return GBX_WIRE_OK;
}

enum gbx_wire_status
gbx_zip_part_read(
    struct gbx_zip_part *part, void *buf, size_t n, size_t *ret_got)
{
	enum gbx_wire_status status = GBX_WIRE_OK;
	struct gbx_zip *zip = part->zip;

	*ret_got = 0;
	if (part->left > 0)
		status = part->data != NULL
			     ? copy_some(part, buf, n, ret_got)
			     : inflate_some(part, buf, n, ret_got);
	if (status != GBX_WIRE_OK)
		return status;
	part->crc = libdeflate_crc32(part->crc, buf, *ret_got);
	part->left -= *ret_got;
	zip->unpacked += *ret_got;
	if (part->left == 0 && part->crc != part->crc_wanted)
		return GBX_WIRE_MALFORMED;
	return GBX_WIRE_OK;
}

static enum gbx_wire_status
read_all(struct gbx_zip_part *part, uint8_t *buf)
{
	enum gbx_wire_status status = GBX_WIRE_OK;
	size_t got;

	/* avail_out is an unsigned int. */
	for (; status == GBX_WIRE_OK && part->left > 0; buf += got)
		status = gbx_zip_part_read(part, buf, 1u << 30, &got);
	return status;
}

enum gbx_wire_status
gbx_zip_extract(struct gbx_zip *zip, struct gbx_zip_member *m, void *buf,
    size_t room, enum gbx_wire_limit limit)
{
	enum gbx_wire_status status;
	struct gbx_zip_part part;

	if (m->size > room) {
		gbx_sink_limit(zip->sink, limit);
		return GBX_WIRE_MALFORMED;
	}
	status = take(zip, m, &part);
	if (status != GBX_WIRE_OK || m->method != Z_DEFLATED)
		return status == GBX_WIRE_OK ? read_all(&part, buf) : status;
	if (m->size > 0 && inflate_whole(zip, m, part.data, buf)) {
		zip->unpacked += m->size;
		return libdeflate_crc32(0, buf, (size_t)m->size) == m->crc
			   ? GBX_WIRE_OK
			   : GBX_WIRE_MALFORMED;
	}
	status = start_inflate(zip, part.data, m->packed);
	part.data = NULL;
	return status == GBX_WIRE_OK ? read_all(&part, buf) : status;
}
