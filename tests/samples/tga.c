/* SPDX-License-Identifier: ISC */
/*
 * Writes sandboxed_parsers/tga/samples.h (`make samples`). Side: tests.
 */
#include "tests/samples/print.h"
#include "tests/unit/tga/mktga.h"

static struct sample samples[SAMPLES_MAX];
static size_t n;

static void
add(const char *name, const char *op, const struct mktga *m, const char *pixels,
    size_t size)
{
	struct bytes b = {0};

	mktga_begin(&b, m);
	bytes_put(&b, pixels, size);
	samples[n++] = (struct sample){
	    .name = name, .op = op, .data = b.data, .size = b.size};
}

int
main(int argc, char **argv)
{
	static const struct mktga colour = {2, 2, 2, 24, 0, 0, 0, 0};
	static const struct mktga packed = {10, 3, 2, 32, 8, 0, 0, 0};
	static const struct mktga mapped = {1, 2, 2, 8, 0x20, 0, 4, 24};
	static const struct mktga gray = {11, 3, 2, 8, 0x10, 0, 0, 0};
	static const struct mktga high = {2, 2, 2, 16, 1, 0, 0, 0};

	add("colour", "DECODE", &colour, "abcdefghijkl", 12);
	add("packed", "DECODE", &packed, "\x83zyxw\1abcdefgh", 14);
	add("mapped", "DECODE", &mapped, "\0\1\2\3", 4);
	add("gray", "DECODE", &gray, "\2abc\x82z", 6);
	add("high", "DECODE", &high, "\1\x80\2\0\3\xff\4\5", 8);
	add("colour", "THUMBNAIL", &colour, "abcdefghijkl", 12);
	add("colour", "PROBE", &colour, "abcdefghijkl", 12);
	print_samples("tga", argc > 1 ? argv[1] : NULL, samples, n);
	return 0;
}
