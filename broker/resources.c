/* SPDX-License-Identifier: ISC */
/*
 * What counts as a shortage: a lack that can pass, and is no job's fault. And
 * of descriptors, whether any are left. Side: trusted.
 * The limit of descriptors and what the host itself has open change at any
 * time, so nothing is counted here: it is tried.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "broker/broker.h"
#include "broker/resources.h"

/* A zygote while it starts (7), two workers and what their runs hold (2 x 7),
 * and a copier's (3). More only make it faster. */
#define KEPT 24
#define MOST 16

bool
gbx_is_shortage(int err)
{
	switch (-err) {
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case EAGAIN:
	case ENOBUFS:
	case ENOSPC:	   /* epoll watches of this user */
	case ETOOMANYREFS: /* descriptors under way in sockets */
	case EDQUOT:	   /* ours: shared memory is full (run.c) */
		return true;
	default:
		return false;
	}
}

bool
gbx_is_fd_shortage(int err)
{
	return err == -EMFILE || err == -ENFILE;
}

/* Of the worker directory, which nothing polls: a copy that a forked child of
 * the host inherits keeps nothing alive. */
bool
gbx_fds_left(const struct gbx_broker *b, uint32_t n)
{
	int fd[KEPT + MOST];
	uint32_t i = 0, want = KEPT + (n < MOST ? n : MOST);
	bool left;

	while (i < want && (fd[i] = fcntl(b->dir_fd, F_DUPFD_CLOEXEC, 3)) >= 0)
		i++;
	left = i == want;
	while (i > 0)
		close(fd[--i]);
	return left;
}
