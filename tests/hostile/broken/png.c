/* SPDX-License-Identifier: ISC */
/* A static worker whose library aborts while it warms up: abort() is libc's.
 * Side: tests. */
#include <stdlib.h>

#include "sandboxed_parsers/runtime/parser.h"

static void
prepare(void)
{
	abort();
}

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_PNG,
    .prepare = prepare,
};
