/* SPDX-License-Identifier: ISC */
/*
 * Run a parser in-process, as a worker would: task in, sink out.
 * Side: tests.
 */
#ifndef GBX_TESTS_JOB_H
#define GBX_TESTS_JOB_H

#include "sandboxed_parsers/runtime/sink.h"

struct job {
	struct gbx_task task; /* default limits; change before job_run */
	struct gbx_sink sink; /* closed after job_run */
	uint8_t *out;
	size_t out_size;
};

/* Exits the program when there is no memory. */
void job_init(struct job *job, uint32_t op, size_t out_size);
/* Returns the status; data is copied into memory of exactly its size. */
uint32_t job_run(struct job *job, const void *data, size_t size);
void job_free(struct job *job);

/* The first block's pixels. */
const uint8_t *job_pixels(const struct job *job);
/* How many frames came out, in whichever blocks; the i-th's pixels, and how
 * long it is shown. */
uint32_t job_frames(const struct job *job);
const uint8_t *job_frame(const struct job *job, uint32_t i);
uint32_t job_duration(const struct job *job, uint32_t i);

#endif
