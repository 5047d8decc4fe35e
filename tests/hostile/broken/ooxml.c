/* SPDX-License-Identifier: ISC */
/* A worker whose library takes all memory while it warms up, and falls over
 * NULL then. Side: tests. */
#include <stdlib.h>

#include "sandboxed_parsers/runtime/parser.h"

static void
prepare(void)
{
	volatile char *p;

	do {
		p = malloc((size_t)1 << 20);
		*p = 1;
	} while (p != NULL);
}

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_OOXML,
    .prepare = prepare,
};
