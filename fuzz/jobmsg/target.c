/* SPDX-License-Identifier: ISC */
/*
 * The job message as a worker reads it. Oracle: what was read, packed by the
 * broker's side, reads the same again; and what the reader promises (spans
 * inside the input, whole pages, known numbers) holds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/validate/gate.h"
#include "fuzz/fuzz.h"
#include "sandboxed_parsers/runtime/jobmsg.h"

static void
must(bool held, const char *what)
{
	if (held)
		return;
	fprintf(stderr, "jobmsg: %s\n", what);
	abort();
}

static void
check_ranges(const struct gbx_jobmsg *m)
{
	uint32_t i;

	must(m->op >= 1 && m->op < GBX_WIRE_OP_COUNT, "op");
	must(m->worker >= 1 && m->worker < GBX_WORKER_COUNT, "worker");
	must(m->lockdown == 1 || m->lockdown == 2, "lockdown");
	must(m->out_size % GBX_REPLY_PAGE == 0, "out_size");
	must(m->n_inputs >= 1 && m->n_inputs <= GBX_BATCH_MAX, "inputs");
	for (i = 0; i < m->n_inputs; i++)
		must((unsigned __int128)m->input[i].offset +
			     m->input[i].length <=
			 m->in_size,
		    "span");
}

static void
to_gate(const struct gbx_jobmsg *m, struct gbx_gate_job *ret_job)
{
	uint32_t i;

	memset(ret_job, 0, sizeof(*ret_job));
	memcpy(ret_job->nonce, m->nonce, sizeof(m->nonce));
	memcpy(ret_job->salt, m->salt, sizeof(m->salt));
	memcpy(ret_job->limit, m->limit, sizeof(m->limit));
	ret_job->worker = m->worker;
	ret_job->op = m->op;
	ret_job->lockdown = m->lockdown;
	ret_job->in_size = m->in_size;
	ret_job->out_size = m->out_size;
	ret_job->first = m->first;
	ret_job->count = m->count;
	ret_job->box_w = m->box_w;
	ret_job->box_h = m->box_h;
	ret_job->dpi = m->dpi;
	ret_job->want = m->want;
	ret_job->n_inputs = m->n_inputs;
	for (i = 0; i < m->n_inputs; i++) {
		ret_job->input[i].offset = m->input[i].offset;
		ret_job->input[i].length = m->input[i].length;
	}
}

/* The broker sends less than a worker can read (aligned spans that ascend):
 * it may refuse to pack, but not pack something else. */
static void
check_round_trip(const struct gbx_jobmsg *m)
{
	static struct gbx_jobmsg again;
	uint8_t wire[GBX_JOB_MAX];
	struct gbx_gate_job job;
	size_t n;

	to_gate(m, &job);
	n = gbx_gate_pack_job(&job, wire);
	if (n == 0)
		return;
	memset(&again, 0, sizeof(again));
	must(gbx_jobmsg_read(wire, n, &again), "own message refused");
	must(memcmp(m, &again, sizeof(again)) == 0, "round trip");
}

int
gbx_fuzz_one(const uint8_t *data, size_t size)
{
	static struct gbx_jobmsg m;

	memset(&m, 0, sizeof(m));
	if (!gbx_jobmsg_read(data, size, &m))
		return 0;
	check_ranges(&m);
	check_round_trip(&m);
	return 0;
}
