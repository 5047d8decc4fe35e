/* SPDX-License-Identifier: ISC */
/* Does this machine keep its word about the time stamp counter? Side: tests. */
#ifndef GBX_TESTS_SUPPORT_TSC_H
#define GBX_TESTS_SUPPORT_TSC_H

#include <stdbool.h>

/* A child asks for PR_TSC_SIGSEGV and reads the counter: true when that killed
 * it. Some virtual machines grant the first and allow the second; what tests
 * expect of `tsc` follows from this, not from what glovebox says. */
bool tsc_is_held(void);

#endif
