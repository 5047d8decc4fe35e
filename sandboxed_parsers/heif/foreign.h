/* SPDX-License-Identifier: ISC */
/*
 * Pictures that libheif decodes by itself, past our plugins. Side: hostile.
 *
 * Uncompressed ones (ISO/IEC 23001-17, item type `unci`) and pictures whose
 * tiles are one item (`tili`): libheif has decoders for them where it is new
 * enough, with zlib and brotli, which no sample has warmed up, and Debian 12's
 * can't read them. A file with one such item is unsupported: it may be the
 * alpha channel or a tile of another.
 */
#ifndef GBX_HEIF_FOREIGN_H
#define GBX_HEIF_FOREIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libheif/heif.h>

/* Before libheif sees the file: what its boxes say. */
bool gbx_heif_is_foreign(const uint8_t *data, size_t size);
/* And what libheif found in it, so that no file can be read in two ways; false
 * for those that are too old to tell, and can't decode any. */
bool gbx_heif_has_foreign(struct heif_context *heif);

#endif
