/* SPDX-License-Identifier: ISC */
/* The icon files of the corpus, see tests/support/corpus.h. Side: tests. */
#include <string.h>

#include "tests/support/corpus.h"

static bool
is_ico(const uint8_t *data, size_t size)
{
	return size >= 4 && memcmp(data, "\0\0", 2) == 0 && data[2] >= 1 &&
	       data[2] <= 2 && data[3] == 0;
}

int
main(void)
{
	return corpus_images("ico", "refs.csv", is_ico);
}
