/* SPDX-License-Identifier: ISC */
/* The JPEG 2000 files of the corpus, see tests/support/corpus.h. Side: tests.
 */
#include <string.h>

#include "tests/support/corpus.h"

/* SOT, the start of a tile: a marker and its length, always 10. One file of the
 * corpus is cut off within the main header, where readers of boxes still find a
 * size; nothing is there to decode. */
static bool
has_tile(const uint8_t *data, size_t size)
{
	size_t i;

	for (i = 0; i + 4 <= size; i++)
		if (memcmp(data + i, "\xff\x90\0\x0a", 4) == 0)
			return true;
	return false;
}

/* A bare codestream begins with SOC and SIZ. */
static bool
is_jp2(const uint8_t *data, size_t size)
{
	static const uint8_t signature[12] = {
	    0, 0, 0, 12, 'j', 'P', ' ', ' ', '\r', '\n', 0x87, '\n'};

	return size >= 12 &&
	       (memcmp(data, signature, 12) == 0 ||
		   memcmp(data, "\xff\x4f\xff\x51", 4) == 0) &&
	       has_tile(data, size);
}

int
main(void)
{
	return corpus_images("jp2", "refs.csv", is_jp2);
}
