/* SPDX-License-Identifier: ISC */
/* A worker with shared libraries, one of which aborts before main; abort() is
 * ours. Side: tests. */
#include <stdlib.h>

#include "sandboxed_parsers/runtime/parser.h"

__attribute__((constructor)) static void
construct(void)
{
	abort();
}

const struct gbx_parser gbx_parser = {.worker = GBX_WORKER_JPEG};
