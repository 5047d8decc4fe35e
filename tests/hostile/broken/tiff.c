/* SPDX-License-Identifier: ISC */
/* A worker that ends before main and says nothing, as one that can't be loaded
 * does. Side: tests. */
#include <unistd.h>

#include "sandboxed_parsers/runtime/parser.h"

__attribute__((constructor)) static void
construct(void)
{
	_exit(127);
}

const struct gbx_parser gbx_parser = {.worker = GBX_WORKER_TIFF};
