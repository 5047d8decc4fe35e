/* SPDX-License-Identifier: ISC */
/* What the death of a worker says about its jobs. Side: trusted. */
#ifndef GBX_BROKER_JUDGE_H
#define GBX_BROKER_JUDGE_H

#include <glovebox.h>
#include <stdbool.h>

struct gbx_run;

struct gbx_outcome {
	enum gbx_verdict verdict;
	enum gbx_limit limit;
	const char *field, *detail;
	int signal, err;
	bool again; /* by no fault of the job's: it may be tried once more */
	bool guess; /* nothing but the worker's word for why it ended */
};

/* What the death alone decides; OK means that the reply may be read. */
struct gbx_outcome gbx_judge_death(const struct gbx_run *run);
struct gbx_outcome gbx_judge_bad_reply(const char *field);
struct gbx_outcome gbx_judge_system(int err, const char *detail);
/* A kill of ours, for this verdict. */
struct gbx_outcome gbx_judge_killed(enum gbx_verdict why);
/* An attacker gets one guess for each layout; and a zygote that loses its
 * workers is dying, though we may not have been told yet. */
bool gbx_judge_suspect(const struct gbx_outcome *o);

#endif
