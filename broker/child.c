/* SPDX-License-Identifier: ISC */
/* A worker process as the broker holds it: two descriptors and two numbers.
 * Side: trusted. Nothing is ever read from a worker's socket. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
gbx_wait_gone(int pidfd)
{
	struct pollfd p = {.fd = pidfd, .events = POLLIN};

	if (pidfd < 0)
		return;
	while (poll(&p, 1, -1) < 0 && errno == EINTR)
		continue;
}

/* "Pid:" of /proc/self/fdinfo/N (pidfd_open(2)): its number in our own pid
 * namespace; 0 when there is no telling. */
int
gbx_pid_of(struct gbx_broker *b, int pidfd)
{
	gbx_autoclose int fd = -1;
	char path[48], text[512];
	const char *p;
	ssize_t n;

	if (b->proc_fd < 0)
		return 0;
	snprintf(path, sizeof(path), "self/fdinfo/%d", pidfd);
	fd = openat(b->proc_fd, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	p = strstr(text, "\nPid:");
	return p == NULL ? 0 : (int)strtol(p + 5, NULL, 10);
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
	gbx_free_watched(c->zygote->broker, &c->link);
}
