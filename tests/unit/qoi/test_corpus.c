/* SPDX-License-Identifier: ISC */
/* The QOI files of the corpus, see tests/support/corpus.h. Side: tests. */
#include <string.h>

#include "tests/support/corpus.h"

static bool
is_qoi(const uint8_t *data, size_t size)
{
	return size >= 4 && memcmp(data, "qoif", 4) == 0;
}

int
main(void)
{
	return corpus_images("qoi", "refs.csv", is_qoi);
}
