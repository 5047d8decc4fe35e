/* SPDX-License-Identifier: ISC */
/*
 * A process of ours that reads one input which may hang (a pipe, a socket,
 * FUSE, NFS), so that it can be given up by a kill. Side: trusted. It may copy
 * as much as was granted and asks before it copies more
 * (sandboxed_parsers/copier).
 */
#include <errno.h>
#include <glovebox.h>
#include <stdio.h>
#include <sys/syscall.h>

#include "base/cleanup.h"
#include "broker/allowance.h"
#include "broker/broker.h"
#include "broker/copier.h"
#include "broker/process.h"
#include "broker/request.h"
#include "broker/spawn.h"
#include "broker/watch.h"
#include "ipc/datagram.h"
#include "ipc/memfd.h"

/* We kill it at the wall limit; it ends itself when we can't any more. */
#define OWN_END_MS 1000

static int
spawn_copier(struct gbx_request *job, int from, int to, int says)
{
	gbx_autoclose int program = -1, host = -1;
	char limits[72];
	struct gbx_spawn what = {
	    .proc_fd = job->broker->proc_fd,
	    .name = "glovebox-copy",
	    .arg = limits,
	    .fd = {from, to, says},
	    .extra = {-1, -1},
	};

	program = gbx_open_program(job->broker, "copy");
	if (program < 0)
		return program;
	/* So that it ends with this process, whoever else holds its socket. */
	host = (int)syscall(SYS_pidfd_open, job->broker->owner, 0);
	if (host < 0)
		return -errno;
	snprintf(limits, sizeof(limits), "%llu,%llu,%llu",
	    (unsigned long long)job->in_charged,
	    (unsigned long long)gbx_input_most(job),
	    (unsigned long long)job->limit[GBX_LIMIT_WALL] + OWN_END_MS);
	what.program = program;
	what.extra[0] = host;
	return gbx_spawn(&what, &job->copier_pidfd);
}

static int
watch_copier(struct gbx_request *job)
{
	struct gbx_broker *b = job->broker;
	int err;

	err = gbx_watch_add(
	    b, &job->copier_watch, GBX_WATCH_COPIER, job->copier_pidfd, job);
	if (err == 0)
		err = gbx_watch_add(
		    b, &job->says_watch, GBX_WATCH_SAYS, job->copier_fd, job);
	return err;
}

int
gbx_copier_start(struct gbx_request *job, int from)
{
	gbx_autoclose int fd = -1, theirs = -1;
	int err, pair[2];

	fd = gbx_memfd_new("gbx-input");
	if (fd < 0)
		return fd;
	err = gbx_ipc_pair(pair);
	if (err != 0)
		return err;
	job->copier_fd = pair[0];
	theirs = pair[1];
	err = spawn_copier(job, from, fd, theirs);
	if (err == 0)
		err = watch_copier(job);
	if (err == 0)
		job->in_fd = gbx_steal_fd(&fd);
	return err;
}

int
gbx_copier_grant(struct gbx_request *job, uint64_t bytes)
{
	return gbx_ipc_send(job->copier_fd, &bytes, sizeof(bytes), NULL, 0);
}

void
gbx_copier_end(struct gbx_request *job)
{
	gbx_watch_remove(job->broker, &job->copier_watch);
	gbx_watch_remove(job->broker, &job->says_watch);
	if (job->copier_pidfd >= 0) {
		gbx_kill(job->copier_pidfd);
		gbx_wait_gone(job->copier_pidfd, GBX_COPIER_GRACE_MS);
	}
	gbx_spawn_forget(&job->copier_pidfd);
	gbx_close_fd(&job->copier_fd);
}
