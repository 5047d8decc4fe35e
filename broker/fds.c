/* SPDX-License-Identifier: ISC */
/*
 * Descriptors as a budget: jobs that wait may hold some only while those that
 * run find theirs. Side: trusted.
 * The limit and what the host itself has open change at any time, so nothing
 * is counted here: it is tried.
 */
#include <fcntl.h>
#include <unistd.h>

#include "broker/broker.h"

/* A zygote while it starts (7), two workers and what their runs hold (2 x 7),
 * and a copier's (3). More only make it faster. */
#define KEPT 24
#define MOST 16

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
