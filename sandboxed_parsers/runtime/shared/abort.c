/* SPDX-License-Identifier: ISC */
/*
 * abort(3) for workers with shared libraries: a crash, as it should be. libc's
 * own tries system calls first, and the verdict would be a violation. C++
 * comes here when memory is out and nobody caught it.
 * Side: hostile. Linked into shared workers alone: a static libc has one that
 * can't be replaced.
 */
#include <stdlib.h>

#include "sandboxed_parsers/runtime/lastwords.h"

__attribute__((visibility("default"))) _Noreturn void
abort(void)
{
	/* Constructors of libraries come here before there is a handler. */
	gbx_last_words();
	__builtin_trap();
}
