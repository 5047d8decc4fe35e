/* SPDX-License-Identifier: ISC */
/* The order of a grid's tiles. Side: hostile. */
#ifndef GBX_AVIF_GRIDS_H
#define GBX_AVIF_GRIDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Is there a grid whose tiles are not in the order of their numbers? The
 * reference of the grid has their order (ISO/IEC 23008-12, 6.6.2.3);
 * libavif before 1.1 takes that of the items and shows them in wrong places.
 */
bool gbx_avif_shuffled(const uint8_t *data, size_t size);

#endif
