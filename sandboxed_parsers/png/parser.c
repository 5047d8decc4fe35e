/* SPDX-License-Identifier: ISC */
/*
 * PNG as a worker's format; png.c reads it. Side: hostile.
 */
#include "sandboxed_parsers/png/png.h"
#include "sandboxed_parsers/png/samples.h"

static enum gbx_wire_status
run(const struct gbx_task *task, struct gbx_sink *sink)
{
	gbx_sink_format(sink, GBX_FORMAT_PNG);
	/* The image that every viewer shows; frames of an APNG are not read. */
	if (task->first != 0)
		return GBX_WIRE_UNSUPPORTED;
	return gbx_png_read(task, sink);
}

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_PNG,
    .run = run,
    .samples = samples,
    .n_samples = sizeof(samples) / sizeof(samples[0]),
};
