/* SPDX-License-Identifier: ISC */
/* A worker whose zygote sends a third descriptor with its workers.
 * Side: tests. */
#include "ipc/control.h"
#include "sandboxed_parsers/runtime/parser.h"
#include "tests/hostile/broken/surplus/surplus.h"

const struct surplus surplus = {GBX_CTL_WORKER, 3, 0};

const struct gbx_parser gbx_parser = {.worker = GBX_WORKER_PNM};
