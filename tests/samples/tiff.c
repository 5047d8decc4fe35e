/* SPDX-License-Identifier: ISC */
/*
 * Writes sandboxed_parsers/tiff/samples.h (`make samples`), by libtiff's own
 * encoder: each codec, each way through the pixels. Side: tests.
 */
#include "tests/samples/print.h"
#include "tests/unit/tiff/mktiff.h"

#define BLACK	PHOTOMETRIC_MINISBLACK
#define WHITE	PHOTOMETRIC_MINISWHITE
#define RGB	PHOTOMETRIC_RGB
#define YCC	PHOTOMETRIC_YCBCR
#define PALETTE PHOTOMETRIC_PALETTE
#define INKS	PHOTOMETRIC_SEPARATED

static const struct {
	const char *name, *op;
	struct mktiff make;
} wanted[] = {
    {"rgb", "DECODE", {16, 16, 8, 3, RGB, COMPRESSION_NONE, .rows = 5}},
    {"lzw", "DECODE", {16, 16, 8, 3, RGB, COMPRESSION_LZW, .predictor = 2}},
    {"deflate", "DECODE",
	{16, 16, 16, 3, RGB, COMPRESSION_ADOBE_DEFLATE, .predictor = 2}},
    {"packbits", "DECODE",
	{16, 16, 4, 1, PALETTE, COMPRESSION_PACKBITS, .pages = 1}},
    {"jpeg", "DECODE", {16, 16, 8, 3, YCC, COMPRESSION_JPEG, .subsampling = 2}},
    {"jpeg_gray", "DECODE",
	{16, 16, 8, 1, BLACK, COMPRESSION_JPEG, .pages = 1}},
    {"fax3", "DECODE",
	{16, 16, 1, 1, WHITE, COMPRESSION_CCITTFAX3, .pages = 1}},
    {"fax4", "DECODE",
	{16, 16, 1, 1, WHITE, COMPRESSION_CCITTFAX4, .pages = 1}},
    {"rle", "DECODE", {16, 16, 1, 1, WHITE, COMPRESSION_CCITTRLE, .pages = 1}},
    {"zstd", "DECODE", {16, 16, 8, 1, BLACK, COMPRESSION_ZSTD, .pages = 1}},
    {"lzma", "DECODE", {16, 16, 8, 1, BLACK, COMPRESSION_LZMA, .pages = 1}},
    {"webp", "DECODE", {16, 16, 8, 3, RGB, COMPRESSION_WEBP, .pages = 1}},
    {"lerc", "DECODE", {16, 16, 8, 1, BLACK, COMPRESSION_LERC, .pages = 1}},
    {"tiles", "DECODE",
	{20, 8, 8, 2, BLACK, COMPRESSION_LZW, .extra = 2, .tile = 16}},
    {"planes", "DECODE",
	{16, 16, 8, 3, RGB, COMPRESSION_ADOBE_DEFLATE, .planes = 1}},
    {"cmyk", "DECODE", {8, 8, 8, 4, INKS, COMPRESSION_NONE, .pages = 1}},
    {"ycc", "DECODE", {8, 8, 8, 3, YCC, COMPRESSION_NONE, .subsampling = 2}},
    {"floats", "DECODE",
	{8, 8, 32, 1, BLACK, COMPRESSION_ADOBE_DEFLATE,
	    .format = SAMPLEFORMAT_IEEEFP, .predictor = 3}},
    {"twelve", "DECODE", {8, 8, 12, 1, BLACK, COMPRESSION_NONE, .pages = 1}},
    {"bigtiff", "DECODE",
	{8, 8, 8, 1, BLACK, COMPRESSION_NONE, .pages = 2, .mode = "w8b"}},
    {"large", "THUMBNAIL", {48, 48, 8, 1, BLACK, COMPRESSION_LZW, .pages = 1}},
    {"rgb", "PROBE", {16, 16, 8, 3, RGB, COMPRESSION_NONE, .rows = 5}},
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
		samples[i].data = mktiff(&wanted[i].make, &samples[i].size);
	}
	print_samples("tiff", argc > 1 ? argv[1] : NULL, samples, N_WANTED);
	return 0;
}
