/* SPDX-License-Identifier: ISC */
/*
 * What cmocka tests of image formats ask of a parser's own samples. Each fails
 * the test that calls it. Side: tests.
 */
#ifndef GBX_TESTS_SAMPLES_H
#define GBX_TESTS_SAMPLES_H

#include "tests/support/image.h"

/* NULL, as the *_fault functions of image.h return it, or the test fails. */
void none(const char *fault);

const struct gbx_sample *sample(const char *name, uint32_t op);

/* All are good, and there are at least so many. */
void samples_good(uint32_t format, size_t at_least, size_t out_size);

/* Of each, some files with one wrong bit are malformed, and some are read. */
void samples_flipped(size_t out_size);

/* A sample of tests/samples/encoders.py: its pixels differ from what that has
 * drawn by this at most, the mean of its first channels; with three of them
 * it is opaque. */
#define DRAWN_SIDE 16
void sample_drawn(const char *name, uint32_t channels, double most);

/* Zeros and nothing at all are no picture. */
void foreign_refused(void);

#endif
