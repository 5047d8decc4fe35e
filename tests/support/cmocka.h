/* SPDX-License-Identifier: ISC */
/* cmocka wants these four before itself, in this order (cmocka.h). */
#ifndef GBX_TESTS_SUPPORT_CMOCKA_H
#define GBX_TESTS_SUPPORT_CMOCKA_H

/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
/* clang-format on */

#endif
