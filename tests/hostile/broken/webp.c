/* SPDX-License-Identifier: ISC */
/* The same, after all memory that there is before main. Side: tests. */
#include <stdlib.h>

#include "sandboxed_parsers/runtime/parser.h"

__attribute__((constructor)) static void
construct(void)
{
	void *p;

	do
		p = malloc(4096);
	while (p != NULL);
	abort();
}

const struct gbx_parser gbx_parser = {.worker = GBX_WORKER_WEBP};
