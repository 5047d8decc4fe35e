/* SPDX-License-Identifier: ISC */
/* Invariants of image parsers, see image.h. Side: tests. */
#include "tests/support/image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/job.h"

#define ALIGNED(n) (((n) + GBX_ALIGN - 1) & ~(size_t)(GBX_ALIGN - 1))

static const char *
block_fault(
    const struct gbx_task *task, const struct gbx_sink_block *b, uint32_t at)
{
	uint32_t size = task->op == GBX_WIRE_OP_PROBE ? 0 : 4;

	if (b->kind != GBX_WIRE_PIXELS || b->layout != GBX_WIRE_RGBA8)
		return "kind or layout";
	if (b->index != task->first + at || b->records != 0)
		return "index or records";
	if (b->width == 0 || b->height == 0)
		return "no pixels";
	if ((uint64_t)b->width * b->height > task->limit[GBX_WIRE_LIMIT_PIXELS])
		return "more pixels than the limit";
	if (b->stride != (uint64_t)b->width * size)
		return "stride";
	if (b->frames < 1 || b->length != b->stride * b->height * b->frames)
		return "frames or length";
	if (b->orientation > 8 || b->colour >= GBX_WIRE_COLOUR_COUNT)
		return "orientation or colour";
	if (task->op != GBX_WIRE_OP_THUMBNAIL)
		return NULL;
	if (b->width > task->box_w || b->height > task->box_h)
		return "larger than the box";
	return b->orientation != 0 ? "a thumbnail's orientation" : NULL;
}

static const char *
times_fault(const struct gbx_task *task, const struct gbx_sink *s,
    const struct gbx_sink_block *b, uint32_t frames)
{
	if (task->op != GBX_WIRE_OP_DECODE || task->count < 2 || s->total < 2)
		return "durations where there are none";
	return b->length != (uint64_t)frames * 4 ? "a duration for each frame"
						 : NULL;
}

static const char *
records_fault(const struct gbx_task *task, const struct gbx_sink_block *b)
{
	if (task->op != GBX_WIRE_OP_PROBE ||
	    !(task->want & GBX_WIRE_WANT_METADATA))
		return "records where there are none";
	return b->records < 1 || b->length < b->records ? "records" : NULL;
}

/* Only DECODE takes several frames; one after the other in the output. */
static const char *
good_fault(const struct gbx_task *task, const struct gbx_sink *s, size_t start)
{
	uint32_t most = task->op == GBX_WIRE_OP_DECODE ? task->count : 1;
	uint32_t i, frames = 0;
	const char *fault = NULL;
	uint64_t sum = 0;
	size_t end = start;

	if (s->n_blocks < 1 || s->n_blocks > GBX_BLOCKS_MAX)
		return "too few or too many blocks";
	for (i = 0; i < s->n_blocks && fault == NULL; i++) {
		const struct gbx_sink_block *b = &s->block[i];

		if (b->offset != ALIGNED(end))
			return "offset";
		end = b->offset + b->length;
		sum += b->length;
		if (i > 0 && b->kind == GBX_WIRE_DURATIONS)
			fault = times_fault(task, s, b, frames);
		else if (i > 0 && b->kind == GBX_WIRE_RECORDS)
			fault = records_fault(task, b);
		else
			fault = block_fault(task, b, frames);
		frames += b->frames;
	}
	if (fault == NULL && (frames < 1 || frames > most))
		fault = "too few or too many frames";
	if (fault == NULL && s->total < task->first + frames)
		fault = "total";
	if (fault == NULL && sum > task->limit[GBX_WIRE_LIMIT_OUTPUT])
		return "more output than the limit";
	if (fault == NULL && s->out_used != end)
		return "used";
	return fault;
}

void
image_prepare(void)
{
	static bool done;
	FILE *out = stdout;

	if (!done && gbx_parser.prepare != NULL)
		gbx_parser.prepare();
	done = true;
	stdout = out;
}

const char *
image_fault(const struct gbx_task *task, const struct gbx_sink *s, size_t start)
{
	if (s->format == 0)
		return "no format";
	if ((s->status == GBX_WIRE_LIMIT) != (s->limit != 0))
		return "limit without its verdict, or the reverse";
	switch (s->status) {
	case GBX_WIRE_OK:
		return good_fault(task, s, start);
	case GBX_WIRE_MALFORMED:
	case GBX_WIRE_UNSUPPORTED:
	case GBX_WIRE_LIMIT:
		break;
	default:
		return "no such status";
	}
	return s->n_blocks != 0 || s->total != 0 || s->out_used != start
		   ? "leftovers of what failed"
		   : NULL;
}

/* ---- all operations ----------------------------------------------------- */

/* What a probe can't see may still fail; what it refuses must stay so. */
static const char *
pair_fault(const struct gbx_sink *probe, const struct gbx_sink *decode)
{
	const struct gbx_sink_block *p = &probe->block[0];
	const struct gbx_sink_block *d = &decode->block[0];

	if (decode->status != GBX_WIRE_OK)
		return NULL;
	if (probe->status != GBX_WIRE_OK)
		return "decodes what can't be probed";
	if (p->width != d->width || p->height != d->height ||
	    p->orientation != d->orientation)
		return "the probe told another geometry";
	return probe->total != decode->total ? "the probe told another total"
					     : NULL;
}

static const char *
run_op(struct job *job, uint32_t op, uint32_t first, const void *data,
    size_t size, size_t out_size)
{
	job_init(job, op, out_size);
	job->task.first = first;
	job->task.box_w = 20;
	job->task.box_h = 10;
	job_run(job, data, size);
	return image_fault(&job->task, &job->sink, 0);
}

