/* SPDX-License-Identifier: ISC */
/* A worker whose zygote sends a descriptor with an error.
 * Side: tests. */
#include <errno.h>

#include "ipc/control.h"
#include "sandboxed_parsers/runtime/parser.h"
#include "tests/hostile/broken/surplus/surplus.h"

const struct surplus surplus = {GBX_CTL_READY, 1, EAGAIN};

const struct gbx_parser gbx_parser = {.worker = GBX_WORKER_JP2};
