/* SPDX-License-Identifier: ISC */
/* A worker whose zygote leaves out a descriptor of its workers.
 * Side: tests. */
#include "ipc/control.h"
#include "sandboxed_parsers/runtime/parser.h"
#include "tests/hostile/broken/surplus/surplus.h"

const struct surplus surplus = {GBX_CTL_WORKER, 1, 0};

const struct gbx_parser gbx_parser = {.worker = GBX_WORKER_AVIF};
