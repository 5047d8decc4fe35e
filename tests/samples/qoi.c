/* SPDX-License-Identifier: ISC */
/*
 * Writes sandboxed_parsers/qoi/samples.h (`make samples`). Side: tests.
 */
#include "tests/samples/print.h"
#include "tests/support/bytes.h"

/* One of each chunk: RGB, index, difference, luma, run, RGBA; 4 x 3. */
static struct bytes
picture(void)
{
	struct bytes b = {0};

	bytes_put(&b, "qoif\0\0\0\4\0\0\0\3\4\0", 14);
	bytes_put(&b, "\xfe\x10\x20\x30", 4);
	bytes_put(&b, "\x7f\x55\x35", 3);
	bytes_put(&b, "\xa3\x88\xff\1\2\3\x80", 7);
	bytes_put(&b, "\xc5", 1);
	bytes_put(&b, "\0\0\0\0\0\0\0\1", 8);
	return b;
}

int
main(int argc, char **argv)
{
	static const char *const ops[] = {"DECODE", "THUMBNAIL", "PROBE"};
	struct sample samples[3];
	struct bytes b;
	int i;

	for (i = 0; i < 3; i++) {
		b = picture();
		samples[i] = (struct sample){.name = "chunks",
		    .op = ops[i],
		    .data = b.data,
		    .size = b.size};
	}
	print_samples("qoi", argc > 1 ? argv[1] : NULL, samples, 3);
	return 0;
}
