/* SPDX-License-Identifier: ISC */
/*
 * Writes sandboxed_parsers/bmp/samples.h (`make samples`). Side: tests.
 */
#include "tests/samples/print.h"
#include "tests/unit/bmp/mkbmp.h"

static struct sample samples[SAMPLES_MAX];
static size_t n;

static void
add(const char *name, const char *op, const struct bytes *b)
{
	samples[n++] = (struct sample){
	    .name = name, .op = op, .data = b->data, .size = b->size};
}

static void
add_rows(const char *name, const char *op, const struct mkbmp *m)
{
	struct bytes b = {0};
	uint32_t y;
	uint8_t row[64];
	size_t i;

	mkbmp_begin(&b, m);
	for (y = 0; y < 8; y++) {
		for (i = 0; i < sizeof(row); i++)
			row[i] = (uint8_t)((i * 37 + y * 11) % 64);
		mkbmp_row(&b, row, (m->width * m->bits + 7) / 8);
	}
	add(name, op, &b);
}

static void
add_rle(const char *name, const struct mkbmp *m, const void *data, size_t size)
{
	struct bytes b = {0};

	mkbmp_begin(&b, m);
	bytes_put(&b, data, size);
	add(name, "DECODE", &b);
}

int
main(int argc, char **argv)
{
	add_rows("bits1", "DECODE", &(struct mkbmp){40, 9, 8, 1, 0, 2, {0}});
	add_rows("bits4", "DECODE", &(struct mkbmp){12, 9, 8, 4, 0, 16, {0}});
	add_rows("bits8", "DECODE", &(struct mkbmp){40, 9, 8, 8, 0, 64, {0}});
	add_rows("bits16", "DECODE", &(struct mkbmp){40, 9, 8, 16, 0, 0, {0}});
	add_rows("bits24", "DECODE", &(struct mkbmp){40, 9, 8, 24, 0, 0, {0}});
	add_rows("bits32", "DECODE",
	    &(struct mkbmp){
		124, 9, 8, 32, 3, 0, {0xff, 0xff00, 0xff0000, 0xff000000}});
	add_rle("rle8", &(struct mkbmp){40, 8, 3, 8, 1, 8, {0}},
	    "\x08\x03\0\0\0\x03\1\2\3\0\0\2\1\1\2\4\0\1", 18);
	add_rle("rle4", &(struct mkbmp){40, 8, 3, 4, 2, 8, {0}},
	    "\x08\x35\0\0\0\x03\x12\x30\0\2\1\1\2\x44\0\1", 16);
	add_rows(
	    "bits24", "THUMBNAIL", &(struct mkbmp){40, 9, 8, 24, 0, 0, {0}});
	add_rows("bits24", "PROBE", &(struct mkbmp){40, 9, 8, 24, 0, 0, {0}});
	print_samples("bmp", argc > 1 ? argv[1] : NULL, samples, n);
	return 0;
}
