/* SPDX-License-Identifier: ISC */
/*
 * Which worker an input is for, by its first bytes; what it was declared as
 * must agree with them. Side: trusted. The only look that the broker takes at
 * an input.
 */
#include <glovebox.h>
#include <string.h>

#include "broker/classify.h"
#include "broker/list.h"
#include "broker/queue.h"
#include "broker/request.h"
#include "broker/result.h"
#include "broker/tables.h"
#include "broker/validate/gate.h"
#include "ipc/memfd.h"

/* The first bytes, as many as there are and fit. 0 or -errno. */
static int
peek(const struct gbx_request *job, uint8_t *ret, size_t room, size_t *ret_n)
{
	size_t n = job->in_size < room ? job->in_size : room;
	int err = 0;

	if (job->in_mem != NULL)
		memcpy(ret, job->in_mem, n);
	else
		err = gbx_memfd_read(job->in_fd, ret, n, 0);
	if (err == 0)
		*ret_n = n;
	return err;
}

/* The worker that the first bytes call for; where the declared type has no
 * first bytes of its own, and these are nobody else's, its worker. 0 or -errno.
 */
static int
kind_of(const struct gbx_request *job, uint32_t *ret_kind)
{
	uint8_t head[64];
	uint32_t declared = gbx_table_format_worker(job->declared);
	size_t n = 0;
	int err = peek(job, head, sizeof(head), &n);

	*ret_kind = gbx_table_sniff(head, n);
	if (*ret_kind == GBX_WORKER_NONE && !gbx_table_has_magic(declared))
		*ret_kind = declared;
	return err;
}

/* Declared, sniffed and worker type agree, or the job ends here. */
void
gbx_classify(struct gbx_request *job)
{
	uint32_t kind = GBX_WORKER_NONE;
	int err = kind_of(job, &kind);

	if (err != 0) {
		job->result->err = -err;
		gbx_request_finish(
		    job, GBX_VERDICT_ERROR, "the input could not be read back");
	} else if (job->in_size == 0) {
		gbx_request_finish(
		    job, GBX_VERDICT_MALFORMED, "the input is empty");
	} else if (job->declared != 0 && kind == GBX_WORKER_NONE) {
		gbx_request_finish(job, GBX_VERDICT_MALFORMED,
		    "the first bytes are not those of the declared type");
	} else if (job->declared != 0 &&
		   kind != gbx_table_format_worker(job->declared)) {
		job->result->begins = gbx_table_worker_reads(kind);
		gbx_request_finish(job, GBX_VERDICT_MISMATCH,
		    "the first bytes are those of a type other than declared");
	} else if (kind == GBX_WORKER_NONE) {
		gbx_request_finish(job, GBX_VERDICT_UNSUPPORTED,
		    "no parser for a file that begins like this");
	} else if (!(gbx_table_worker_ops(kind) & (1U << job->op))) {
		gbx_request_finish(job, GBX_VERDICT_UNSUPPORTED,
		    "this type does not support the operation");
	} else {
		job->kind = kind;
		job->state = GBX_REQUEST_QUEUED;
		gbx_list_remove(&job->link);
		gbx_queue_add(job);
	}
}
