/* SPDX-License-Identifier: ISC */
/* A worker whose library fails on the built-in sample. Side: tests. */
#include "sandboxed_parsers/runtime/parser.h"

static enum gbx_wire_status
run(const struct gbx_task *task, struct gbx_sink *sink)
{
	(void)task;
	(void)sink;
	return GBX_WIRE_MALFORMED;
}

static const struct gbx_sample samples[] = {
    {"any", (const uint8_t *)"", 1, GBX_WIRE_OP_PROBE},
};

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_GIF,
    .run = run,
    .samples = samples,
    .n_samples = 1,
};
