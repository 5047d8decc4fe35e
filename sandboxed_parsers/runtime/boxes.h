/* SPDX-License-Identifier: ISC */
/*
 * Boxes of ISO/IEC 14496-12, which HEIF, AVIF and JPEG XL files consist of.
 * Side: hostile. Every step goes forward; a box that reaches past the end is
 * the last.
 */
#ifndef GBX_RUNTIME_BOXES_H
#define GBX_RUNTIME_BOXES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"

/* Its type, and what it holds. */
struct gbx_box {
	const uint8_t *type, *data;
	size_t size;
};

static inline bool
gbx_box_is(const struct gbx_box *box, const char *type)
{
	return memcmp(box->type, type, 4) == 0;
}

/* The box at *pos of data[0..size), *pos <= size; moves *pos behind it. 4.2: a
 * size of 1 stands for one in 64 bits behind the type, of 0 for all that is
 * left. */
static inline bool
gbx_box_next(const uint8_t *data, size_t size, size_t *pos, struct gbx_box *ret)
{
	size_t left = size - *pos, head = 8;
	uint64_t whole;

	if (left < head)
		return false;
	whole = gbx_be32(data + *pos);
	if (whole == 1) {
		head = 16;
		if (left < head)
			return false;
		whole = (uint64_t)gbx_be32(data + *pos + 8) << 32 |
			gbx_be32(data + *pos + 12);
	} else if (whole == 0) {
		whole = left;
	}
	if (whole < head || whole > left)
		return false;
	*ret = (struct gbx_box){
	    data + *pos + 4, data + *pos + head, (size_t)whole - head};
	*pos += (size_t)whole;
	return true;
}

/* The first box of this type in the box in, behind so many bytes of fields. */
static inline bool
gbx_box_find(const struct gbx_box *in, size_t fields, const char *type,
    struct gbx_box *ret)
{
	size_t pos = fields;

	while (pos <= in->size && gbx_box_next(in->data, in->size, &pos, ret))
		if (gbx_box_is(ret, type))
			return true;
	return false;
}

#endif
