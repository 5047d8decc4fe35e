/* SPDX-License-Identifier: ISC */
/*
 * Writes sandboxed_parsers/pnm/samples.h (`make samples`). Side: tests.
 */
#include "tests/samples/print.h"
#include "tests/support/bytes.h"

#include <string.h>

static struct sample samples[SAMPLES_MAX];
static size_t n;

static void
add(const char *name, const char *op, const char *header, size_t pixels)
{
	struct bytes b = {0};

	bytes_put(&b, header, strlen(header));
	bytes_fill(&b, 0x35, pixels);
	samples[n++] = (struct sample){
	    .name = name, .op = op, .data = b.data, .size = b.size};
}

int
main(int argc, char **argv)
{
	add("p1", "DECODE", "P1 3 2 101 0 1 0", 0);
	add("p2", "DECODE", "P2 # gray\n3 2 99 1 2 3 40 50 99\n", 0);
	add("p3", "DECODE", "P3 1 2 65535 1 2 3 400 500 65535\n", 0);
	add("p4", "DECODE", "P4 9 2\n", 4);
	add("p5", "DECODE", "P5 3 2 20000\n", 12);
	add("p6", "DECODE", "P6 3 2 255\n", 18);
	add("p7", "DECODE",
	    "P7\nWIDTH 3\nHEIGHT 2\nDEPTH 4\nMAXVAL 255\n"
	    "TUPLTYPE RGB_ALPHA\nENDHDR\n",
	    24);
	add("p6", "THUMBNAIL", "P6 3 2 255\n", 18);
	add("p6", "PROBE", "P6 3 2 255\n", 18);
	print_samples("pnm", argc > 1 ? argv[1] : NULL, samples, n);
	return 0;
}
