/* SPDX-License-Identifier: ISC */
/*
 * Writes sandboxed_parsers/ico/samples.h (`make samples`). Side: tests.
 */
#include "tests/samples/print.h"
#include "tests/unit/ico/mkico.h"

static struct sample samples[SAMPLES_MAX];
static size_t n;

static void
add(const char *name, const char *op, uint32_t bits, uint32_t kind)
{
	struct bytes b = {0}, picture = {0};

	if (bits == 0)
		mkico_png(&picture, 9, 5);
	else
		mkico_bitmap(&picture, 9, 5, bits);
	mkico(&b, kind, &picture, 1);
	bytes_free(&picture);
	samples[n++] = (struct sample){
	    .name = name, .op = op, .data = b.data, .size = b.size};
}

int
main(int argc, char **argv)
{
	add("bits4", "DECODE", 4, 1);
	add("bits24", "DECODE", 24, 2);
	add("bits32", "DECODE", 32, 1);
	add("png", "DECODE", 0, 1);
	add("png", "THUMBNAIL", 0, 1);
	add("bits4", "PROBE", 4, 1);
	print_samples("ico", argc > 1 ? argv[1] : NULL, samples, n);
	return 0;
}
