/* SPDX-License-Identifier: ISC */
/* The WebP files of the corpus, see tests/support/corpus.h. Side: tests. */
#include <string.h>

#include "tests/support/corpus.h"

static bool
is_webp(const uint8_t *data, size_t size)
{
	return size >= 12 && memcmp(data, "RIFF", 4) == 0 &&
	       memcmp(data + 8, "WEBP", 4) == 0;
}

int
main(void)
{
	return corpus_images("webp", "refs.csv", is_webp);
}
