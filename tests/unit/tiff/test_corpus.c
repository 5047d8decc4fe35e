/* SPDX-License-Identifier: ISC */
/* The TIFF files of the corpus, see tests/support/corpus.h. Side: tests. */
#include <string.h>

#include "tests/support/corpus.h"

/* Both byte orders, both sizes of offsets. */
static bool
is_tiff(const uint8_t *data, size_t size)
{
	return size >= 4 && (memcmp(data, "II*\0", 4) == 0 ||
				memcmp(data, "MM\0*", 4) == 0 ||
				memcmp(data, "II+\0", 4) == 0 ||
				memcmp(data, "MM\0+", 4) == 0);
}

int
main(void)
{
	return corpus_images("tiff", "refs.csv", is_tiff);
}
