/* SPDX-License-Identifier: ISC */
/*
 * Writes a format's samples.h, for the programs beside it. Side: tests.
 */
#ifndef GBX_TESTS_SAMPLES_PRINT_H
#define GBX_TESTS_SAMPLES_PRINT_H

#include <stddef.h>
#include <stdint.h>

#define SAMPLES_MAX 32

struct sample {
	const char *name; /* a C identifier */
	const char *op;	  /* "DECODE"... */
	uint8_t *data;	  /* freed by print_samples */
	size_t size;
};

/* format: the folder's name, in lower case. A name that comes again is the
 * same file with another operation. With a folder for seeds, each is written
 * there, too, as fuzz/image.h wants it. */
void print_samples(const char *format, const char *seeds,
    const struct sample *samples, size_t n);

#endif
