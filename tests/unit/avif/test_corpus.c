/* SPDX-License-Identifier: ISC */
/* The AVIF files of the corpus, see tests/support/corpus.h. Side: tests. */
#include <string.h>

#include <avif/avif.h>

#include "tests/support/corpus.h"
#include "tests/support/image.h"

/*
 * By version: libavif 0.11 refuses a file with a track of sound beside the
 * pictures. From 1.0 on it refuses one, of 1375 bytes, for bytes behind its
 * gain map (supported_gainmap_writer_version_with_extra_bytes), though no gain
 * map is asked for.
 */
static bool
is_left_out(const uint8_t *data, size_t size)
{
#if AVIF_VERSION >= 1000000
	return size == 1375 && memmem(data, size, "tmap", 4) != NULL;
#else
	return memmem(data, size, "soun", 4) != NULL;
#endif
}

static bool
is_avif(const uint8_t *data, size_t size)
{
	return size >= 12 && memcmp(data + 4, "ftyp", 4) == 0 &&
	       !is_left_out(data, size);
}

int
main(void)
{
	image_prepare();
	return corpus_images("avif", "refs.csv", is_avif);
}
