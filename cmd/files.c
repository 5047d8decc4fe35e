/* SPDX-License-Identifier: ISC */
/*
 * Many files through one broker. Side: caller.
 * Holds one open input and one result at a time; what waits for its turn to
 * be printed is an answer, a few numbers. Every file gets exactly one answer.
 */
#include <errno.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cmd/files.h"
#include "cmd/input.h"
#include "cmd/session.h"

struct run {
	const struct gbx_cmd_work *work;
	struct gbx_cmd_session session;
	struct gbx_cmd_answer *answer; /* of each file */
	size_t next;		       /* file to submit */
	size_t printed;		       /* files answered on the stream */
	size_t under_way;	       /* jobs submitted, not collected */
	int status;
};

void
gbx_cmd_job(
    const struct gbx_cmd_options *o, enum gbx_op op, struct gbx_job *ret_job)
{
	gbx_job_init(ret_job, op);
	for (size_t i = 0; i < GBX_LIMIT_ROOM; i++)
		ret_job->limit[i] = o->limit[i];
	ret_job->first = o->first;
	ret_job->count = o->count;
	ret_job->want = o->want;
	ret_job->whole = o->whole;
	ret_job->domain = o->domain;
	ret_job->box_w = ret_job->box_h = o->side;
}

/* Worth trying again once a job has ended: room comes back then. */
static bool
passes(const struct run *r, enum gbx_err err, int error)
{
	if (r->under_way == 0)
		return false;
	return err == GBX_ERR_BUSY || error == EMFILE || error == ENFILE ||
	       error == ENOMEM;
}

const char *
gbx_cmd_call_failed(enum gbx_err err, int error)
{
	switch (err) {
	case GBX_ERR_SYSTEM:
		if (error == ENOENT)
			return "glovebox-copy is not installed; see "
			       "'glovebox doctor'";
		if (error == EFBIG)
			return gbx_start_error(error);
		break;
	case GBX_ERR_BUSY:
		return "more shared memory than the broker may use";
	case GBX_ERR_MEMORY:
		return "no memory";
	default:
		break;
	}
	return "the job was not accepted";
}

/* Returns false if the file has to wait. */
static bool
submit(struct run *r, struct gbx_cmd_answer *a, int fd)
{
	struct gbx_input input;
	struct gbx_job job;
	enum gbx_err err;

	gbx_input_init(&input);
	input.fd = fd;
	input.type = r->work->options->format;
	gbx_cmd_job(r->work->options, r->work->op, &job);
	job.cookie = a;
	errno = 0;
	err = gbx_submit(r->session.broker, &input, &job, NULL);
	if (err == GBX_OK) {
		r->under_way++;
		return true;
	}
	if (passes(r, err, err == GBX_ERR_SYSTEM ? errno : 0))
		return false;
	gbx_cmd_answer_error(a, errno, gbx_cmd_call_failed(err, errno));
	/* The file may have become a device since it was looked at. */
	a->no_input = err == GBX_ERR_ARG && gbx_cmd_input_missing(errno);
	return true;
}

/* Where the system's own word says less. */
static const char *
open_failed(int error)
{
	switch (error) {
	case ENODEV:
		return "Is a device";
	case EBADF:
		return "standard input is not open for reading";
	}
	return NULL;
}

void
gbx_cmd_open_failed(struct gbx_cmd_answer *a, int error)
{
	gbx_cmd_answer_error(a, error, open_failed(error));
	a->no_input = gbx_cmd_input_missing(error);
}

/* Answer or submit the next file. Returns false if it has to wait. */
static bool
start_next(struct run *r)
{
	struct gbx_cmd_answer *a = &r->answer[r->next];
	gbx_autoclose int fd = -1;
	int error = gbx_cmd_input_open(a->file, &fd);

	if (error && passes(r, GBX_ERR_SYSTEM, error))
		return false;
	if (error) {
		gbx_cmd_open_failed(a, error);
	} else if (gbx_cmd_session_open(&r->session, fd, a) &&
		   !submit(r, a, fd)) {
		return false;
	}
	r->next++;
	return true;
}

/* Print what is known from the head on. Returns false if nobody reads. */
static bool
print_ready(struct run *r)
{
	const struct gbx_cmd_work *work = r->work;

	for (; r->printed < r->next && r->answer[r->printed].known;
	     r->printed++) {
		struct gbx_cmd_answer *a = &r->answer[r->printed];

		r->status = gbx_cmd_worse(r->status, gbx_cmd_answer_status(a));
		if (a->said)
			continue;
		if (work->options->json)
			gbx_cmd_answer_json(work->lines, a);
		else
			gbx_cmd_answer_text(work->lines, a);
		gbx_cmd_more_free(&a->more);
		if (work->lines == stdout && !gbx_cmd_flush())
			return false;
	}
	return true;
}

/* The broker itself failed: nothing under way will be heard of again. */
static void
give_up(struct run *r, int error)
{
	for (size_t i = r->printed; i < r->next; i++)
		if (!r->answer[i].known)
			gbx_cmd_answer_error(
			    &r->answer[i], error, "the broker failed");
	r->under_way = 0;
}

static void
collect_one(struct run *r)
{
	struct gbx_result *result = NULL;
	struct gbx_cmd_answer *a;

	errno = 0;
	if (gbx_collect(r->session.broker, -1, &result) != GBX_OK) {
		give_up(r, errno);
		return;
	}
	r->under_way--;
	a = gbx_result_cookie(result);
	gbx_cmd_answer_result(a, result);
	if (r->work->done)
		r->work->done(r->work->context, r->session.broker, a, result);
	gbx_result_free(result);
}

static void
run_all(struct run *r)
{
	while (print_ready(r) && r->printed < r->work->n_files) {
		if (r->next < r->work->n_files &&
		    r->under_way < r->session.window && start_next(r))
			continue;
		if (r->under_way > 0)
			collect_one(r);
	}
}

int
gbx_cmd_files(const struct gbx_cmd_work *work)
{
	struct run r = {.work = work, .status = EX_OK};

	r.answer = calloc(work->n_files, sizeof(*r.answer));
	if (!r.answer) {
		gbx_cmd_complain(NULL, "no memory");
		return EX_OSERR;
	}
	for (size_t i = 0; i < work->n_files; i++)
		r.answer[i].file = work->file[i];
	gbx_cmd_session_init(&r.session, work->options, work->n_files);
	run_all(&r);
	gbx_cmd_session_done(&r.session);
	for (size_t i = 0; i < work->n_files; i++)
		gbx_cmd_more_free(&r.answer[i].more);
	free(r.answer);
	return r.status;
}
