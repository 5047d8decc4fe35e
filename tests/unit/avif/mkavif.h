/* SPDX-License-Identifier: ISC */
/* AVIF sequences for tests, out of stills that the worker is warmed up with.
 * Side: tests. */
#ifndef GBX_TESTS_MKAVIF_H
#define GBX_TESTS_MKAVIF_H

#include "tests/support/bytes.h"
#include "tests/support/samples.h"

/* One frame of colours, and a second track that is auxiliary to them; urn: what
 * it says that it holds, NULL: nothing. Caller frees. */
struct bytes mkavif(const struct gbx_sample *colour,
    const struct gbx_sample *other, const char *urn);

#endif
