/* SPDX-License-Identifier: ISC */
/*
 * PNG as a worker's format: png.c reads the image before all, apng.c the
 * frames of an animation. Side: hostile.
 */
#include "sandboxed_parsers/png/apng.h"
#include "sandboxed_parsers/png/image.h"
#include "sandboxed_parsers/png/samples.h"

struct job {
	const struct gbx_task *task;
	struct gbx_sink *sink;
	struct gbx_png_extras extras;
};

static enum gbx_wire_status
open_image(struct gbx_png_decoder *d, void *arg)
{
	struct job *job = arg;

	return gbx_png_open_image(d, job->sink, &job->extras)
		   ? GBX_WIRE_OK
		   : GBX_WIRE_MALFORMED;
}

/* Alone it needs no canvas of its own. */
static enum gbx_wire_status
read_first(struct gbx_png_decoder *d, void *arg)
{
	struct job *job = arg;

	gbx_sink_duration(job->sink, job->extras.first.ms);
	return gbx_png_pixels(d, job->sink) ? GBX_WIRE_OK : GBX_WIRE_MALFORMED;
}

static enum gbx_wire_status
read_file(struct gbx_png_decoder *d, struct job *job)
{
	enum gbx_wire_status status = gbx_png_guard(d, open_image, job);

	if (status != GBX_WIRE_OK)
		return status;
	if (job->task->first >= job->extras.frames)
		return GBX_WIRE_UNSUPPORTED;
	if (!gbx_sink_wants_pixels(job->sink))
		return GBX_WIRE_OK;
	if (job->task->first == 0 && gbx_sink_frames_wanted(job->sink) == 1)
		return gbx_png_guard(d, read_first, job);
	return gbx_apng_read(d, &job->extras, job->task, job->sink);
}

static enum gbx_wire_status
run(const struct gbx_task *task, struct gbx_sink *sink)
{
	enum gbx_wire_status status = GBX_WIRE_MALFORMED;
	struct job job = {.task = task, .sink = sink};
	struct gbx_png_decoder d;

	gbx_sink_format(sink, GBX_FORMAT_PNG);
	if (gbx_png_open(&d, task->data, task->size, sink))
		status = read_file(&d, &job);
	gbx_png_close(&d);
	return status;
}

const struct gbx_parser gbx_parser = {
    .worker = GBX_WORKER_PNG,
    .run = run,
    .samples = samples,
    .n_samples = sizeof(samples) / sizeof(samples[0]),
};
