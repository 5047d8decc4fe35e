/* SPDX-License-Identifier: ISC */
/* The test's end of the scanner, through a real broker. Side: tests, public
 * header. All fail the cmocka test when a call fails. */
#ifndef GBX_TESTS_SCANNER_CLIENT_H
#define GBX_TESTS_SCANNER_CLIENT_H

#include <stdbool.h>

#include <glovebox.h>

#include "tests/sandbox/scanner/scanner.h"

/* A broker on the scanner, so many workers at once. */
struct gbx_broker *scanner_open(uint32_t lockdown, uint32_t width);
/* Random printable bytes, and a NUL. */
void scanner_marker(char ret[SCANNER_MARKER + 1]);
/* domain NULL: a worker of its own. */
void scanner_submit(struct gbx_broker *broker, enum scanner_verb verb,
    uint32_t how, const char *marker, const char *domain);
struct gbx_result *scanner_collect(struct gbx_broker *broker);
/* What an OK result says; frees it. */
void scanner_read(struct gbx_result *result, struct scanner_found *ret);
/* One job, waited for. */
void scanner_run(struct gbx_broker *broker, enum scanner_verb verb,
    const char *marker, struct scanner_found *ret);

#endif
