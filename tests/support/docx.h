/* SPDX-License-Identifier: ISC */
/* A DOCX with one paragraph, for tests. Side: none. Needs zlib. */
#ifndef GBX_TESTS_SUPPORT_DOCX_H
#define GBX_TESTS_SUPPORT_DOCX_H

#include <stddef.h>
#include <stdint.h>

/* The caller frees it; NULL: no memory. text is XML character data. */
uint8_t *test_docx(const char *text, size_t *ret_size);

#endif
