/* SPDX-License-Identifier: ISC */
/* A worker whose zygote sends many descriptors with its canary.
 * Side: tests. */
#include "ipc/control.h"
#include "sandboxed_parsers/runtime/parser.h"
#include "tests/hostile/broken/surplus/surplus.h"

const struct surplus surplus = {GBX_CTL_READY, 64, 0};

const struct gbx_parser gbx_parser = {.worker = GBX_WORKER_HEIF};
