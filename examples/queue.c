/* SPDX-License-Identifier: ISC */
/*
 * Many files through one broker: submit until the queue is full, wait with
 * poll(2) as an event loop would, collect, go on. Side: caller.
 *
 * usage: queue FILE...
 * GLOVEBOX_LIBEXEC names the workers' directory of a tree not installed.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glovebox.h>

static enum gbx_err
submit(struct gbx_broker *broker, char *path)
{
	struct gbx_input input;
	struct gbx_job job;
	enum gbx_err err;
	int error;

	gbx_input_init(&input);
	input.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (input.fd < 0)
		return GBX_ERR_SYSTEM;
	gbx_job_init(&job, GBX_OP_PROBE);
	job.cookie = path;
	err = gbx_submit(broker, &input, &job, NULL);
	error = errno;
	close(input.fd); /* the broker has what it needs */
	errno = error;
	return err;
}

static void
print(const struct gbx_result *result)
{
	struct gbx_block block = {.size = sizeof(block)};

	printf("%s: %s", (char *)gbx_result_cookie(result),
	    gbx_verdict_name(gbx_result_verdict(result)));
	if (gbx_result_block(result, 0, &block) == GBX_OK &&
	    block.kind == GBX_BLOCK_PIXELS)
		printf(" %ux%u", block.width, block.height);
	printf(" (%s)\n", gbx_result_detail(result));
}

/* Take what has finished; waits for one if wait is set. */
static int
collect(struct gbx_broker *broker, int wait)
{
	struct pollfd pfd = {.fd = gbx_broker_fd(broker), .events = POLLIN};
	struct gbx_result *result;
	int taken = 0;

	while (taken == 0) {
		if (wait)
			(void)poll(&pfd, 1, -1);
		while (gbx_collect(broker, 0, &result) == GBX_OK) {
			print(result);
			gbx_result_free(result);
			taken++;
		}
		if (!wait)
			break;
	}
	return taken;
}

int
main(int argc, char **argv)
{
	struct gbx_broker_opts opts;
	struct gbx_broker *broker;
	const char *why;
	enum gbx_err err;
	int live = 0;

	gbx_broker_opts_init(&opts);
	opts.worker_dir = getenv("GLOVEBOX_LIBEXEC");
	err = gbx_broker_open(&opts, &broker);
	if (err != GBX_OK) {
		why = err == GBX_ERR_SYSTEM ? gbx_start_error(errno) : NULL;
		fprintf(stderr, "queue: %s: %s\n", gbx_err_name(err),
		    why ? why : strerror(errno));
		return 69;
	}
	for (int i = 1; i < argc; i++) {
		while ((err = submit(broker, argv[i])) == GBX_ERR_BUSY)
			live -= collect(broker, 1);
		if (err == GBX_OK)
			live++;
		else
			fprintf(stderr, "%s: %s: %s\n", argv[i],
			    gbx_err_name(err), strerror(errno));
		live -= collect(broker, 0);
	}
	while (live > 0)
		live -= collect(broker, 1);
	gbx_broker_close(broker);
	return 0;
}
