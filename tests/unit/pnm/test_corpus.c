/* SPDX-License-Identifier: ISC */
/* The PNM files of the corpus, see tests/support/corpus.h. Side: tests. */
#include <string.h>

#include "tests/support/corpus.h"

static bool
is_pnm(const uint8_t *data, size_t size)
{
	return size >= 2 && data[0] == 'P' && data[1] >= '1' && data[1] <= '7';
}

int
main(void)
{
	return corpus_images("pnm", "refs.csv", is_pnm);
}
