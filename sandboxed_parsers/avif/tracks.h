/* SPDX-License-Identifier: ISC */
/*
 * Tracks of a sequence that are not for us. Side: hostile.
 *
 * libavif before 1.0 takes the first auxiliary track of the colours for their
 * alpha, whatever it holds: the depth of a picture made it transparent.
 */
#ifndef GBX_AVIF_TRACKS_H
#define GBX_AVIF_TRACKS_H

#include <stddef.h>
#include <stdint.h>

/*
 * The file, or a copy in which tracks that say that they hold something else
 * than alpha are auxiliary to nothing. *ret_copy: NULL, or that copy; caller
 * frees. NULL: no memory.
 */
const uint8_t *gbx_avif_without_others(
    const uint8_t *data, size_t size, uint8_t **ret_copy);

#endif
