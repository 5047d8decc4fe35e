/* SPDX-License-Identifier: ISC */
/* A process that is short of descriptors: see fdroom.h. Side: tests. */
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/support/fdroom.h"

static int hog[1024], n_hogs;
static struct rlimit old_limit;

static int
highest_fd(void)
{
	int i, top = 0;

	for (i = 0; i < 1024; i++)
		if (fcntl(i, F_GETFD) >= 0)
			top = i;
	return top;
}

bool
fdroom_leave(int room)
{
	struct rlimit few;
	int fd;

	if (getrlimit(RLIMIT_NOFILE, &old_limit) != 0)
		return false;
	few = old_limit;
	few.rlim_cur = (rlim_t)(highest_fd() + 1);
	if (setrlimit(RLIMIT_NOFILE, &few) != 0)
		return false;
	while ((fd = fcntl(0, F_DUPFD_CLOEXEC, 0)) >= 0)
		hog[n_hogs++] = fd;
	few.rlim_cur += (rlim_t)room;
	return setrlimit(RLIMIT_NOFILE, &few) == 0;
}

bool
fdroom_give(void)
{
	while (n_hogs > 0)
		close(hog[--n_hogs]);
	return setrlimit(RLIMIT_NOFILE, &old_limit) == 0;
}
