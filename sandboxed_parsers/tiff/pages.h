/* SPDX-License-Identifier: ISC */
/*
 * How many pages a TIFF has, and where one begins. Side: hostile; allocates
 * nothing.
 */
#ifndef GBX_TIFF_PAGES_H
#define GBX_TIFF_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gbx_tiff_pages {
	uint32_t total;	 /* 0: not one is there */
	uint64_t offset; /* where the one wanted begins, if it was counted */
	bool broken;	 /* the chain leads nowhere, or back to itself */
};

/* Counts at most `most` + 1 directories. */
struct gbx_tiff_pages gbx_tiff_find_pages(
    const uint8_t *data, size_t size, uint64_t most, uint32_t wanted);

#endif
