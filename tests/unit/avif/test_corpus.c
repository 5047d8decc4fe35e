/* SPDX-License-Identifier: ISC */
/* The AVIF files of the corpus, see tests/support/corpus.h. Side: tests. */
#include <string.h>

#include "tests/support/corpus.h"
#include "tests/support/image.h"

/* libavif 0.11 refuses a file with a track of sound beside the pictures. */
static bool
is_avif(const uint8_t *data, size_t size)
{
	return size >= 12 && memcmp(data + 4, "ftyp", 4) == 0 &&
	       memmem(data, size, "soun", 4) == NULL;
}

int
main(void)
{
	image_prepare();
	return corpus_images("avif", "refs.csv", is_avif);
}
