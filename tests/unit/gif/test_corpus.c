/* SPDX-License-Identifier: ISC */
/* The GIF files of the corpus, see tests/support/corpus.h. Side: tests. */
#include <string.h>

#include "tests/support/corpus.h"

static bool
is_gif(const uint8_t *data, size_t size)
{
	return size >= 6 && memcmp(data, "GIF8", 4) == 0;
}

int
main(void)
{
	return corpus_images("gif", "refs.csv", is_gif);
}
