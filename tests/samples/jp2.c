/* SPDX-License-Identifier: ISC */
/*
 * Writes sandboxed_parsers/jp2/samples.h (`make samples`), by OpenJPEG's own
 * encoder. Side: tests.
 */
#include "tests/samples/print.h"
#include "tests/unit/jp2/mkjp2.h"

static const struct {
	const char *name, *op;
	struct mkjp2 make;
} wanted[] = {
    {"lossless", "DECODE", {16, 16, 3, .space = OPJ_CLRSPC_SRGB, .mixed = 1}},
    {"lossy", "DECODE",
	{16, 16, 3, .space = OPJ_CLRSPC_SRGB, .mixed = 1, .lossy = 1}},
    {"gray", "DECODE", {16, 16, 1, .space = OPJ_CLRSPC_GRAY, .lossy = 1}},
    {"deep", "DECODE", {16, 16, 1, .bits = 16, .bare = 1}},
    {"ycc", "DECODE", {16, 16, 3, .space = OPJ_CLRSPC_SYCC, .coarse = 2}},
    {"alpha", "DECODE",
	{16, 16, 4, .space = OPJ_CLRSPC_SRGB, .alpha = 3, .alpha_kind = 2}},
    {"tiles", "DECODE", {24, 20, 3, .bare = 1, .tile = 16}},
    {"large", "THUMBNAIL", {64, 64, 1, .bare = 1, .lossy = 1, .levels = 4}},
    {"lossless", "PROBE", {16, 16, 3, .space = OPJ_CLRSPC_SRGB, .mixed = 1}},
};
#define N_WANTED (sizeof(wanted) / sizeof(wanted[0]))

int
main(int argc, char **argv)
{
	struct sample samples[N_WANTED];
	size_t i;

	for (i = 0; i < N_WANTED; i++) {
		samples[i].name = wanted[i].name;
		samples[i].op = wanted[i].op;
		samples[i].data = mkjp2(&wanted[i].make, &samples[i].size);
	}
	print_samples("jp2", argc > 1 ? argv[1] : NULL, samples, N_WANTED);
	return 0;
}
