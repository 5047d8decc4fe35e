/* SPDX-License-Identifier: ISC */
/* The JPEG files of the corpus, see tests/support/corpus.h. Side: tests. */
#include <string.h>

#include "tests/support/corpus.h"

static bool
is_jpeg(const uint8_t *data, size_t size)
{
	return size >= 3 && memcmp(data, "\xff\xd8\xff", 3) == 0;
}

int
main(void)
{
	return corpus_images("jpeg", "jpeg_refs.csv", is_jpeg);
}
