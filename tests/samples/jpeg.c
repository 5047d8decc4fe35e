/* SPDX-License-Identifier: ISC */
/*
 * Writes sandboxed_parsers/jpeg/samples.h (`make samples`). Side: tests.
 */
#include "tests/samples/print.h"
#include "tests/unit/jpeg/mkjpeg.h"

static const struct {
	const char *name, *op;
	struct mkjpeg make;
} wanted[] = {
    {"gray", "DECODE", {16, 16, MKJPEG_GRAY, .quality = 60}},
    {"ycc420", "DECODE", {16, 16, MKJPEG_YCC, 2, 2, .quality = 60}},
    {"ycc422", "DECODE", {16, 16, MKJPEG_YCC, 2, 1, .quality = 60}},
    {"ycc444", "DECODE",
	{16, 16, MKJPEG_YCC, 1, 1, .quality = 60, .restart = 1}},
    {"rgb", "DECODE", {16, 16, MKJPEG_RGB, .quality = 60}},
    {"progressive", "DECODE",
	{16, 16, MKJPEG_YCC, 2, 2, true, .quality = 60, .orientation = 6}},
    {"ycck", "DECODE", {16, 16, MKJPEG_YCCK, 2, 2, .quality = 60}},
    {"cmyk", "DECODE", {16, 16, MKJPEG_CMYK, .quality = 60}},
    {"arithmetic", "DECODE",
	{16, 16, MKJPEG_YCC, 2, 2, .quality = 60, .arithmetic = true}},
    {"large", "THUMBNAIL", {64, 64, MKJPEG_YCC, 2, 2, .quality = 40}},
    {"ycc420", "PROBE", {16, 16, MKJPEG_YCC, 2, 2, .quality = 60}},
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
		samples[i].data = mkjpeg(&wanted[i].make, &samples[i].size);
	}
	print_samples("jpeg", argc > 1 ? argv[1] : NULL, samples, N_WANTED);
	return 0;
}
