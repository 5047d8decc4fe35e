/* SPDX-License-Identifier: ISC */
/*
 * The fuzz target of every parser of images, on the real sink. The input is a
 * file with one more byte at its end, which says what is asked: bits 0-1 the
 * operation, 2-3 the box, 4-5 which frame, 6: and the two after it.
 */
#ifndef GBX_FUZZ_IMAGE_H
#define GBX_FUZZ_IMAGE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Aborts unless what the gate will demand of the reply holds, nothing is
 * written beside the result, it is the same a second time, and pixels come in
 * the size that a probe tells. Returns 0.
 */
int gbx_fuzz_image(const uint8_t *data, size_t size);

#endif
