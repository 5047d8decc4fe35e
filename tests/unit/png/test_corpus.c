/* SPDX-License-Identifier: ISC */
/* The PNG files of the corpus, see tests/support/corpus.h. Side: tests. */
#include <string.h>

#include "tests/support/corpus.h"

static bool
is_png(const uint8_t *data, size_t size)
{
	return size >= 8 && memcmp(data, "\x89PNG\r\n\x1a\n", 8) == 0;
}

int
main(void)
{
	return corpus_images("png", "refs.csv", is_png);
}
