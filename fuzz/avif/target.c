/* SPDX-License-Identifier: ISC */
/* The avif parser on the real sink; input and oracle: fuzz/image.h. */
#include "fuzz/fuzz.h"
#include "fuzz/image.h"

int
gbx_fuzz_one(const uint8_t *data, size_t size)
{
	return gbx_fuzz_image(data, size);
}
