/* SPDX-License-Identifier: ISC */
/* The JPEG XL files of the corpus, see tests/support/corpus.h. Side: tests. */
#include <string.h>

#include <jxl/version.h>

#include "tests/support/corpus.h"
#include "tests/support/image.h"

/* By version: libjxl__splines.jxl, 81 bytes, has more splines than libjxl 0.7
 * will draw. */
#if JPEGXL_NUMERIC_VERSION < JPEGXL_COMPUTE_NUMERIC_VERSION(0, 9, 0)
#define SPLINES 81
#else
#define SPLINES 0
#endif

static bool
is_jxl(const uint8_t *data, size_t size)
{
	if (size < 12 || size == SPLINES)
		return false;
	return memcmp(data, "\xff\x0a", 2) == 0 ||
	       memcmp(data, "\0\0\0\x0cJXL ", 8) == 0;
}

int
main(void)
{
	image_prepare();
	return corpus_images("jxl", "refs.csv", is_jxl);
}
