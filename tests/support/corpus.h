/* SPDX-License-Identifier: ISC */
/*
 * A format's files of the corpus, in-process: what the table of references
 * names decodes to the very bytes, every `ok` file of FORMAT/valid can be
 * probed and made a thumbnail of, and `reject` files of FORMAT/corrupt are
 * refused. The latter only under a sanitizer: outside of a sandbox no damaged
 * file is opened without one. Hostile files are the end-to-end tests'.
 * Side: tests.
 */
#ifndef GBX_TESTS_CORPUS_H
#define GBX_TESTS_CORPUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Files of which this is not true are another format's, whatever their name. */
typedef bool corpus_is_format(const uint8_t *data, size_t size);

/* Prints TAP; returns main's status. refs: "refs.csv" or one like it. */
int corpus_images(
    const char *folder, const char *refs, corpus_is_format *is_format);

#endif
