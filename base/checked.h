/* SPDX-License-Identifier: ISC */
/*
 * Checked arithmetic for sizes that come off the wire. Side: both.
 */
#ifndef GBX_BASE_CHECKED_H
#define GBX_BASE_CHECKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool
gbx_mul_ok(uint64_t a, uint64_t b, uint64_t *ret)
{
	return !__builtin_mul_overflow(a, b, ret);
}

static inline bool
gbx_add_ok(uint64_t a, uint64_t b, uint64_t *ret)
{
	return !__builtin_add_overflow(a, b, ret);
}

/* Round up to a multiple of align, a power of two. */
static inline bool
gbx_round_up_ok(uint64_t n, uint64_t align, uint64_t *ret)
{
	uint64_t sum;

	if (!gbx_add_ok(n, align - 1, &sum))
		return false;
	*ret = sum & ~(align - 1);
	return true;
}

#endif
