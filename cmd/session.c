/* SPDX-License-Identifier: ISC */
/*
 * The one broker of a run. Side: caller.
 * Keeps itself small: what it opens fits a process that may have 64 files.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/input.h"
#include "cmd/session.h"
#include "cmd/usage.h"

/* Descriptors: a broker with its workers needs this many, and a job under way
 * this many more (input, output, socket, pidfd, and some to spare). */
#define FDS_BASE 28
#define FDS_JOB	 8
/* Of max_shared, the part that no output may exceed. */
#define OUTPUT_PART 4

void
gbx_cmd_session_init(struct gbx_cmd_session *s,
    const struct gbx_cmd_options *options, size_t n_files)
{
	*s = (struct gbx_cmd_session){
	    .options = options, .n_files = n_files, .window = 1};
}

static char *
beside_program(void)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	struct stat st;
	char *slash, *dir;

	if (n <= 0)
		return NULL;
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (!slash)
		return NULL;
	*slash = '\0';
	if (asprintf(&dir, "%s/libexec", path) < 0)
		return NULL;
	if (stat(dir, &st) == 0 && S_ISDIR(st.st_mode))
		return dir;
	free(dir);
	return NULL;
}

char *
gbx_cmd_worker_dir(const struct gbx_cmd_options *options)
{
	return options->worker_dir ? strdup(options->worker_dir)
				   : beside_program();
}

/* That of this job: what was asked for, or the default, which a broker lowers
 * to its own. */
static uint64_t
limit_of(const struct gbx_cmd_options *o, const struct gbx_broker_opts *opts,
    enum gbx_limit limit)
{
	struct gbx_limit_info info = {.size = sizeof(info)};

	if (o->limit[limit])
		return o->limit[limit];
	if (gbx_limit_info(limit, &info) != GBX_OK)
		return 0;
	return info.standard < opts->ceiling[limit] ? info.standard
						    : opts->ceiling[limit];
}

static uint32_t
at_most(uint32_t a, uint64_t b)
{
	return a < b ? a : (uint32_t)b;
}

/* As many jobs at once as there are files, processors and descriptors. */
static void
size_broker(struct gbx_cmd_session *s, struct gbx_broker_opts *opts)
{
	const struct gbx_cmd_options *o = s->options;
	uint64_t output = limit_of(o, opts, GBX_LIMIT_OUTPUT) + (1u << 20);
	uint64_t one = limit_of(o, opts, GBX_LIMIT_INPUT) + output;
	struct rlimit files = {.rlim_cur = 1024};
	uint64_t jobs;

	for (size_t i = 1; i < GBX_LIMIT_ROOM; i++)
		if (opts->ceiling[i] < o->limit[i])
			opts->ceiling[i] = o->limit[i];
	(void)getrlimit(RLIMIT_NOFILE, &files);
	jobs = files.rlim_cur > FDS_BASE + FDS_JOB
		   ? (files.rlim_cur - FDS_BASE) / FDS_JOB
		   : 1;
	if (o->command->bit & (CMD_THUMBNAIL | CMD_DISARM)) {
		/* Pixels go to the encoder as its input. */
		one += 2 * (4 * limit_of(o, opts, GBX_LIMIT_PIXELS) + 4096);
	}
	/* No output gets more than this part (glovebox.h). */
	if (one < OUTPUT_PART * output)
		one = OUTPUT_PART * output;
	opts->max_in_flight = at_most(opts->max_in_flight, jobs);
	opts->max_in_flight = at_most(opts->max_in_flight, s->n_files);
	opts->max_idle = at_most(opts->max_idle, opts->max_in_flight);
	if (opts->max_shared < one)
		opts->max_shared = one;
	s->window = 2 * (size_t)opts->max_in_flight;
	if (o->domain) /* what waits can travel together */
		s->window *= opts->batch_max;
	s->window = at_most((uint32_t)s->window, opts->max_queued);
}

static void
open_broker(struct gbx_cmd_session *s, int fd)
{
	const struct gbx_cmd_options *o = s->options;
	struct gbx_broker_opts opts;

	s->tried = true;
	s->worker_dir = gbx_cmd_worker_dir(o);
	gbx_broker_opts_init(&opts);
	opts.require = o->require;
	opts.lockdown = o->lockdown;
	opts.worker_dir = s->worker_dir;
	opts.preload = gbx_cmd_input_format(fd);
	size_broker(s, &opts);
	errno = 0;
	s->err = gbx_broker_open(&opts, &s->broker);
	if (s->err == GBX_ERR_NOTFOUND && opts.preload) {
		/* Other formats may have their worker. */
		opts.preload = NULL;
		s->err = gbx_broker_open(&opts, &s->broker);
	}
	s->error = s->err == GBX_OK ? 0 : errno;
}

static const char *
why(struct gbx_cmd_session *s)
{
	char refused[256];
	const char *words;

	switch (s->err) {
	case GBX_ERR_POSTURE:
		return "this host can't give the layers that are required; "
		       "see 'glovebox doctor'";
	case GBX_ERR_NOTFOUND:
		return "no workers found; see 'glovebox doctor'";
	case GBX_ERR_SETID:
		return "refused in a set-user-ID program";
	case GBX_ERR_MEMORY:
		return "no memory for the broker";
	default:
		words = gbx_start_error(s->error);
		if (s->error == EPERM &&
		    gbx_dir_refused(s->worker_dir, refused, sizeof(refused)))
			words = refused;
		snprintf(s->why, sizeof(s->why), "%s; see 'glovebox doctor'",
		    words ? words : "the broker does not start");
		return s->why;
	}
}

bool
gbx_cmd_session_open(
    struct gbx_cmd_session *s, int fd, struct gbx_cmd_answer *a)
{
	if (!s->tried)
		open_broker(s, fd);
	if (s->broker)
		return true;
	gbx_cmd_answer_error(a, s->error, why(s));
	if (s->err == GBX_ERR_POSTURE || s->err == GBX_ERR_NOTFOUND)
		a->verdict = GBX_VERDICT_UNAVAILABLE;
	return false;
}

void
gbx_cmd_session_done(struct gbx_cmd_session *s)
{
	gbx_broker_close(s->broker);
	free(s->worker_dir);
	s->broker = NULL;
	s->worker_dir = NULL;
}
