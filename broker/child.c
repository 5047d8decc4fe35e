/* SPDX-License-Identifier: ISC */
/* A worker process as the broker holds it: two descriptors and two numbers.
 * Side: trusted. Nothing is ever read from a worker's socket. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "broker/broker.h"

void
gbx_kill(int pidfd)
{
	if (pidfd >= 0)
		(void)syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
}

void
gbx_wait_gone(int pidfd, int ms)
{
	struct pollfd p = {.fd = pidfd, .events = POLLIN};

	if (pidfd < 0)
		return;
	while (poll(&p, 1, ms) < 0 && errno == EINTR)
		continue;
}

bool
gbx_is_gone(int pidfd)
{
	struct pollfd p = {.fd = pidfd, .events = POLLIN};

	return pidfd < 0 || poll(&p, 1, 0) == 1;
}

/* Does not kill: a worker without its socket's other end ends by itself, and
 * one that is busy is killed through its run. */
void
gbx_child_free(struct gbx_child *c)
{
	if (c == NULL)
		return;
	gbx_list_remove(&c->link);
	gbx_watch_remove(c->zygote->broker, &c->watch);
	gbx_close_fd(&c->sock);
	gbx_close_fd(&c->pidfd);
	gbx_corpse_close(&c->corpse);
	gbx_free_watched(c->zygote->broker, &c->link);
}
