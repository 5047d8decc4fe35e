/* SPDX-License-Identifier: ISC */
/* The parser in-process, see job.h. Side: tests. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandboxed_parsers/runtime/arena.h"
#include "tests/support/job.h"

static const uint64_t limits[GBX_LIMIT_COUNT] = {
#define GBX_LIMIT(num, ID, name, unit, def, ceil, text) [num] = (def),
#include "schemas/limits.def"
};

static void *
must(void *p)
{
	if (p == NULL) {
		fputs("Bail out! no memory\n", stdout);
		exit(1);
	}
	return p;
}

void
job_init(struct job *job, uint32_t op, size_t out_size)
{
	memset(job, 0, sizeof(*job));
	job->task.op = op;
	job->task.count = 1;
	job->task.box_w = job->task.box_h = 256;
	memcpy(job->task.limit, limits, sizeof(limits));
	job->out = must(calloc(1, out_size ? out_size : 1));
	job->out_size = out_size;
}

uint32_t
job_run(struct job *job, const void *data, size_t size)
{
	uint8_t *copy = must(malloc(size ? size : 1));

	if (size > 0)
		memcpy(copy, data, size);
	job->task.data = copy;
	job->task.size = size;
	gbx_arena_forget_exhausted();
	gbx_sink_open(&job->sink, &job->task, job->out, job->out_size, 0);
	gbx_sink_close(&job->sink, gbx_parser.run(&job->task, &job->sink));
	free(copy);
	job->task.data = NULL;
	return job->sink.status;
}

void
job_free(struct job *job)
{
	free(job->out);
	job->out = NULL;
}

const uint8_t *
job_pixels(const struct job *job)
{
	return job->out + job->sink.block[0].offset;
}

uint32_t
job_frames(const struct job *job)
{
	uint32_t i, n = 0;

	for (i = 0; i < job->sink.n_blocks; i++)
		n += job->sink.block[i].frames;
	return n;
}

const uint8_t *
job_frame(const struct job *job, uint32_t i)
{
	const struct gbx_sink_block *b = job->sink.block;

	for (; i >= b->frames; b++)
		i -= b->frames;
	return job->out + b->offset + i * b->stride * b->height;
}

uint32_t
job_duration(const struct job *job, uint32_t i)
{
	const struct gbx_sink_block *last =
	    &job->sink.block[job->sink.n_blocks - 1];
	const uint8_t *p = job->out + last->offset + (size_t)i * 4;

	if (last->kind != GBX_WIRE_DURATIONS)
		return last->duration_ms;
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}
