/* SPDX-License-Identifier: ISC */
/* A hard host tried: see trial.h. Side: caller. */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <glovebox.h>

#include "tests/support/census.h"
#include "tests/support/host.h"
#include "tests/support/score.h"
#include "tests/support/trial.h"

#define LOCKS (GBX_POSTURE_FILTER | GBX_POSTURE_STRICT)

static struct counts {
	atomic_uint tried, refused, unsandboxed;
} * counts;

int
trial_set_up(void **state)
{
	(void)state;
	counts = mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return counts != MAP_FAILED && host_prepare_quick() &&
		       census_liar_dir() != NULL
		   ? 0
		   : -1;
}

/* What an input may end as where the host lacks something. */
static bool
is_refusal(const struct gbx_result *r)
{
	enum gbx_verdict v = gbx_result_verdict(r);

	return (v == GBX_VERDICT_ERROR && gbx_result_errno(r) != 0) ||
	       v == GBX_VERDICT_UNAVAILABLE;
}

static bool
is_clear(enum gbx_err err)
{
	return err == GBX_ERR_POSTURE || err == GBX_ERR_MEMORY ||
	       (err == GBX_ERR_SYSTEM && errno != 0);
}

static int
refused(const char *name, const char *what)
{
	fprintf(stderr, "# %s: refused, %s\n", name, what);
	counts->refused++;
	return 0;
}

/* Whoever parsed without its lock is counted, whatever it answered. */
static bool
was_locked(const struct gbx_result *r)
{
	uint32_t posture = gbx_result_posture(r);
	bool locked =
	    is_refusal(r) || ((posture & GBX_POSTURE_NNP) && (posture & LOCKS));

	counts->unsandboxed += !locked;
	return locked;
}

/* ---- an honest job ------------------------------------------------------- */

static int
honest_job(struct gbx_broker *broker, const char *name, enum trial_kind kind,
    uint32_t *ret_posture)
{
	struct gbx_result *r = NULL;
	struct gbx_input input;
	struct gbx_job job;
	enum gbx_err err;

	host_job(HOST_LARGE, &input, &job);
	errno = 0;
	err = gbx_run(broker, &input, &job, &r);
	if (err != GBX_OK && kind == TRIAL_MAY_REFUSE && is_clear(err))
		return refused(name, gbx_err_name(err));
	CHECK(err == GBX_OK);
	CHECK(was_locked(r));
	if (kind == TRIAL_MAY_REFUSE && is_refusal(r)) {
		refused(name, gbx_result_detail(r));
	} else {
		CHECK(host_right(HOST_LARGE, r));
		*ret_posture = gbx_result_posture(r);
	}
	gbx_result_free(r);
	return 0;
}

/* ---- and one of an attacker's -------------------------------------------- */

static int
hostile_job(struct gbx_broker *broker)
{
	/* getrandom(2): the zygote's own filter lets it through, so that only
	 * the worker's lock stops it. */
	static const char script[] = "\x89PNG\r\n\x1a\n call 318 ";
	struct gbx_result *r = NULL;
	struct gbx_input input;
	struct gbx_job job;

	gbx_input_init(&input);
	input.data = script;
	input.length = sizeof(script) - 1;
	gbx_job_init(&job, GBX_OP_DECODE);
	job.limit[GBX_LIMIT_OUTPUT] = 1 << 20;
	if (gbx_run(broker, &input, &job, &r) != GBX_OK)
		return 0;
	if (gbx_result_verdict(r) != GBX_VERDICT_VIOLATION && !is_refusal(r)) {
		counts->unsandboxed++;
		fprintf(stderr, "# getrandom ended as %s\n",
		    gbx_verdict_name(gbx_result_verdict(r)));
		return 1;
	}
	gbx_result_free(r);
	return 0;
}

static int
hostile_broker(const char *name, enum trial_kind kind, const char *dir)
{
	struct gbx_broker *broker = NULL;
	struct gbx_broker_opts opts;
	char path[256];
	enum gbx_err err;

	snprintf(path, sizeof(path), "%s/liar",
	    dir != NULL ? dir : census_worker_dir());
	gbx_broker_opts_init(&opts);
	opts.worker_dir = path;
	opts.preload = "png";
	opts.allow_setid = true;
	errno = 0;
	err = gbx_broker_open(&opts, &broker);
	if (err != GBX_OK && kind == TRIAL_MAY_REFUSE && is_clear(err))
		return refused(name, strerror(errno));
	CHECK(err == GBX_OK);
	CHECK(hostile_job(broker) == 0);
	gbx_broker_close(broker);
	return 0;
}

int
trial_here(const char *name, enum trial_kind kind, const char *dir,
    uint32_t *ret_posture)
{
	struct gbx_broker *broker = NULL;
	struct gbx_broker_opts opts;
	enum gbx_err err;

	*ret_posture = 0;
	counts->tried++;
	host_opts(&opts);
	if (dir != NULL)
		opts.worker_dir = dir;
	opts.allow_setid = true;
	errno = 0;
	err = gbx_broker_open(&opts, &broker);
	if (err != GBX_OK && kind == TRIAL_MAY_REFUSE && is_clear(err))
		return refused(name, strerror(errno));
	if (err != GBX_OK)
		fprintf(stderr, "# %s: %s (%s)\n", name, gbx_err_name(err),
		    strerror(errno));
	CHECK(err == GBX_OK);
	CHECK(honest_job(broker, name, kind, ret_posture) == 0);
	CHECK(kind == TRIAL_MAY_REFUSE || host_many(broker, 20));
	gbx_broker_close(broker);
	return hostile_broker(name, kind, dir);
}

void
trial_score(void)
{
	score("hosts-tried", counts->tried, "-");
	score("hosts-refused", counts->refused, "-");
	score("hosts-unsandboxed", counts->unsandboxed, "==0");
}
