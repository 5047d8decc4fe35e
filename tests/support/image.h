/* SPDX-License-Identifier: ISC */
/*
 * What holds of every parser of images, whatever bytes it gets. Side: tests.
 */
#ifndef GBX_TESTS_IMAGE_H
#define GBX_TESTS_IMAGE_H

#include "sandboxed_parsers/runtime/sink.h"

/* The parser's own preparations, once. What they do to stdout is undone;
 * stderr, which libraries chatter on, stays closed as in a worker. */
void image_prepare(void);

/* What the gate would refuse, or is left over where it must not be, in a
 * closed sink that started at byte `start` of its output; NULL: nothing. */
const char *image_fault(
    const struct gbx_task *task, const struct gbx_sink *s, size_t start);

/* The same bytes under each operation: nothing wrong with any, and whatever
 * has pixels has the geometry that the probe said. NULL, or what is wrong. */
const char *image_ops_fault(
    const void *data, size_t size, uint32_t first, size_t out_size);

/* Every sample of the parser is good and whole under its operation, is of this
 * format, and comes out smaller where a thumbnail is asked. */
const char *image_samples_fault(uint32_t format, size_t out_size);

/* A good file of this size runs into each limit that it must, by name. */
const char *image_limits_fault(
    const void *data, size_t size, uint32_t width, uint32_t height);

/* How many of the files spoilt ended how. */
struct image_ends {
	size_t ok, degraded, malformed, unsupported, limit;
};

/* Decode all beginnings, or all files with one bit wrong, and check each by
 * image_ops_fault(). Ends the program with a reason when one is at fault. */
void image_truncate(
    const void *data, size_t size, size_t out_size, struct image_ends *ends);
void image_flip(
    const void *data, size_t size, size_t out_size, struct image_ends *ends);

#endif
