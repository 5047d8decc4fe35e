/* SPDX-License-Identifier: ISC */
/*
 * Archives that a fuzzer changed. Side: tests.
 */
#ifndef GBX_FUZZ_ARCHIVE_H
#define GBX_FUZZ_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>

/* CRCs and sizes of members made right in both headers, or no change would get
 * past them. */
void gbx_fuzz_repair(uint8_t *data, size_t size);

#endif
