/* SPDX-License-Identifier: ISC */
/*
 * What a test and the scanner say to each other. The scanner is a worker like
 * any other, locked like any other; its parser looks through all memory that it
 * has for a marker, fills that memory with it, spins or crashes.
 * Side: tests. An order is a whole input; a marker travels with every bit
 * turned, so that the order itself is no hit.
 */
#ifndef GBX_TESTS_SCANNER_H
#define GBX_TESTS_SCANNER_H

#include <stdint.h>

#define SCANNER_MARKER 16

enum scanner_verb {
	SCANNER_SCAN = 1,
	SCANNER_FILL,
	SCANNER_SPIN,
	SCANNER_CRASH, /* of the kind `how` */
};

enum scanner_crash {
	SCANNER_SEGV,
	SCANNER_ILL,
	SCANNER_FPE,
	SCANNER_ABORT,
	SCANNER_TRAP,
	SCANNER_SYS, /* a forbidden call: seccomp(2), a core as well */
	SCANNER_CRASHES
};

struct scanner_order {
	uint8_t magic[8]; /* of PNG: the scanner stands in its place */
	uint32_t verb, how;
	uint8_t turned[SCANNER_MARKER];
};

/* Back as the pixels of an 8 x 1 image. */
struct scanner_found {
	uint64_t hits, bytes;
	uint32_t ranges;
	uint32_t first; /* number of the range of the first hit */
	uint64_t filled;
};

#endif