static const char *
all_ops(const void *data, size_t size, uint32_t first, size_t out_size,
    struct gbx_sink *ret_decode)
{
	struct job probe, decode, thumbnail;
	const char *fault;

	fault = run_op(&probe, GBX_WIRE_OP_PROBE, first, data, size, 0);
	job_free(&probe);
	if (fault != NULL)
		return fault;
	fault =
	    run_op(&decode, GBX_WIRE_OP_DECODE, first, data, size, out_size);
	job_free(&decode);
	*ret_decode = decode.sink;
	if (fault == NULL)
		fault = pair_fault(&probe.sink, &decode.sink);
	if (fault != NULL)
		return fault;
	fault = run_op(
	    &thumbnail, GBX_WIRE_OP_THUMBNAIL, first, data, size, out_size);
	job_free(&thumbnail);
	return fault;
}

const char *
image_ops_fault(const void *data, size_t size, uint32_t first, size_t out_size)
{
	struct gbx_sink decode;

	return all_ops(data, size, first, out_size, &decode);
}

/* ---- good files --------------------------------------------------------- */

const char *
image_samples_fault(uint32_t format, size_t out_size)
{
	const char *fault = NULL;
	struct job job;
	size_t i;

	for (i = 0; i < gbx_parser.n_samples && fault == NULL; i++) {
		const struct gbx_sample *s = &gbx_parser.samples[i];

		fault = run_op(&job, s->op, 0, s->data, s->size, out_size);
		job_free(&job);
		if (fault != NULL)
			continue;
		if (job.sink.status != GBX_WIRE_OK || job.sink.degraded)
			fault = "a sample is not whole";
		else if (job.sink.format != format)
			fault = "a sample of another format";
	}
	if (fault != NULL)
		printf("# sample %s\n", gbx_parser.samples[i - 1].name);
	return gbx_parser.n_samples == 0 ? "no samples" : fault;
}

static const char *
limit_fault(const void *data, size_t size, uint32_t op, uint32_t limit,
    uint64_t value, size_t out_size, uint32_t want)
{
	struct job job;
	const char *fault;

	job_init(&job, op, out_size);
	if (limit != 0)
		job.task.limit[limit] = value;
	job_run(&job, data, size);
	fault = image_fault(&job.task, &job.sink, 0);
	job_free(&job);
	if (fault != NULL)
		return fault;
	if (job.sink.limit != want)
		return want == 0 ? "a limit where none is" : "not that limit";
	return want == 0 && job.sink.status != GBX_WIRE_OK ? "not good" : NULL;
}

const char *
image_limits_fault(
    const void *data, size_t size, uint32_t width, uint32_t height)
{
	static const uint32_t ops[] = {
	    GBX_WIRE_OP_PROBE, GBX_WIRE_OP_DECODE, GBX_WIRE_OP_THUMBNAIL};
	const uint32_t px = GBX_WIRE_LIMIT_PIXELS, out = GBX_WIRE_LIMIT_OUTPUT;
	uint64_t n = (uint64_t)width * height;
	const char *fault = NULL;
	struct job job;
	size_t i;

	for (i = 0; i < 3 && fault == NULL; i++) {
		fault = limit_fault(data, size, ops[i], px, n, n * 4, 0);
		if (fault == NULL)
			fault = limit_fault(
			    data, size, ops[i], px, n - 1, n * 4, px);
	}
	if (fault == NULL)
		fault =
		    limit_fault(data, size, ops[1], out, n * 4 - 1, n * 4, out);
	if (fault == NULL)
		fault = limit_fault(data, size, ops[1], 0, 0, n * 4 - 1, out);
	if (fault != NULL)
		return fault;
	job_init(&job, GBX_WIRE_OP_DECODE, n * 4);
	job.task.first = 1000000;
	job_run(&job, data, size);
	job_free(&job);
	return job.sink.status == GBX_WIRE_UNSUPPORTED
		   ? NULL
		   : "a frame that does not exist";
}

/* ---- spoilt files ------------------------------------------------------- */

static void
try_one(const void *data, size_t size, size_t out_size, struct image_ends *ends,
    const char *what, size_t where)
{
	struct gbx_sink s;
	const char *fault = all_ops(data, size, 0, out_size, &s);

	if (fault != NULL) {
		printf("Bail out! %s at %zu: %s\n", what, where, fault);
		exit(1);
	}
	switch (s.status) {
	case GBX_WIRE_OK:
		ends->ok++;
		ends->degraded += s.degraded;
		break;
	case GBX_WIRE_MALFORMED:
		ends->malformed++;
		break;
	case GBX_WIRE_UNSUPPORTED:
		ends->unsupported++;
		break;
	default:
		ends->limit++;
	}
}

void
image_truncate(
    const void *data, size_t size, size_t out_size, struct image_ends *ends)
{
	size_t n;

	memset(ends, 0, sizeof(*ends));
	for (n = 0; n < size; n++)
		try_one(data, n, out_size, ends, "truncated", n);
}

void
image_flip(
    const void *data, size_t size, size_t out_size, struct image_ends *ends)
{
	uint8_t *bad = malloc(size ? size : 1);
	size_t n;

	memset(ends, 0, sizeof(*ends));
	if (bad == NULL) {
		printf("Bail out! no memory\n");
		exit(1);
	}
	memcpy(bad, data, size);
	for (n = 0; n < size * 8; n++) {
		bad[n / 8] ^= (uint8_t)(1u << n % 8);
		try_one(bad, size, out_size, ends, "flipped bit", n);
		bad[n / 8] ^= (uint8_t)(1u << n % 8);
	}
	free(bad);
}
