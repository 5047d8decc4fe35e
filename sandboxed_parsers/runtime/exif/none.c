/* SPDX-License-Identifier: ISC */
/*
 * In the place of list.c where libexif is not installed: the worker reads its
 * pictures all the same, and lists no tag. Side: hostile.
 */
#include "sandboxed_parsers/runtime/sink.h"

void
gbx_sink_exif(struct gbx_sink *s, const uint8_t *exif, size_t size)
{
	(void)s;
	(void)exif;
	(void)size;
}
