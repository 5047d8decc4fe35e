/* SPDX-License-Identifier: ISC */
/*
 * The job as it goes to the worker: nothing lost, nothing that contradicts
 * itself, never more than a datagram.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "broker/validate/gate.h"
#include "schemas/glovebox.pb-c.h"

static void
fill(struct gbx_gate_job *job, uint32_t n, uint64_t big)
{
	uint32_t i;

	memset(job, 0, sizeof(*job));
	for (i = 0; i < GBX_NONCE_LEN; i++)
		job->nonce[i] = (uint8_t)(i + 1);
	memset(job->salt, 0xa5, sizeof(job->salt));
	job->worker = GBX_WORKER_PNG;
	job->op = GBX_WIRE_OP_THUMBNAIL;
	job->lockdown = GBX_WIRE_LOCK_STRICT;
	for (i = 1; i < GBX_LIMIT_COUNT; i++)
		job->limit[i] = big - i;
	job->first = 11;
	job->count = 12;
	job->box_w = 13;
	job->box_h = 14;
	job->dpi = 15;
	job->n_inputs = n;
	for (i = 0; i < n && i < GBX_BATCH_MAX; i++) {
		job->input[i].offset = i * UINT64_C(1 << 20);
		job->input[i].length = i;
	}
	job->in_size = UINT64_C(1) << 40;
	job->out_size = 8192;
}

static void
check(const struct gbx_gate_job *job, const uint8_t *wire, size_t n)
{
	Gbx__Wire__Job *w = gbx__wire__job__unpack(NULL, n, wire);
	uint32_t i;

	assert_non_null(w);
	assert_int_equal(w->nonce.len, GBX_NONCE_LEN);
	assert_memory_equal(w->nonce.data, job->nonce, GBX_NONCE_LEN);
	assert_int_equal(w->salt.len, GBX_SALT_LEN);
	assert_memory_equal(w->salt.data, job->salt, GBX_SALT_LEN);
	assert_int_equal(w->worker, job->worker);
	assert_int_equal(w->op, job->op);
	assert_int_equal(w->lockdown, job->lockdown);
	assert_int_equal(w->in_size, job->in_size);
	assert_int_equal(w->out_size, job->out_size);
	assert_int_equal(w->first, job->first);
	assert_int_equal(w->count, job->count);
	assert_int_equal(w->box_w, job->box_w);
	assert_int_equal(w->box_h, job->box_h);
	assert_int_equal(w->dpi, job->dpi);
	assert_int_equal(w->n_limits, GBX_LIMIT_COUNT);
	assert_memory_equal(w->limits, job->limit, sizeof(job->limit));
	assert_int_equal(w->n_inputs, job->n_inputs);
	for (i = 0; i < job->n_inputs; i++) {
		assert_int_equal(w->inputs[i]->offset, job->input[i].offset);
		assert_int_equal(w->inputs[i]->length, job->input[i].length);
	}
	gbx__wire__job__free_unpacked(w, NULL);
}

static void
test_round_trip(void **state)
{
	uint8_t wire[GBX_JOB_MAX];
	struct gbx_gate_job job;
	uint32_t n;
	size_t size;

	(void)state;
	for (n = 1; n <= GBX_BATCH_MAX; n++) {
		fill(&job, n, n == 1 ? 100 : 0); /* small and huge limits */
		size = gbx_gate_pack_job(&job, wire);
		assert_in_range(size, 1, GBX_JOB_MAX);
		check(&job, wire, size);
	}
}

/* The largest numbers there are still fit the datagram. */
static void
test_largest(void **state)
{
	uint8_t wire[GBX_JOB_MAX];
	struct gbx_gate_job job;
	uint32_t i;

	(void)state;
	fill(&job, GBX_BATCH_MAX, 0);
	job.worker = job.op = job.lockdown = job.first = job.count = job.box_w =
	    job.box_h = job.dpi = UINT32_MAX;
	job.in_size = job.out_size = UINT64_MAX;
	for (i = 0; i < GBX_BATCH_MAX; i++) {
		job.input[i].offset = UINT64_MAX - 63 - 64 * (63 - i);
		job.input[i].length = 64;
	}
	job.input[63].length = 63;
	assert_in_range(gbx_gate_pack_job(&job, wire), 1000, GBX_JOB_MAX);
}

static void
test_contradictions(void **state)
{
	static struct {
		struct gbx_gate_job job;
		struct gbx_gate_span span;
	} more;
	uint8_t wire[GBX_JOB_MAX];
	struct gbx_gate_job job;

	(void)state;
	fill(&job, 0, 0);
	assert_int_equal(gbx_gate_pack_job(&job, wire), 0);
	/* one that would be good, were there room for it */
	fill(&more.job, GBX_BATCH_MAX + 1, 0);
	more.span.offset = UINT64_C(64) << 20;
	assert_int_equal(gbx_gate_pack_job(&more.job, wire), 0);
	fill(&job, 3, 0);
	job.input[1].offset++; /* not aligned */
	assert_int_equal(gbx_gate_pack_job(&job, wire), 0);
	fill(&job, 3, 0);
	job.input[1].offset = 0; /* not ascending: over the first */
	job.input[0].length = 1;
	assert_int_equal(gbx_gate_pack_job(&job, wire), 0);
	fill(&job, 3, 0);
	job.input[1].length = (1 << 20) + 1; /* into the third */
	assert_int_equal(gbx_gate_pack_job(&job, wire), 0);
	fill(&job, 3, 0);
	job.in_size = (2 << 20) + 1; /* one byte short */
	assert_int_equal(gbx_gate_pack_job(&job, wire), 0);
	job.in_size++;
	assert_int_not_equal(gbx_gate_pack_job(&job, wire), 0);
	fill(&job, 2, 0);
	job.input[1].length = 0;
	job.in_size = 1 << 20; /* nothing, at the end */
	assert_int_not_equal(gbx_gate_pack_job(&job, wire), 0);
	job.in_size--; /* and behind the end */
	assert_int_equal(gbx_gate_pack_job(&job, wire), 0);
	fill(&job, 1, 0);
	job.input[0].length = UINT64_MAX;
	assert_int_equal(gbx_gate_pack_job(&job, wire), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_largest),
	    cmocka_unit_test(test_contradictions),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
