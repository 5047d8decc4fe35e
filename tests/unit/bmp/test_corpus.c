/* SPDX-License-Identifier: ISC */
/* The BMP files of the corpus, see tests/support/corpus.h. Side: tests. */
#include <string.h>

#include "tests/support/corpus.h"

static bool
is_bmp(const uint8_t *data, size_t size)
{
	return size >= 2 && memcmp(data, "BM", 2) == 0;
}

int
main(void)
{
	return corpus_images("bmp", "refs.csv", is_bmp);
}
