/* SPDX-License-Identifier: ISC */
/* What tests of hard hosts share. Side: caller, see host.h. */
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/census.h"
#include "tests/support/host.h"
#include "tests/support/picture.h"

#define COLLECT_MS 60000

static struct {
	uint32_t width, height, seed;
	uint8_t *png;
	size_t size;
} picture[] = {
    [HOST_SMALL] = {48, 40, 3, NULL, 0},
    [HOST_LARGE] = {300, 200, 4, NULL, 0},
    [HOST_HUGE] = {4000, 3000, 5, NULL, 0},
};
#define PICTURES (sizeof(picture) / sizeof(picture[0]))

static bool
prepare(size_t pictures)
{
	size_t i;

	for (i = 0; i < pictures; i++) {
		if (picture[i].png == NULL)
			picture[i].png =
			    test_picture(picture[i].width, picture[i].height,
				picture[i].seed, &picture[i].size);
		if (picture[i].png == NULL)
			return false;
	}
	return census_worker_dir() != NULL;
}

bool
host_prepare(void)
{
	return prepare(PICTURES);
}

bool
host_prepare_quick(void)
{
	return prepare(HOST_HUGE);
}

void
host_done(void)
{
	size_t i;

	for (i = 0; i < PICTURES; i++) {
		free(picture[i].png);
		picture[i].png = NULL;
	}
}

void
host_opts(struct gbx_broker_opts *opts)
{
	gbx_broker_opts_init(opts);
	opts->worker_dir = census_worker_dir();
	opts->preload = "png";
}

enum gbx_err
host_open_with(
    const struct gbx_broker_opts *opts, struct gbx_broker **ret_broker)
{
	enum gbx_err err = gbx_broker_open(opts, ret_broker);

	if (err != GBX_OK)
		fprintf(stderr, "# gbx_broker_open: %s (%s)\n",
		    gbx_err_name(err), strerror(errno));
	return err;
}

struct gbx_broker *
host_open(void)
{
	struct gbx_broker_opts opts;
	struct gbx_broker *broker = NULL;

	host_opts(&opts);
	return host_open_with(&opts, &broker) == GBX_OK ? broker : NULL;
}

void
host_job(enum host_size size, struct gbx_input *input, struct gbx_job *job)
{
	gbx_input_init(input);
	input->data = picture[size].png;
	input->length = picture[size].size;
	gbx_job_init(job, GBX_OP_DECODE);
	/* Not what is tested here, and machines may be slow. */
	job->limit[GBX_LIMIT_WALL] = 120000;
	job->limit[GBX_LIMIT_CPU] = 120000;
}

bool
host_right(enum host_size size, const struct gbx_result *r)
{
	struct gbx_block b = {.size = sizeof(b)};

	if (gbx_result_verdict(r) != GBX_VERDICT_OK) {
		fprintf(stderr, "# not ok but %s: %s (%s)\n",
		    gbx_verdict_name(gbx_result_verdict(r)),
		    gbx_result_detail(r), strerror(gbx_result_errno(r)));
		return false;
	}
	if (gbx_result_block(r, 0, &b) != GBX_OK ||
	    b.width != picture[size].width ||
	    b.height != picture[size].height ||
	    !test_pixels(
		b.data, b.stride, b.width, b.height, picture[size].seed)) {
		fprintf(stderr, "# wrong pixels\n");
		return false;
	}
	return true;
}

bool
host_run(struct gbx_broker *broker, enum host_size size)
{
	struct gbx_result *r = NULL;
	struct gbx_input input;
	struct gbx_job job;
	enum gbx_err err;
	bool right;

	host_job(size, &input, &job);
	err = gbx_run(broker, &input, &job, &r);
	if (err != GBX_OK) {
		fprintf(stderr, "# gbx_run: %s (%s)\n", gbx_err_name(err),
		    strerror(errno));
		return false;
	}
	right = host_right(size, r);
	gbx_result_free(r);
	return right;
}

bool
host_submit(struct gbx_broker *broker, enum host_size size, uint64_t *ret_id)
{
	struct gbx_input input;
	struct gbx_job job;
	enum gbx_err err;

	host_job(size, &input, &job);
	err = gbx_submit(broker, &input, &job, ret_id);
	if (err != GBX_OK)
		fprintf(stderr, "# gbx_submit: %s (%s)\n", gbx_err_name(err),
		    strerror(errno));
	return err == GBX_OK;
}

bool
host_many(struct gbx_broker *broker, int n)
{
	struct gbx_result *r = NULL;
	int sent = 0, done = 0;
	bool right = true;

	while (right && done < n) {
		for (; right && sent < n && sent - done < 16; sent++)
			right = host_submit(broker, HOST_SMALL, NULL);
		if (!right || gbx_collect(broker, COLLECT_MS, &r) != GBX_OK) {
			fprintf(stderr, "# collected %d of %d\n", done, n);
			return false;
		}
		right = host_right(HOST_SMALL, r);
		gbx_result_free(r);
		done++;
	}
	return right;
}

pid_t
host_start_child(int (*fn)(void), unsigned int seconds)
{
	pid_t pid;
	int status;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		alarm(3 * seconds); /* others may be busy, too */
		status = fn();
		fflush(NULL);
		_exit(status);
	}
	return pid;
}

int
host_end_of(pid_t pid, int ms)
{
	int status = -1;
	pid_t got;

	for (;;) {
		got = waitpid(pid, &status, ms < 0 ? 0 : WNOHANG);
		if (got == pid)
			break;
		if ((got < 0 && errno != EINTR) || ms == 0)
			return -1;
		if (ms > 0) {
			host_sleep_ms(1);
			ms--;
		}
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool
host_become(uid_t id)
{
	return setgroups(0, NULL) == 0 && setresgid(id, id, id) == 0 &&
	       setresuid(id, id, id) == 0 && prctl(PR_SET_DUMPABLE, 1) == 0;
}

int
host_in_child(int (*fn)(void), unsigned int seconds)
{
	return host_end_of(host_start_child(fn, seconds), -1);
}

void
host_sleep_ms(unsigned int ms)
{
	struct timespec ts = {ms / 1000, (long)(ms % 1000) * 1000000};

	while (nanosleep(&ts, &ts) != 0 && errno == EINTR)
		continue;
}

uint64_t
host_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

int
host_set_up(void **state)
{
	(void)state;
	return host_prepare() ? 0 : -1;
}

int
host_nothing_left(void **state)
{
	(void)state;
	return census_none_after(1000) && census_memfds() == 0 ? 0 : -1;
}
